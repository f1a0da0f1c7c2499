package catalog

import (
	"bytes"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

func TestTheSchemaIsValid(t *testing.T) {
	raw, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	if draft := raw.(map[string]any)["$schema"]; draft != "https://json-schema.org/draft/2020-12/schema" {
		t.Errorf("the draft is %v", draft)
	}
	meta, err := jsonschema.NewCompiler().Compile("https://json-schema.org/draft/2020-12/schema")
	if err != nil {
		t.Fatal(err)
	}
	if err := meta.Validate(raw); err != nil {
		t.Error(err)
	}
	if _, err := packSchema(); err != nil {
		t.Error(err)
	}
}

// TestTheSchemaHasEveryKey: each key that Go reads is described, and each that is
// described is read.
func TestTheSchemaHasEveryKey(t *testing.T) {
	s, err := packSchema()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[reflect.Type]bool{}
	var hold func(where string, rule map[string]any, of reflect.Type)
	hold = func(where string, rule map[string]any, of reflect.Type) {
		rule = s.resolved(t, rule)
		switch of.Kind() {
		case reflect.Pointer:
			hold(where, rule, of.Elem())
		case reflect.Slice:
			items, ok := rule["items"].(map[string]any)
			if !ok {
				t.Errorf("%s is no list in the schema", where)
				return
			}
			hold(where, items, of.Elem())
		case reflect.Map:
			values, ok := rule["additionalProperties"].(map[string]any)
			if !ok {
				t.Errorf("%s has no values in the schema", where)
				return
			}
			hold(where, values, of.Elem())
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
			fields := fieldsOf(of)
			if schema, read := sortedKeys(properties), sortedKeys(fields); !slices.Equal(schema, read) {
				t.Errorf("%s: the schema has %v, and Go reads %v", where, schema, read)
			}
			if rule["additionalProperties"] != false {
				t.Errorf("%s takes any key", where)
			}
			for key, below := range properties {
				described(t, s, where+"."+key, below.(map[string]any))
				if field, ok := fields[key]; ok {
					hold(where+"."+key, below.(map[string]any), field)
				}
			}
		}
	}
	hold("pack", s.raw.(map[string]any), reflect.TypeFor[Pack]())
	for _, of := range []reflect.Type{reflect.TypeFor[Family](), reflect.TypeFor[Metric](), reflect.TypeFor[Alert](), reflect.TypeFor[Param](), reflect.TypeFor[Panel]()} {
		if !seen[of] {
			t.Errorf("%v was not looked at", of)
		}
	}
}

// fieldsOf are a struct's YAML keys with their types.
func fieldsOf(of reflect.Type) map[string]reflect.Type {
	fields := map[string]reflect.Type{}
	for field := range of.Fields() {
		name, options, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		switch {
		case options == "inline":
			maps.Copy(fields, fieldsOf(field.Type))
		case field.IsExported():
			fields[name] = field.Type
		}
	}
	return fields
}

// described holds a key to what an editor shows about it.
func described(t *testing.T, s schema, where string, rule map[string]any) {
	t.Helper()
	all := s.resolved(t, rule)
	if rule["description"] == nil && all["description"] == nil {
		t.Errorf("%s has no description", where)
	}
	if pattern, ok := all["pattern"].(string); ok {
		if _, err := regexp.Compile(pattern); err != nil {
			t.Errorf("%s: %v", where, err)
		}
		if all["errorMessage"] == nil {
			t.Errorf("%s doesn't say what its pattern asks for", where)
		}
	}
	for _, key := range []string{"default", "examples"} {
		for _, example := range examples(rule, key) {
			if problems := s.holds(t, rule, example); problems != "" {
				t.Errorf("%s: its own example %v: %s", where, example, problems)
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

// holds holds a value against a part of the schema.
func (s schema) holds(t *testing.T, rule map[string]any, value any) string {
	t.Helper()
	part := map[string]any{"$defs": s.raw.(map[string]any)["$defs"]}
	maps.Copy(part, rule)
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("urn:part", part); err != nil {
		t.Fatal(err)
	}
	compiled, err := compiler.Compile("urn:part")
	if err != nil {
		t.Fatal(err)
	}
	if err := compiled.Validate(value); err != nil {
		return err.Error()
	}
	return ""
}

// resolved is a part of the schema with what it refers to.
func (s schema) resolved(t *testing.T, rule map[string]any) map[string]any {
	t.Helper()
	ref, ok := rule["$ref"].(string)
	if !ok {
		return rule
	}
	all := maps.Clone(s.resolved(t, s.rule(ref)))
	maps.Copy(all, rule)
	return all
}

// TestReservedNames keeps the API's own parameters apart from a
// metric's.
func TestReservedNames(t *testing.T) {
	for _, name := range Reserved {
		text := strings.NewReplacer("tenant", name).Replace(soundPack)
		problems := problemsOf(t, text)
		if !slices.ContainsFunc(problems, func(p Problem) bool {
			return p.Field == "optional_params" && p.Text == "A parameter can't be called "+name+": the API uses that name."
		}) {
			t.Errorf("%s: %v", name, problems)
		}
	}
}

// TestUnits holds the list to some of Grafana's ids and to its own forms.
func TestUnits(t *testing.T) {
	for unit, want := range map[string]bool{
		"none": true, "s": true, "reqps": true, "percentunit": true, "binBps": true, "currencyUSD": true, "µs": true, "short": true,
		"suffix:tokens": true, "prefix:#": true, "currency:CHF": true, "count:req": true, "si:mW": true, "time:HH:mm": true, "bool:up/down": true,
		"seconds": false, "req/s": false, "suffix:": false, "prefix:\t": false, "tokens:x": false, "": false, "S": false,
	} {
		if isUnit(unit) != want {
			t.Errorf("%q: %v", unit, !want)
		}
	}
}
