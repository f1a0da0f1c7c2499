package catalog

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

// Schema returns the JSON Schema (draft 2020-12) of a pack's YAML, which editors
// complete and explain pack files with and Load checks them with.
func Schema() []byte { return bytes.Clone(schemaText) }

// schema is the compiled schema beside the JSON that it was compiled from.
type schema struct {
	compiled *jsonschema.Schema
	raw      any
}

// packSchema compiles the schema when the first text is checked, once.
var packSchema = sync.OnceValues(func() (s schema, err error) {
	const name = "urn:modelmetrics:pack" // a relative name would be looked up as a file
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

// violations holds a document's value against the schema.
func (s schema) violations(value any) []violation {
	var invalid *jsonschema.ValidationError
	if !errors.As(s.compiled.Validate(value), &invalid) {
		return nil
	}
	return s.leaves(nil, value, invalid)
}

// leaves collects what is wrong at the ends of the tree of errors. Alternatives
// are an end: what each of them would want instead helps nobody.
func (s schema) leaves(found []violation, value any, e *jsonschema.ValidationError) []violation {
	_, alternatives := e.ErrorKind.(*kind.AnyOf)
	if len(e.Causes) > 0 && !alternatives {
		for _, cause := range e.Causes {
			found = s.leaves(found, value, cause)
		}
		return found
	}
	v := violation{kind: e.ErrorKind, rule: s.rule(e.SchemaURL)}
	v.path, v.value = stepsOf(value, e.InstanceLocation)
	return append(found, v)
}

// rule finds the schema's part that a URL's fragment points at.
func (s schema) rule(url string) map[string]any {
	_, pointer, _ := strings.Cut(url, "#")
	part := s.raw
	for _, key := range strings.Split(pointer, "/")[1:] {
		part, _ = step(part, key)
	}
	rule, _ := part.(map[string]any)
	return rule
}

// stepsOf turns the parts of a JSON pointer into keys and indexes, and finds what
// they lead to.
func stepsOf(value any, pointer []string) ([]any, any) {
	path := make([]any, len(pointer))
	for i, part := range pointer {
		value, path[i] = step(value, part)
	}
	return path, value
}

// step goes one part of a pointer down.
func step(value any, part string) (below, step any) {
	switch value := value.(type) {
	case map[string]any:
		return value[part], part
	case []any:
		if index, err := strconv.Atoi(part); err == nil && index < len(value) {
			return value[index], index
		}
	}
	return nil, part
}
