package packfile

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/suggest"
)

// A violation is one value that the schema doesn't allow.
type violation struct {
	path  []any // keys and indexes
	value any
	rule  map[string]any // the part of the schema that the value violates
	kind  jsonschema.ErrorKind
}

// schemaFault is a reported violation: the path to change, and the reason.
type schemaFault struct {
	path []any
	text string
	// intended is path, with an unknown key replaced by the known key that it
	// probably misspells.
	intended []any
}

// faults returns the faults of missing or unknown keys, or one fault for a violation of the
// value itself.
func (v violation) faults() []schemaFault {
	below := func(key string) []any { return append(slices.Clone(v.path), key) }
	var all []schemaFault
	switch k := v.kind.(type) {
	case *kind.Required:
		misspelt := v.misspelt()
		for _, key := range k.Missing {
			if !slices.Contains(misspelt, key) { // a misspelt key is reported as unknown
				all = append(all, schemaFault{below(key), key + " is missing.", below(key)})
			}
		}
	case *kind.AdditionalProperties:
		known := v.known()
		for _, key := range slices.Sorted(slices.Values(k.Properties))[:min(len(k.Properties), MaxProblems)] {
			intended := key
			if nearest := suggest.Nearest(key, known); len(nearest) > 0 {
				intended = nearest[0]
			}
			text := fmt.Sprintf("Unknown key %s.%s", fault.ClipName(key), suggest.DidYouMean(key, known))
			if intended == key {
				text = fmt.Sprintf("Unknown key %s. The keys are %s.", fault.ClipName(key), strings.Join(known, ", "))
			}
			all = append(all, schemaFault{below(key), text, below(intended)})
		}
	default:
		all = append(all, schemaFault{v.path, v.message(), v.path})
	}
	return all
}

// ofValue reports whether the violation concerns the value itself. Other violations concern
// missing or unknown keys.
func (v violation) ofValue() bool {
	switch v.kind.(type) {
	case *kind.Required, *kind.AdditionalProperties:
		return false
	}
	return true
}

// known returns the keys that the schema defines for the value.
func (v violation) known() []string {
	properties, _ := v.rule["properties"].(map[string]any)
	return slices.Sorted(maps.Keys(properties))
}

// misspelt returns the known keys that the value's unknown keys probably misspell.
func (v violation) misspelt() []string {
	known := v.known()
	var intended []string
	given, _ := v.value.(map[string]any)
	for _, key := range slices.Sorted(maps.Keys(given))[:min(len(given), maxMisspelt)] {
		if nearest := suggest.Nearest(key, known); !slices.Contains(known, key) && len(nearest) > 0 {
			intended = append(intended, nearest[0])
		}
	}
	return intended
}

// message describes the fault of a value.
func (v violation) message() string {
	switch k := v.kind.(type) {
	case *kind.Type:
		return v.wrongType(k.Want)
	case *kind.Enum:
		return v.notOneOf(k.Want)
	case *kind.MinLength:
		return "It must not be empty."
	case *kind.MaxLength:
		return fmt.Sprintf("It is longer than %d characters.", k.Want)
	case *kind.MinItems:
		return "The list must not be empty."
	case *kind.MaxItems:
		return fmt.Sprintf("The list has %d entries. The maximum is %d.", k.Got, k.Want)
	case *kind.MaxProperties:
		return fmt.Sprintf("It has %d keys. The maximum is %d.", k.Got, k.Want)
	case *kind.UniqueItems:
		list, _ := v.value.([]any)
		if at := k.Duplicates[1]; at < len(list) {
			return fmt.Sprintf("%v occurs twice in the list.", quoted(list[at]))
		}
		return "The list has duplicates."
	}
	if text, ok := v.rule["errorMessage"].(string); ok {
		return fmt.Sprintf("%v is invalid. %s", quoted(v.value), text)
	}
	switch k := v.kind.(type) {
	case *kind.Minimum:
		return fmt.Sprintf("%v is less than %s.", quoted(v.value), k.Want.RatString())
	case *kind.Maximum:
		return fmt.Sprintf("%v is more than %s.", quoted(v.value), k.Want.RatString())
	default:
		return fmt.Sprintf("%v doesn't match the schema.", quoted(v.value))
	}
}

// typeNames are the names of JSON's types for authors of YAML.
var typeNames = map[string]string{
	"string": "a string", "number": "a number", "integer": "an integer", "boolean": "true or false",
	"array": "a list", "object": "keys with values", "null": "empty",
}

func (v violation) wrongType(want []string) string {
	names := make([]string, len(want))
	for i, name := range want {
		names[i] = typeNames[name]
	}
	expected := strings.Join(names, " or ")
	switch v.value.(type) {
	case nil:
		return fmt.Sprintf("The value is missing. It must be %s.", expected)
	case []any:
		return fmt.Sprintf("It must be %s, not a list.", expected)
	case map[string]any:
		return fmt.Sprintf("It must be %s, not keys with values. Put a string with braces or a colon in quotes.", expected)
	case string:
		return fmt.Sprintf("%s must be %s.", quoted(v.value), expected)
	}
	if slices.Contains(want, "string") {
		return fmt.Sprintf("It must be %s: put it in quotes.", expected) // omits the value: if the text is 1.0, the value is printed as 1
	}
	return fmt.Sprintf("%s must be %s.", quoted(v.value), expected)
}

func (v violation) notOneOf(want []any) string {
	choices := make([]string, len(want))
	for i, choice := range want {
		choices[i] = fmt.Sprint(choice)
	}
	if v.value == nil {
		return fmt.Sprintf("The value is missing. It must be one of %s.", strings.Join(choices, ", "))
	}
	given, _ := v.value.(string)
	return fmt.Sprintf("%s is not one of %s.%s", quoted(v.value), strings.Join(choices, ", "), suggest.DidYouMean(given, choices))
}

// quoted returns a value as the subject of a sentence.
func quoted(value any) string {
	switch value := value.(type) {
	case string:
		return fmt.Sprintf("%q", fault.ClipName(value))
	case []any:
		return "The list"
	case map[string]any:
		return "The value"
	case nil:
		return "The empty value"
	default:
		return fault.ClipName(fmt.Sprint(value))
	}
}
