package catalog

import (
	"fmt"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// A violation is one thing that the schema doesn't allow.
type violation struct {
	path  []any // where: keys and indexes
	value any   // what stands there
	rule  map[string]any
	kind  jsonschema.ErrorKind
}

// faulty is a violation as it is told: what to change, and why.
type faulty struct {
	path []any
	text string
	// means is path with the key that was meant in the place of one that the format
	// doesn't have, as far as one can guess.
	means []any
}

// faults says what is wrong, for each key on its own.
func (v violation) faults() []faulty {
	below := func(key string) []any { return append(slices.Clone(v.path), key) }
	var all []faulty
	switch k := v.kind.(type) {
	case *kind.Required:
		misspelt := v.misspelt()
		for _, key := range k.Missing {
			if !slices.Contains(misspelt, key) { // a misspelt one is told where it stands
				all = append(all, faulty{below(key), key + " is missing.", below(key)})
			}
		}
	case *kind.AdditionalProperties:
		known := v.known()
		for _, key := range slices.Sorted(slices.Values(k.Properties))[:min(len(k.Properties), maxProblems)] {
			means := key
			if nearest := Nearest(key, known); len(nearest) > 0 {
				means = nearest[0]
			}
			text := fmt.Sprintf("There is no key %s here.%s", clip(key), didYouMean(key, known))
			if means == key {
				text = fmt.Sprintf("There is no key %s here, only %s.", clip(key), strings.Join(known, ", "))
			}
			all = append(all, faulty{below(key), text, below(means)})
		}
	default:
		all = append(all, faulty{v.path, v.sentence(), v.path})
	}
	return all
}

// wrong reports whether the value itself won't do, as against its keys.
func (v violation) wrong() bool {
	switch v.kind.(type) {
	case *kind.Required, *kind.AdditionalProperties:
		return false
	}
	return true
}

// known are the keys that the format has here.
func (v violation) known() []string {
	properties, _ := v.rule["properties"].(map[string]any)
	return sortedKeys(properties)
}

// misspelt guesses for which known keys the unknown ones stand.
func (v violation) misspelt() []string {
	const most = 30 // nobody misspells more
	known := v.known()
	var means []string
	given, _ := v.value.(map[string]any)
	for _, key := range sortedKeys(given)[:min(len(given), most)] {
		if nearest := Nearest(key, known); !slices.Contains(known, key) && len(nearest) > 0 {
			means = append(means, nearest[0])
		}
	}
	return means
}

// sentence says what is wrong with a value.
func (v violation) sentence() string {
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
		return fmt.Sprintf("The list has %d entries, and may have %d.", k.Got, k.Want)
	case *kind.MaxProperties:
		return fmt.Sprintf("It has %d keys, and may have %d.", k.Got, k.Want)
	case *kind.UniqueItems:
		list, _ := v.value.([]any)
		if at := k.Duplicates[1]; at < len(list) {
			return fmt.Sprintf("%v stands twice in the list.", shown(list[at]))
		}
		return "Something stands twice in the list."
	}
	if text, ok := v.rule["errorMessage"].(string); ok {
		return fmt.Sprintf("%v won't do. %s", shown(v.value), text)
	}
	switch k := v.kind.(type) {
	case *kind.Minimum:
		return fmt.Sprintf("%v is less than %s.", shown(v.value), k.Want.RatString())
	case *kind.Maximum:
		return fmt.Sprintf("%v is more than %s.", shown(v.value), k.Want.RatString())
	default:
		return fmt.Sprintf("%v doesn't have the form that is asked for.", shown(v.value))
	}
}

// typeNames say JSON's types as an author of YAML knows them.
var typeNames = map[string]string{
	"string": "a text", "number": "a number", "integer": "a whole number", "boolean": "true or false",
	"array": "a list", "object": "a group of keys with values", "null": "nothing",
}

func (v violation) wrongType(want []string) string {
	names := make([]string, len(want))
	for i, name := range want {
		names[i] = typeNames[name]
	}
	expected := strings.Join(names, " or ")
	switch v.value.(type) {
	case nil:
		return fmt.Sprintf("It has no value: it must be %s.", expected)
	case []any:
		return fmt.Sprintf("It must be %s, not a list.", expected)
	case map[string]any:
		return fmt.Sprintf("It must be %s, not keys with values. A text with braces or a colon needs quotes.", expected)
	case string:
		return fmt.Sprintf("%s must be %s.", shown(v.value), expected)
	}
	if slices.Contains(want, "string") {
		return fmt.Sprintf("It must be %s: put it in quotes.", expected) // as it stands: 1.0 isn't 1
	}
	return fmt.Sprintf("%s must be %s.", shown(v.value), expected)
}

func (v violation) notOneOf(want []any) string {
	choices := make([]string, len(want))
	for i, choice := range want {
		choices[i] = fmt.Sprint(choice)
	}
	if v.value == nil {
		return fmt.Sprintf("It has no value: it must be one of %s.", strings.Join(choices, ", "))
	}
	given, _ := v.value.(string)
	return fmt.Sprintf("%s is not one of %s.%s", shown(v.value), strings.Join(choices, ", "), didYouMean(given, choices))
}

// shown prints a value inside a sentence.
func shown(value any) string {
	switch value := value.(type) {
	case string:
		return fmt.Sprintf("%q", clip(value))
	case []any:
		return "This list"
	case map[string]any:
		return "This"
	case nil:
		return "Nothing"
	default:
		return clip(fmt.Sprint(value))
	}
}
