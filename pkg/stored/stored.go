// Package stored reads JSON values that dashboards and data sources keep in
// another type than the one that is meant: a form's "on" for true, a number as
// text, a list as one text. settings and query declare their fields with these
// types. A value whose meaning isn't clear is a *json.UnmarshalTypeError, in
// which encoding/json names the field; Want says what its type takes.
package stored

import (
	"encoding/json"
	"math"
	"reflect"
	"strconv"
	"strings"
)

// Bool is true, false, or a text or number that means one of them. null and ""
// are false.
type Bool bool

// Number is a number or a text of one. null and "" are 0. It is never infinite
// or NaN.
type Number float64

// Text is a text, or a number as it is written. null is "".
type Text string

// List is a list of texts, or one text with commas between its elements. null is
// no list, which for a query differs from an empty one.
type List []string

var bools = map[string]Bool{
	"": false, "false": false, "off": false, "no": false, "0": false,
	"true": true, "on": true, "yes": true, "1": true,
}

// UnmarshalJSON implements json.Unmarshaler.
func (b *Bool) UnmarshalJSON(data []byte) error {
	text, ok := scalar(data)
	value, known := bools[strings.ToLower(text)]
	if !ok || !known {
		return mistyped(data, *b)
	}
	*b = value
	return nil
}

// UnmarshalJSON implements json.Unmarshaler.
func (n *Number) UnmarshalJSON(data []byte) error {
	text, ok := scalar(data)
	if ok && text == "" {
		*n = 0
		return nil
	}
	value, err := strconv.ParseFloat(text, 64)
	if !ok || err != nil || math.IsNaN(value) || math.IsInf(value, 0) {
		return mistyped(data, *n)
	}
	*n = Number(value)
	return nil
}

// UnmarshalJSON implements json.Unmarshaler.
func (t *Text) UnmarshalJSON(data []byte) error {
	var text string
	switch kindOf(data) {
	case "null":
	case "number":
		text = string(data)
	case "string":
		if err := json.Unmarshal(data, &text); err != nil {
			return err
		}
	default:
		return mistyped(data, *t)
	}
	*t = Text(text)
	return nil
}

// UnmarshalJSON implements json.Unmarshaler.
func (l *List) UnmarshalJSON(data []byte) error {
	switch kindOf(data) {
	case "null":
		*l = nil
	case "string":
		var text string
		if err := json.Unmarshal(data, &text); err != nil {
			return err
		}
		*l = split(text)
	default:
		var elements []Text
		if err := json.Unmarshal(data, &elements); err != nil {
			return mistyped(data, *l)
		}
		*l = Strings(elements)
	}
	return nil
}

// Strings are texts as plain strings; nil for nil.
func Strings(texts []Text) []string {
	if texts == nil {
		return nil
	}
	plain := make([]string, len(texts))
	for i, text := range texts {
		plain[i] = string(text)
	}
	return plain
}

func split(text string) List {
	elements := List{}
	for element := range strings.SplitSeq(text, ",") {
		if element = strings.TrimSpace(element); element != "" {
			elements = append(elements, element)
		}
	}
	return elements
}

// Want is what a value of a type must be, for the text of an error; "" for types
// of other packages.
func Want(t reflect.Type) string {
	return map[reflect.Type]string{
		reflect.TypeFor[Bool]():   "true or false",
		reflect.TypeFor[Number](): "a number",
		reflect.TypeFor[Text]():   "a text",
		reflect.TypeFor[List]():   "a list of texts",
	}[t]
}

// maxShown bounds how much of a value an error repeats.
const maxShown = 40

// mistyped reports a value that doesn't fit the type of into.
func mistyped(data []byte, into any) error {
	value := kindOf(data)
	if (value == "string" || value == "number") && len(data) <= maxShown {
		value += " " + string(data)
	}
	return &json.UnmarshalTypeError{Value: value, Type: reflect.TypeOf(into)}
}

// scalar is the text of a string, number, boolean or null, without spaces around
// it, and false for a list or an object.
func scalar(data []byte) (string, bool) {
	switch kindOf(data) {
	case "null":
		return "", true
	case "string":
		var text string
		err := json.Unmarshal(data, &text)
		return strings.TrimSpace(text), err == nil
	case "array", "object":
		return "", false
	default:
		return string(data), true
	}
}

func kindOf(data []byte) string {
	switch data[0] { // encoding/json passes a valid value without spaces around it
	case '"':
		return "string"
	case '[':
		return "array"
	case '{':
		return "object"
	case 'n':
		return "null"
	case 't', 'f':
		return "bool"
	default:
		return "number"
	}
}
