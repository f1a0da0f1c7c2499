package catalog

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Problem is one thing wrong with a pack, at the place where it stands.
type Problem struct {
	Pack   string
	Metric string // or the alert's or family's name; "" where the pack itself is meant
	Field  string
	Line   int // in the pack's text, 1-based; 0 where it isn't known
	Text   string
}

func (p Problem) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "pack %s", p.Pack)
	if p.Line > 0 {
		fmt.Fprintf(&b, ", line %d", p.Line)
	}
	for _, part := range []string{p.Metric, p.Field} {
		if part != "" {
			fmt.Fprintf(&b, ", %s", part)
		}
	}
	return b.String() + ": " + p.Text
}

// Problems are everything wrong with the packs that were to be loaded, so that
// an author mends them in one go.
type Problems []Problem

func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, problem := range p {
		lines[i] = problem.String()
	}
	return strings.Join(lines, "\n")
}

// Load reads packs from their YAML texts. Its error is Problems.
func Load(sources ...[]byte) (*Catalog, error) {
	c := &Catalog{metrics: map[string]*Metric{}}
	var problems Problems
	for _, source := range sources {
		pack, lines, err := decode(source)
		if err != nil {
			problems = append(problems, err...)
			continue
		}
		check := checker{catalog: c, pack: pack, lines: lines}
		check.run()
		problems = append(problems, check.problems...)
		c.packs = append(c.packs, pack)
		for _, metric := range pack.Metrics {
			if _, taken := c.metrics[metric.Name]; !taken {
				c.metrics[metric.Name] = metric
			}
		}
	}
	if len(problems) > 0 {
		return nil, problems
	}
	return c, nil
}

// decode reads one pack strictly: a key that the format doesn't have is a
// problem. It also returns the document's nodes, for the lines of later ones.
func decode(source []byte) (*Pack, *yaml.Node, Problems) {
	var pack Pack
	strict := yaml.NewDecoder(bytes.NewReader(source))
	strict.KnownFields(true)
	if err := strict.Decode(&pack); err != nil {
		name := cmp.Or(pack.Name, "(unnamed)")
		var wrong *yaml.TypeError
		if !errors.As(err, &wrong) {
			return nil, nil, Problems{{Pack: name, Text: strings.TrimPrefix(err.Error(), "yaml: ")}}
		}
		problems := make(Problems, len(wrong.Errors))
		for i, text := range wrong.Errors {
			problems[i] = Problem{Pack: name, Text: text}
		}
		return nil, nil, problems
	}
	var document yaml.Node
	if err := yaml.Unmarshal(source, &document); err != nil {
		return nil, nil, Problems{{Pack: pack.Name, Text: err.Error()}}
	}
	for _, metric := range pack.Metrics {
		metric.pack = &pack
	}
	return &pack, &document, nil
}

// lineOf finds the line of a field of one element of a pack's list, or of the
// element where it doesn't have the field.
func lineOf(document *yaml.Node, list string, index int, field string) int {
	if document == nil || len(document.Content) == 0 {
		return 0
	}
	_, elements := child(document.Content[0], list)
	if elements == nil || index >= len(elements.Content) {
		return 0
	}
	element := elements.Content[index]
	if key, _ := child(element, field); key != nil {
		return key.Line
	}
	return element.Line
}

func child(mapping *yaml.Node, key string) (name, value *yaml.Node) {
	if mapping.Kind != yaml.MappingNode {
		return nil, nil
	}
	for pair := range slices.Chunk(mapping.Content, 2) {
		if pair[0].Value == key {
			return pair[0], pair[1]
		}
	}
	return nil, nil
}
