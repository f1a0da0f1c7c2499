package packfile

import (
	"bytes"
	_ "embed"
	"errors"
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

// schema is the compiled schema and the JSON that it was compiled from.
type schema struct {
	compiled *jsonschema.Schema
	raw      any
}

// packSchema compiles the schema on its first call.
var packSchema = sync.OnceValues(func() (s schema, err error) {
	const name = "urn:modelmetrics:pack" // the compiler would look up a relative name as a file
	if s.raw, err = jsonschema.UnmarshalJSON(bytes.NewReader(schemaText)); err != nil {
		return s, err
	}
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(jsonschema.Draft2020)
	if err = compiler.AddResource(name, s.raw); err != nil {
		return s, err
	}
	s.compiled, err = compiler.Compile(name)
	return s, err
})

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

// follow returns the value at a JSON pointer, and the pointer as a path of keys and
// indexes.
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
