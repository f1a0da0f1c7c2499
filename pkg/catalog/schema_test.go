package catalog

import (
	"encoding/json"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/packfile"
)

// schema is the JSON Schema of packs.
type schema map[string]any

// TestSchemaMatchesGoTypes checks that the schema describes exactly the keys of the Go types.
func TestSchemaMatchesGoTypes(t *testing.T) {
	var s schema
	if err := json.Unmarshal(packfile.Schema(), &s); err != nil {
		t.Fatal(err)
	}
	seen := map[reflect.Type]bool{}
	var check func(path string, rule map[string]any, of reflect.Type)
	check = func(path string, rule map[string]any, of reflect.Type) {
		rule = s.resolve(rule)
		switch of.Kind() {
		case reflect.Pointer:
			check(path, rule, of.Elem())
		case reflect.Slice:
			items, ok := rule["items"].(map[string]any)
			if !ok {
				t.Errorf("%s is not a list in the schema", path)
				return
			}
			check(path, items, of.Elem())
		case reflect.Map:
			values, ok := rule["additionalProperties"].(map[string]any)
			if !ok {
				t.Errorf("%s is not a map in the schema", path)
				return
			}
			check(path, values, of.Elem())
		case reflect.Struct:
			if of == reflect.TypeFor[Param]() {
				branches := rule["anyOf"].([]any)
				rule = branches[len(branches)-1].(map[string]any)
			}
			if seen[of] {
				return
			}
			seen[of] = true
			properties, _ := rule["properties"].(map[string]any)
			fields := yamlFields(of)
			if described, read := slices.Sorted(maps.Keys(properties)), slices.Sorted(maps.Keys(fields)); !slices.Equal(described, read) {
				t.Errorf("%s: the schema has the keys %v, and the Go type has %v", path, described, read)
			}
			if rule["additionalProperties"] != false {
				t.Errorf("%s allows any key", path)
			}
			for key, property := range properties {
				s.checkDescription(t, path+"."+key, property.(map[string]any))
				if field, ok := fields[key]; ok {
					check(path+"."+key, property.(map[string]any), field)
				}
			}
		}
	}
	check("pack", s, reflect.TypeFor[Pack]())
	for _, of := range []reflect.Type{reflect.TypeFor[Family](), reflect.TypeFor[Metric](), reflect.TypeFor[Alert](), reflect.TypeFor[Param](), reflect.TypeFor[Panel]()} {
		if !seen[of] {
			t.Errorf("%v was not checked", of)
		}
	}
}

// yamlFields returns the types of a struct's YAML keys.
func yamlFields(of reflect.Type) map[string]reflect.Type {
	fields := map[string]reflect.Type{}
	for field := range of.Fields() {
		name, options, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		switch {
		case options == "inline":
			maps.Copy(fields, yamlFields(field.Type))
		case field.IsExported():
			fields[name] = field.Type
		}
	}
	return fields
}

// checkDescription checks the parts of a key's schema that a text editor shows.
func (s schema) checkDescription(t *testing.T, path string, rule map[string]any) {
	t.Helper()
	all := s.resolve(rule)
	if rule["description"] == nil && all["description"] == nil {
		t.Errorf("%s has no description", path)
	}
	if pattern, ok := all["pattern"].(string); ok {
		if _, err := regexp.Compile(pattern); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		if all["errorMessage"] == nil {
			t.Errorf("%s has a pattern without an errorMessage", path)
		}
	}
	for _, key := range []string{"default", "examples"} {
		for _, example := range examples(rule, key) {
			if err := s.validate(t, rule, example); err != nil {
				t.Errorf("%s: the example %v is invalid: %v", path, example, err)
			}
		}
	}
}

func examples(rule map[string]any, key string) []any {
	if list, ok := rule[key].([]any); ok && key == "examples" {
		return list
	}
	if value, ok := rule[key]; ok {
		return []any{value}
	}
	return nil
}

// validate validates a value against a part of the schema.
func (s schema) validate(t *testing.T, rule map[string]any, value any) error {
	t.Helper()
	part := map[string]any{"$defs": s["$defs"]}
	maps.Copy(part, rule)
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("urn:part", part); err != nil {
		t.Fatal(err)
	}
	compiled, err := compiler.Compile("urn:part")
	if err != nil {
		t.Fatal(err)
	}
	return compiled.Validate(value)
}

// resolve returns a part of the schema together with the part that it refers to.
func (s schema) resolve(rule map[string]any) map[string]any {
	ref, ok := rule["$ref"].(string)
	if !ok {
		return rule
	}
	target := map[string]any(s)
	for key := range strings.SplitSeq(strings.TrimPrefix(ref, "#/"), "/") {
		target = target[key].(map[string]any)
	}
	all := maps.Clone(s.resolve(target))
	maps.Copy(all, rule)
	return all
}
