package packfile

import (
	"errors"
	"slices"

	"go.yaml.in/yaml/v3"
)

// exclude excludes the value at a path from the decoded pack. If the value is part of a list's
// element, it excludes the element's key that contains the value, or the whole element if that
// key is essential (Format.essential). The number of exclusions is limited: a document with
// too many is excluded completely.
func (d *Document) exclude(path []any) {
	if len(path) == 0 || len(d.excluded) == maxExcluded {
		d.excludesAll = true
		return
	}
	if len(path) > 2 {
		list, _ := path[0].(string)
		key, named := path[2].(string)
		if named && d.format.essential[list] != nil && !slices.Contains(d.format.essential[list], key) {
			path = path[:3]
		} else {
			path = path[:2]
		}
	}
	d.excluded = append(d.excluded, slices.Clone(path))
}

// Complete reports whether no element of a list is excluded. If the list is incomplete, a
// reference to an unknown element can refer to an excluded one.
func (d *Document) Complete(list string) bool {
	return !d.excludesAll && !slices.ContainsFunc(d.excluded, func(path []any) bool { return path[0] == list && len(path) < 3 })
}

// Decode validates the document against the schema, reports the invalid parts, and decodes the
// valid parts into value, such as a pack. It returns false if it can't decode the document.
// Afterwards the document contains only the decoded nodes, so that indexes in the value are
// also indexes in the document.
func (d *Document) Decode(value any) bool {
	s, err := d.format.schema()
	if err != nil {
		d.Report(nil, "The schema of the format %s is invalid: %v.", d.format.noun, err)
		return false
	}
	d.validate(s)
	if d.excludesAll {
		return false
	}
	d.node = &yaml.Node{Kind: yaml.DocumentNode, Line: d.node.Line, Content: []*yaml.Node{d.included(d.node.Content[0], nil)}}
	var partial *yaml.TypeError
	if err := d.node.Decode(value); err != nil && (!errors.As(err, &partial) || len(d.report.problems) == 0) {
		d.Report(nil, "The %s is invalid: %v.", d.format.noun, err)
		return false
	}
	return true
}

// validate reports and excludes the parts that the schema doesn't allow.
func (d *Document) validate(s schema) {
	reported := slices.Clone(d.excluded) // an excluded value isn't reported again as missing
	for _, v := range s.violations(d.value) {
		if d.excludesAll {
			return
		}
		for _, f := range v.faults() {
			if !slices.ContainsFunc(reported, func(path []any) bool { return slices.Equal(path, f.path[:min(len(path), len(f.path))]) }) {
				d.Report(f.path, "%s", f.text)
				d.exclude(f.intended)
			}
		}
		if v.ofValue() {
			reported = append(reported, v.path) // one problem for each value
		}
	}
}

// included returns a node without its excluded parts. It doesn't change the given node.
func (d *Document) included(node *yaml.Node, path []any) *yaml.Node {
	if node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	if !slices.ContainsFunc(d.excluded, func(p []any) bool { return len(p) > len(path) && slices.Equal(p[:len(path)], path) }) {
		return node
	}
	copied := *node
	copied.Content = nil
	excludes := func(step any) bool {
		child := append(slices.Clone(path), step)
		return slices.ContainsFunc(d.excluded, func(p []any) bool { return slices.Equal(p, child) })
	}
	switch node.Kind {
	case yaml.MappingNode:
		for pair := range slices.Chunk(node.Content, 2) {
			if key := pair[0].Value; !excludes(key) {
				copied.Content = append(copied.Content, pair[0], d.included(pair[1], append(slices.Clone(path), key)))
			}
		}
	case yaml.SequenceNode:
		for i, item := range node.Content {
			if !excludes(i) {
				copied.Content = append(copied.Content, d.included(item, append(slices.Clone(path), i)))
			}
		}
	}
	return &copied
}
