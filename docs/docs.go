// Package docs reads the documentation: it parses tables, so that tests can compare them with
// the code, and computes the anchors of headings. Its tests check the pages and the structure
// of the repository.
package docs

import (
	_ "embed"
	"fmt"
	"strings"
)

//go:embed limits.md
var limits string

// Bounds returns the table of limits.md under a heading. The map's keys are the names of the
// inputs, without their backquotes, and its values are the bounds.
func Bounds(heading string) (map[string]string, error) {
	_, section, found := strings.Cut(limits, "\n### "+heading+"\n")
	if !found {
		return nil, fmt.Errorf("docs/limits.md has no heading %q", heading)
	}
	section, _, _ = strings.Cut(section, "\n#")
	bounds := map[string]string{}
	for line := range strings.Lines(section) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if name := strings.TrimSpace(cells[0]); len(cells) == 2 && strings.HasPrefix(name, "`") {
			bounds[strings.Trim(name, "`")] = strings.TrimSpace(cells[1])
		}
	}
	return bounds, nil
}

// Unbounded compares the inputs of the code with the table of limits.md under a heading. It
// returns a sentence for each input without a bound, and for each input in the table that
// doesn't exist.
func Unbounded(heading string, inputs []string) ([]string, error) {
	bounds, err := Bounds(heading)
	if err != nil {
		return nil, err
	}
	var problems []string
	for _, input := range inputs {
		if bounds[input] == "" {
			problems = append(problems, fmt.Sprintf("docs/limits.md, %q, has no bound for `%s`. Limit the memory and time that it takes, and add a line.", heading, input))
		}
		delete(bounds, input)
	}
	for input := range bounds {
		problems = append(problems, fmt.Sprintf("docs/limits.md, %q, has a line for `%s`, which doesn't exist. Remove the line.", heading, input))
	}
	return problems, nil
}
