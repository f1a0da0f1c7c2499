// Package reportschema validates endpoint reports with the schemas of the platform's
// documented examples, docs/contracts/tensorone-*.schema.json.
package reportschema

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// contracts is the folder with the schemas. The path is relative to the folder of a test
// suite.
const contracts = "../../docs/contracts"

// optional are the sections whose presence in a report depends on the query parameter
// named metrics.
var optional = []string{"performance", "usage", "costs", "resources", "coldStarts", "insights"}

// Validate returns an error if a report doesn't match its schema: the schema of cost reports
// if isCosts is true, and that of complete reports otherwise. sections are the sections that
// the report must contain in addition to the summary; nil means those that the schema
// requires. A required field may be absent if one of the report's notes is about the field.
func Validate(answer map[string]any, isCosts bool, sections []string) error {
	file := "tensorone-metrics.schema.json"
	if isCosts {
		file = "tensorone-costs.schema.json"
	}
	text, err := os.ReadFile(filepath.Join(contracts, file))
	if err != nil {
		return err
	}
	var schema map[string]any
	if err := json.Unmarshal(text, &schema); err != nil {
		return err
	}
	if sections != nil {
		for _, name := range optional {
			if !slices.Contains(sections, name) {
				relax(schema, name)
			}
		}
		if properties, is := schema["properties"].(map[string]any); is {
			insights, _ := properties["insights"].(map[string]any)
			delete(insights, "required")
		}
	}
	notes, _ := answer["notes"].([]any)
	for _, note := range notes {
		n, _ := note.(map[string]any)
		field, _ := n["field"].(string)
		relax(schema, field)
		relax(schema, strings.TrimSuffix(field, ".changePercent")+".trend")
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("schema.json", any(schema)); err != nil {
		return err
	}
	compiled, err := compiler.Compile("schema.json")
	if err != nil {
		return err
	}
	return compiled.Validate(any(answer))
}

// relax makes a field optional. If the field is an object, the members of the object
// become optional too.
func relax(schema map[string]any, path string) {
	names := strings.Split(path, ".")
	for i, name := range names {
		properties, _ := schema["properties"].(map[string]any)
		child, exists := properties[name].(map[string]any)
		if !exists {
			return
		}
		if i == len(names)-1 {
			required, _ := schema["required"].([]any)
			schema["required"] = slices.DeleteFunc(required, func(n any) bool { return n == name })
			delete(child, "required")
		}
		schema = child
		if items, isArray := child["items"].(map[string]any); isArray {
			schema = items
		}
	}
}
