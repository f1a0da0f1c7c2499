package packfile

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// find follows a path of keys and indexes from the root of a document. It resolves the aliases
// of mappings and lists on the way. value is the node at the end of the path, or nil if the
// path doesn't exist. at is a node at the position of the last step that exists: a key or an
// element of a list. If no step exists, at is the root. In an empty document, at is nil.
func find(document *yaml.Node, path ...any) (value, at *yaml.Node) {
	if document == nil || len(document.Content) == 0 {
		return nil, nil
	}
	value = document.Content[0]
	at = value
	for _, step := range path {
		if value.Kind == yaml.AliasNode {
			value = value.Alias
		}
		switch step := step.(type) {
		case string:
			key, child := lookUp(value, step)
			if key == nil {
				return nil, at
			}
			value, at = child, key
		case int:
			if value.Kind != yaml.SequenceNode || step >= len(value.Content) {
				return nil, at
			}
			value = value.Content[step]
			at = value
		}
	}
	return value, at
}

// lookUp returns the node of a key of a mapping, and the node of the key's value. Both are nil
// if there is no such key or the node isn't a mapping.
func lookUp(mapping *yaml.Node, key string) (name, value *yaml.Node) {
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

// text returns the string at a path, or "" if there is no string.
func (d *Document) text(path ...any) string {
	node, _ := find(d.node, path...)
	if node != nil && node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	if node == nil || node.Kind != yaml.ScalarNode || node.ShortTag() != "!!str" {
		return ""
	}
	return node.Value
}

// pathText formats a path as in rules[0].when.org.
func pathText(path []any) string {
	var b strings.Builder
	for _, step := range path {
		switch step := step.(type) {
		case int:
			_, _ = fmt.Fprintf(&b, "[%d]", step)
		case string:
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(step)
		}
	}
	return b.String()
}

// Problem returns a problem of the value at a path of keys and indexes. The problem's Field is
// the last key of the path, or "" if the path is empty or leads to an element of a top-level
// list.
func (d *Document) Problem(path []any, format string, args ...any) Problem {
	problem := Problem{
		Pack:   fault.ClipName(d.text("pack")),
		Text:   fault.Clip(fmt.Sprintf(format, args...), maxProblemCharacters),
		Source: d.source,
	}
	if _, at := find(d.node, path...); at != nil {
		problem.Line, problem.Column = at.Line, at.Column
	}
	problem.Path = fault.ClipName(pathText(path))
	if len(path) >= 2 {
		// A dashboard has a title and no name.
		problem.Metric = fault.ClipName(cmp.Or(d.text(path[0], path[1], "name"), d.text(path[0], path[1], "title")))
	}
	for i, step := range path {
		// The path of an element of a list, such as metrics, 0, contains no field to change:
		// its only key is the name of the list.
		if key, ok := step.(string); ok && (i != 0 || len(path) != 2) {
			problem.Field = fault.ClipName(key)
		}
	}
	return problem
}

// Report adds a problem of the value at a path of keys and indexes. If the document already
// has MaxProblems problems, Report only counts the problem: it doesn't format the arguments,
// because formatting them can be slow.
func (d *Document) Report(path []any, format string, args ...any) {
	if d.report.full() {
		d.report.omitted++
		return
	}
	d.report.Add(d.Problem(path, format, args...))
}

// Add adds a problem.
func (d *Document) Add(p Problem) { d.report.Add(p) }
