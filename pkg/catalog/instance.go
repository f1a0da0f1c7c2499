package catalog

import (
	"math"
	"slices"

	"go.yaml.in/yaml/v3"
)

// Limits on one text's structure, aliases followed.
const (
	mostNodes = 50_000
	mostDepth = 40
	mostKeys  = 1000 // of one mapping; yaml compares each with each
)

// instanceReader turns YAML nodes into what a JSON Schema describes: texts,
// numbers, booleans, nil, []any and map[string]any. What JSON can't say, or what
// nobody means, it reports: a key that stands twice, a key that is no text, tags.
type instanceReader struct {
	doc  *document
	left int // nodes that may still be read; 0 or less: the rest was left out
}

func (r *instanceReader) report(path []any, format string, args ...any) {
	r.doc.report(path, format, args...)
	r.doc.distrust(path)
}

func (r *instanceReader) read(node *yaml.Node, path []any) any {
	r.left--
	switch {
	case r.left <= 0:
		return nil
	case len(path) > mostDepth:
		r.report(path[:2], "This is nested more than %d levels deep.", mostDepth)
		return nil
	}
	switch node.Kind {
	case yaml.AliasNode:
		return r.read(node.Alias, path)
	case yaml.SequenceNode:
		if !r.plain(node, "!!seq", path) {
			return nil
		}
		list := make([]any, len(node.Content))
		for i, item := range node.Content {
			list[i] = r.read(item, append(path, i))
		}
		return list
	case yaml.MappingNode:
		if !r.plain(node, "!!map", path) {
			return nil
		}
		return r.mapping(node, path)
	default:
		return r.scalar(node, path)
	}
}

// plain reports whether a list or a mapping is no more than that.
func (r *instanceReader) plain(node *yaml.Node, tag string, path []any) bool {
	if node.ShortTag() == tag {
		return true
	}
	r.report(path, "The tag %s has no meaning here.", clip(node.Tag))
	return false
}

func (r *instanceReader) mapping(node *yaml.Node, path []any) map[string]any {
	if len(node.Content)/2 > mostKeys {
		r.report(path, "This has more than %d keys.", mostKeys)
		return nil
	}
	read := map[string]any{}
	lines := map[string]int{}
	var merged []*yaml.Node
	for pair := range slices.Chunk(node.Content, 2) {
		key, value := pair[0], pair[1]
		at := append(slices.Clone(path), key.Value)
		switch {
		case key.ShortTag() == "!!merge":
			merged = append(merged, value)
		case key.Kind != yaml.ScalarNode:
			r.report(path, "A key is no text here, on line %d: put a text with braces in quotes.", key.Line)
		case key.ShortTag() != "!!str":
			r.report(at, "The key %s is not a text: put it in quotes.", clip(key.Value))
		case lines[key.Value] > 0:
			twice := r.doc.problem(at, "The key %s appears twice, on lines %d and %d.", clip(key.Value), lines[key.Value], key.Line)
			twice.Line = key.Line
			r.doc.keep(twice)
			r.doc.distrust(at)
			if namesMetrics(at) {
				r.doc.nameless = &twice
			}
		default:
			lines[key.Value] = key.Line
			read[key.Value] = r.read(value, at)
		}
	}
	for _, from := range merged {
		r.merge(read, from, path)
	}
	return read
}

// namesMetrics reports whether what stands at a path says which metrics there are.
func namesMetrics(path []any) bool {
	return path[0] == "metrics" && (len(path) == 1 || len(path) == 3 && path[2] == "name")
}

// merge adds the keys of << that the mapping doesn't have itself.
func (r *instanceReader) merge(into map[string]any, from *yaml.Node, path []any) {
	r.left--
	if from.Kind == yaml.AliasNode {
		from = from.Alias
	}
	switch {
	case r.left <= 0:
	case from.Kind == yaml.SequenceNode && !slices.ContainsFunc(from.Content, func(n *yaml.Node) bool { return n.Kind == yaml.SequenceNode }):
		for _, each := range from.Content {
			r.merge(into, each, path)
		}
	case from.Kind == yaml.MappingNode:
		keys, _ := r.read(from, append(path, "<<")).(map[string]any)
		for key, value := range keys {
			if _, own := into[key]; !own {
				into[key] = value
			}
		}
	default:
		r.report(append(path, "<<"), "Only keys with values can be merged.")
	}
}

func (r *instanceReader) scalar(node *yaml.Node, path []any) any {
	switch node.ShortTag() {
	case "!!null":
		return nil
	case "!!str", "!!timestamp":
		return node.Value
	case "!!bool", "!!int", "!!float":
		var value any
		if err := node.Decode(&value); err != nil {
			r.report(path, "%q can't be read as %s.", clip(node.Value), node.ShortTag())
			return nil
		}
		if number, ok := value.(float64); ok && (math.IsInf(number, 0) || math.IsNaN(number)) {
			return node.Value // no number of JSON's, so the schema refuses it where a number is due
		}
		return value
	default:
		r.report(path, "The tag %s has no meaning here.", clip(node.Tag))
		return nil
	}
}
