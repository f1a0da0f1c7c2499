package rest

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/reportjson"
)

// schemaNode contains the keywords of JSON Schema that the schemas of reports use.
type schemaNode struct {
	Ref        string `json:"$ref"`
	Type       string
	Enum       []string
	Required   []string
	Properties map[string]schemaNode
	Items      *schemaNode
}

// drift compares schemas with Go types.
type drift struct {
	components map[string]schemaNode
	problems   []string
	isExact    bool // the schema must have all fields, and require those that are always present
}

// kinds maps Go's kinds of types to the types of JSON Schema.
var kinds = map[reflect.Kind]string{
	reflect.Float64: "number", reflect.Int: "integer", reflect.Int64: "integer", reflect.String: "string", reflect.Bool: "boolean",
	reflect.Slice: "array", reflect.Struct: "object", reflect.Map: "object",
}

func (d *drift) compare(s schemaNode, t reflect.Type, path string) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if s.Ref != "" {
		s = d.components[s.Ref[strings.LastIndex(s.Ref, "/")+1:]]
	}
	isEnum := len(s.Enum) > 0 && t.Kind() == reflect.String
	if s.Type != kinds[t.Kind()] && !isEnum {
		d.problems = append(d.problems, path+" is a "+t.String()+", the schema has "+s.Type)
		return
	}
	switch t.Kind() {
	case reflect.Slice:
		if s.Items == nil {
			d.problems = append(d.problems, path+" has no items in the schema")
			return
		}
		d.compare(*s.Items, t.Elem(), path+"[]")
	case reflect.Struct:
		fields, always := map[string]reflect.Type{}, []string{}
		jsonFields(t, fields, &always)
		for name, child := range s.Properties {
			if field, exists := fields[name]; exists {
				d.compare(child, field, path+"."+name)
			} else {
				d.problems = append(d.problems, path+" has no field "+name)
			}
		}
		if !d.isExact {
			return
		}
		for name := range fields {
			if _, described := s.Properties[name]; !described {
				d.problems = append(d.problems, "the schema of "+path+" has no property "+name)
			}
		}
		slices.Sort(always)
		slices.Sort(s.Required)
		if !slices.Equal(always, s.Required) {
			d.problems = append(d.problems, path+" requires "+strings.Join(s.Required, ", ")+"; always present are "+strings.Join(always, ", "))
		}
	}
}

// jsonFields adds the fields of the struct type t to the map fields, by their names in JSON.
// It also adds the names of the fields that are always present to the list always.
func jsonFields(t reflect.Type, fields map[string]reflect.Type, always *[]string) {
	for f := range t.Fields() {
		if f.Anonymous {
			jsonFields(f.Type, fields, always)
			continue
		}
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		fields[name] = f.Type
		if !strings.Contains(options, "omit") {
			*always = append(*always, name)
		}
	}
}

// TestSchemasMatchTheTypesOfReports checks that openapi_report.yaml describes all fields of the
// answers, and that the answers have all fields that TensorOne documents.
func TestSchemasMatchTheTypesOfReports(t *testing.T) {
	var document struct {
		Components struct{ Schemas map[string]schemaNode }
	}
	if err := json.Unmarshal(get(New(options(t, &upstream{})), "/api/openapi.json").Body.Bytes(), &document); err != nil {
		t.Fatal(err)
	}
	types := map[string]reflect.Type{"metrics": reflect.TypeFor[reportjson.Report](), "costs": reflect.TypeFor[reportjson.CostReport]()}
	for name, component := range map[string]string{"metrics": "EndpointReport", "costs": "CostReport"} {
		d := &drift{components: document.Components.Schemas, isExact: true}
		d.compare(d.components[component], types[name], component)
		for _, problem := range d.problems {
			t.Errorf("openapi_report.yaml: %s", problem)
		}
		file := filepath.Join("../../docs/contracts", "tensorone-"+name+".schema.json")
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var documented schemaNode
		if err := json.Unmarshal(text, &documented); err != nil {
			t.Fatal(err)
		}
		if len(documented.Properties) < 3 {
			t.Fatalf("%s has the properties %v", file, slices.Collect(maps.Keys(documented.Properties)))
		}
		d = &drift{}
		d.compare(documented, types[name], component)
		for _, problem := range d.problems {
			t.Errorf("%s: %s", file, problem)
		}
	}
}
