package catalog

import (
	"errors"
	"slices"

	"go.yaml.in/yaml/v3"
)

// vital are the keys that later checks build on, by list: where one of them is
// faulty, its element is left out of them. Any other faulty key is only taken out
// of its element, so that one load finds what is wrong with the rest. Of a list
// that isn't here every key is vital.
var vital = map[string][]string{
	"families": {"name", "type", "labels", "synthetic"},
	"metrics":  {"name", "query", "required_params", "optional_params", "group_by"},
	"alerts":   {"metric", "params", "group_by"},
}

// distrust remembers that what stands at a path can't be built on.
func (d *document) distrust(path []any) {
	if len(path) == 0 || len(d.distrusted) == mostDistrusted {
		d.hopeless = true
		return
	}
	if len(path) > 2 {
		list, _ := path[0].(string)
		key, named := path[2].(string)
		if named && vital[list] != nil && !slices.Contains(vital[list], key) {
			path = path[:3]
		} else {
			path = path[:2]
		}
	}
	d.distrusted = append(d.distrusted, slices.Clone(path))
}

// mostDistrusted is how much may be wrong with the structure of a text for it to
// be worth a second look.
const mostDistrusted = 500

// sound reports whether all of a list can be built on.
func (d *document) sound(list string) bool {
	return !d.hopeless && !slices.ContainsFunc(d.distrusted, func(path []any) bool { return path[0] == list && len(path) < 3 })
}

// decode holds the document against the schema and decodes what can be built on,
// which is all of it where nothing is wrong. The document keeps only the nodes
// of that, so that places in the pack are places in the document.
func (d *document) decode(s schema) {
	told := slices.Clone(d.distrusted) // what couldn't be read isn't wrong again for being absent
	for _, v := range s.violations(d.value) {
		if d.hopeless {
			break // nobody reads on
		}
		for _, f := range v.faults() {
			if !slices.ContainsFunc(told, func(path []any) bool { return slices.Equal(path, f.path[:min(len(path), len(f.path))]) }) {
				d.report(f.path, "%s", f.text)
				d.distrust(f.means)
			}
		}
		if v.wrong() {
			told = append(told, v.path) // and a value that is wrong in two ways is to be changed once
		}
	}
	if d.hopeless {
		return
	}
	d.node = &yaml.Node{Kind: yaml.DocumentNode, Line: d.node.Line, Content: []*yaml.Node{d.trusted(d.node.Content[0], nil)}}
	pack := &Pack{}
	var partly *yaml.TypeError
	if err := d.node.Decode(pack); err != nil && (!errors.As(err, &partly) || len(d.problems) == 0) {
		d.report(nil, "The pack can't be read: %v.", err)
		return
	}
	d.pack = pack
}

// trusted copies a node without what is distrusted below it.
func (d *document) trusted(node *yaml.Node, path []any) *yaml.Node {
	if node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	if !slices.ContainsFunc(d.distrusted, func(p []any) bool { return len(p) > len(path) && slices.Equal(p[:len(path)], path) }) {
		return node
	}
	kept := *node
	kept.Content = nil
	leftOut := func(step any) bool {
		at := append(slices.Clone(path), step)
		return slices.ContainsFunc(d.distrusted, func(p []any) bool { return slices.Equal(p, at) })
	}
	switch node.Kind {
	case yaml.MappingNode:
		for pair := range slices.Chunk(node.Content, 2) {
			if key := pair[0].Value; !leftOut(key) {
				kept.Content = append(kept.Content, pair[0], d.trusted(pair[1], append(slices.Clone(path), key)))
			}
		}
	case yaml.SequenceNode:
		for i, item := range node.Content {
			if !leftOut(i) {
				kept.Content = append(kept.Content, d.trusted(item, append(slices.Clone(path), i)))
			}
		}
	}
	return &kept
}
