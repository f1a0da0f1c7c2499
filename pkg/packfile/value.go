package packfile

import (
	"math"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// valueReader converts YAML nodes to the values that a JSON Schema describes:
// strings, numbers, booleans, nil, []any and map[string]any. It reports mistakes that a
// JSON Schema can't detect, such as duplicate keys, keys that aren't strings, and
// unsupported tags.
type valueReader struct {
	doc    *Document
	budget int // remaining number of nodes to read; at 0 or less, read skips all nodes
}

func (r *valueReader) report(path []any, format string, args ...any) {
	r.doc.Report(path, format, args...)
	r.doc.exclude(path)
}

func (r *valueReader) read(node *yaml.Node, path []any) any {
	r.budget--
	switch {
	case r.budget <= 0:
		return nil
	case len(path) > maxDepth:
		r.report(path[:2], "The value is nested more than %d levels deep.", maxDepth)
		return nil
	}
	switch node.Kind {
	case yaml.AliasNode:
		return r.read(node.Alias, path)
	case yaml.SequenceNode:
		if !r.hasTag(node, "!!seq", path) {
			return nil
		}
		list := make([]any, len(node.Content))
		for i, item := range node.Content {
			list[i] = r.read(item, append(path, i))
		}
		return list
	case yaml.MappingNode:
		if !r.hasTag(node, "!!map", path) {
			return nil
		}
		return r.mapping(node, path)
	default:
		return r.scalar(node, path)
	}
}

// hasTag returns true if a list or a mapping has its standard tag. It reports any other tag.
func (r *valueReader) hasTag(node *yaml.Node, tag string, path []any) bool {
	if node.ShortTag() == tag {
		return true
	}
	r.report(path, "The tag %s is not supported. Remove it.", fault.ClipName(node.Tag))
	return false
}

func (r *valueReader) mapping(node *yaml.Node, path []any) map[string]any {
	if len(node.Content)/2 > maxKeys {
		r.report(path, "The value has more than %d keys.", maxKeys)
		return nil
	}
	values := map[string]any{}
	lines := map[string]int{}
	var merged []*yaml.Node
	for pair := range slices.Chunk(node.Content, 2) {
		key, value := pair[0], pair[1]
		at := append(slices.Clone(path), key.Value)
		switch {
		case key.ShortTag() == "!!merge":
			merged = append(merged, value)
		case key.Kind != yaml.ScalarNode:
			r.report(path, "Keys must be strings; see line %d. Put a value with braces in quotes.", key.Line)
		case key.ShortTag() != "!!str":
			r.report(at, "Keys must be strings: put %s in quotes.", fault.ClipName(key.Value))
		case lines[key.Value] > 0:
			duplicate := r.doc.Problem(at, "The key %s appears twice, on lines %d and %d.", fault.ClipName(key.Value), lines[key.Value], key.Line)
			duplicate.Line, duplicate.Column = key.Line, key.Column
			r.doc.Add(duplicate)
			r.doc.exclude(at)
			if namesMetrics(at) {
				r.doc.unnamed = &duplicate
			}
		default:
			lines[key.Value] = key.Line
			values[key.Value] = r.read(value, at)
		}
	}
	for _, from := range merged {
		r.merge(values, from, path)
	}
	return values
}

// namesMetrics reports whether the value at a path determines the names of the
// metrics.
func namesMetrics(path []any) bool {
	return path[0] == "metrics" && (len(path) == 1 || len(path) == 3 && path[2] == "name")
}

// merge adds the keys of a merge key's value, and their values, to a mapping. The node from is
// the value of the merge key <<. It must be a mapping or a list of mappings; merge reports any
// other value as a problem. The mapping into keeps its own value of a key that is in both.
func (r *valueReader) merge(into map[string]any, from *yaml.Node, path []any) {
	r.budget--
	if from.Kind == yaml.AliasNode {
		from = from.Alias
	}
	switch {
	case r.budget <= 0:
	case from.Kind == yaml.SequenceNode && !slices.ContainsFunc(from.Content, func(n *yaml.Node) bool { return n.Kind == yaml.SequenceNode }):
		for _, item := range from.Content {
			r.merge(into, item, path)
		}
	case from.Kind == yaml.MappingNode:
		values, _ := r.read(from, append(path, "<<")).(map[string]any)
		for key, value := range values {
			if _, exists := into[key]; !exists {
				into[key] = value
			}
		}
	default:
		r.report(append(path, "<<"), "Only mappings can be merged.")
	}
}

func (r *valueReader) scalar(node *yaml.Node, path []any) any {
	switch node.ShortTag() {
	case "!!null":
		return nil
	case "!!str", "!!timestamp":
		return node.Value
	case "!!bool", "!!int", "!!float":
		var value any
		if err := node.Decode(&value); err != nil {
			r.report(path, "%q is not a valid %s.", fault.ClipName(node.Value), node.ShortTag())
			return nil
		}
		if number, ok := value.(float64); ok && (math.IsInf(number, 0) || math.IsNaN(number)) {
			return node.Value // JSON has no such numbers; the schema rejects the string instead
		}
		return value
	default:
		r.report(path, "The tag %s is not supported. Remove it.", fault.ClipName(node.Tag))
		return nil
	}
}
