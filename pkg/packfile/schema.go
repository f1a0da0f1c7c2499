package packfile

import (
	"bytes"
	_ "embed"
	"errors"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

//go:embed pack.schema.json
var schemaText []byte

// Schema returns the JSON Schema (draft 2020-12) of a pack's YAML. Editors use it to
// complete and explain the keys.
func Schema() []byte { return bytes.Clone(schemaText) }

// A Format is a kind of document: what the schema allows, and how messages name it.
type Format struct {
	noun   string // such as pack
	schema func() (schema, error)

	// essential lists, for each list of elements, the keys that later checks depend on.
	// An element with an invalid essential key is excluded completely. From any other
	// element, only the invalid keys are excluded, so that the same load also finds the
	// problems of its other keys. In a list that isn't in the map, all keys are essential.
	essential map[string][]string
}

// packs is the format of the documents of a source whose Format is nil.
var packs = NewFormat("pack", schemaText, map[string][]string{
	"families": {"name", "type", "labels", "synthetic"},
	"metrics":  {"name", "query", "required_params", "optional_params", "group_by"},
	"alerts":   {"metric", "params", "group_by"},
})

// NewFormat returns a format. noun is the name of a document in messages. text is the JSON
// Schema (draft 2020-12), which is compiled when the first document is decoded. essential
// lists the keys without which an element of a list can't be checked further.
func NewFormat(noun string, text []byte, essential map[string][]string) *Format {
	return &Format{noun: noun, essential: essential, schema: sync.OnceValues(func() (schema, error) { return compile(noun, text) })}
}

// schema is the compiled schema and the JSON that it was compiled from.
type schema struct {
	compiled *jsonschema.Schema
	raw      any
}

func compile(noun string, text []byte) (s schema, err error) {
	name := "urn:modelmetrics:" + url.PathEscape(noun) // the compiler would look up a relative name as a file
	if s.raw, err = jsonschema.UnmarshalJSON(bytes.NewReader(text)); err != nil {
		return s, err
	}
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(jsonschema.Draft2020)
	if err = compiler.AddResource(name, s.raw); err != nil {
		return s, err
	}
	s.compiled, err = compiler.Compile(name)
	return s, err
}

// violations returns the violations of the schema in a document's value.
func (s schema) violations(value any) []violation {
	var invalid *jsonschema.ValidationError
	if !errors.As(s.compiled.Validate(value), &invalid) {
		return nil
	}
	return s.appendLeaves(nil, value, invalid)
}

// appendLeaves appends a violation for each leaf of a tree of errors. An anyOf counts as a
// leaf, because the errors of its alternatives contradict each other.
func (s schema) appendLeaves(all []violation, value any, e *jsonschema.ValidationError) []violation {
	_, alternatives := e.ErrorKind.(*kind.AnyOf)
	if len(e.Causes) > 0 && !alternatives {
		for _, cause := range e.Causes {
			all = s.appendLeaves(all, value, cause)
		}
		return all
	}
	v := violation{kind: e.ErrorKind, rule: s.rule(e.SchemaURL)}
	v.path, v.value = follow(value, e.InstanceLocation)
	return append(all, v)
}

// rule returns the part of the schema that a URL's fragment refers to.
func (s schema) rule(url string) map[string]any {
	_, pointer, _ := strings.Cut(url, "#")
	part := s.raw
	for _, token := range strings.Split(pointer, "/")[1:] {
		part, _ = child(part, token)
	}
	rule, _ := part.(map[string]any)
	return rule
}

// follow returns a JSON pointer as a path of keys and indexes, and the value at the
// pointer.
func follow(value any, pointer []string) (path []any, at any) {
	path = make([]any, len(pointer))
	for i, token := range pointer {
		value, path[i] = child(value, token)
	}
	return path, value
}

// child returns the value at one token of a JSON pointer, and the token as a key or
// an index.
func child(value any, token string) (below, step any) {
	switch value := value.(type) {
	case map[string]any:
		return value[token], token
	case []any:
		if index, err := strconv.Atoi(token); err == nil && index < len(value) {
			return value[index], index
		}
	}
	return nil, token
}
