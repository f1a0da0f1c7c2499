package catalog

import (
	"cmp"
	"fmt"
	"slices"

	"go.yaml.in/yaml/v3"
)

// find walks down a path of keys and indexes, through aliases. It returns the
// line of the last part of the path that is there, and its value where that is
// all of it.
func find(document *yaml.Node, path ...any) (value *yaml.Node, line int) {
	if document == nil || len(document.Content) == 0 {
		return nil, 0
	}
	value = document.Content[0]
	line = value.Line
	for _, step := range path {
		if value.Kind == yaml.AliasNode {
			value = value.Alias
		}
		switch step := step.(type) {
		case string:
			key, below := child(value, step)
			if key == nil {
				return nil, line
			}
			value, line = below, key.Line
		case int:
			if value.Kind != yaml.SequenceNode || step >= len(value.Content) {
				return nil, line
			}
			value = value.Content[step]
			line = value.Line
		}
	}
	return value, line
}

// child finds a key of a mapping, and its value.
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

// text returns the text at a path of keys and indexes; "" where there is none.
func (d *document) text(path ...any) string {
	node, _ := find(d.node, path...)
	if node != nil && node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	if node == nil || node.Kind != yaml.ScalarNode || node.ShortTag() != "!!str" {
		return ""
	}
	return node.Value
}

// problem makes a problem with what stands at a path of keys and indexes, of
// which the last key is the field to change.
func (d *document) problem(path []any, format string, args ...any) Problem {
	problem := Problem{Pack: clip(d.text("pack")), Text: clipText(fmt.Sprintf(format, args...)), place: d.place}
	_, problem.Line = find(d.node, path...)
	if len(path) >= 2 {
		// A dashboard has only a title.
		problem.Metric = clip(cmp.Or(d.text(path[0], path[1], "name"), d.text(path[0], path[1], "title")))
	}
	for i, step := range path {
		// The list that an element stands in isn't what has to change.
		if key, ok := step.(string); ok && (i != 0 || len(path) != 2) {
			problem.Field = clip(key)
		}
	}
	return problem
}

// report keeps a problem. Beyond maxProblems it only counts, and so doesn't print
// the arguments, which may have to be computed first.
func (d *document) report(path []any, format string, args ...any) {
	if len(d.problems) == maxProblems {
		d.more++
		return
	}
	d.keep(d.problem(path, format, args...))
}

func (d *document) keep(p Problem) {
	if len(d.problems) == maxProblems {
		d.more++
		return
	}
	d.problems = append(d.problems, p)
}
