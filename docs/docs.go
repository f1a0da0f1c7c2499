// Package docs reads tables of these pages, so that tests can compare them with the
// code.
package docs

import (
	_ "embed"
	"fmt"
	"strings"
)

//go:embed security.md
var security string

// Bounds returns a table of security.md below a heading: each input, without its
// backquotes, with its bound.
func Bounds(heading string) (map[string]string, error) {
	_, section, found := strings.Cut(security, "\n### "+heading+"\n")
	if !found {
		return nil, fmt.Errorf("docs/security.md has no heading %q", heading)
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

// Unbounded compares the inputs that there are with a table of security.md. It
// returns a sentence for each input that the table has no bound for, and for each
// that there is not.
func Unbounded(heading string, inputs []string) ([]string, error) {
	bounds, err := Bounds(heading)
	if err != nil {
		return nil, err
	}
	var problems []string
	for _, input := range inputs {
		if bounds[input] == "" {
			problems = append(problems, fmt.Sprintf("docs/security.md, %q, has no bound for `%s`: bound what it makes the plugin do, and add a line.", heading, input))
		}
		delete(bounds, input)
	}
	for input := range bounds {
		problems = append(problems, fmt.Sprintf("docs/security.md, %q, has a line for `%s`, which there isn't: remove it.", heading, input))
	}
	return problems, nil
}
