// Package stored defines types for JSON values that dashboards and data sources may store as
// another type: "on" for true, a number in a string, or a list in one string. Other packages,
// such as settings and query, decode JSON with these types. For a value that can't be
// converted, encoding/json returns a *json.UnmarshalTypeError, which names the field. Want
// describes the values that a type accepts.
package stored

import (
	"encoding/json"
	"math"
	"reflect"
	"strconv"
	"strings"
)

// Bool is a boolean, or a string or number that represents one. null and "" are false.
type Bool bool

// Number is a number, or a string that contains one. null and "" are 0. It is never infinite
// or NaN.
type Number float64

// Text is a string, or a number in its original notation, such as 1.50. null is "".
type Text string

// List is a list of strings. In JSON, it can also be one string with comma-separated elements.
// JSON null becomes a nil List. A query with a nil groupBy has the default grouping of its
// metric, but a query with an empty groupBy has no grouping.
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
		return typeError(data, *b)
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
		return typeError(data, *n)
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
		return typeError(data, *t)
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
			return typeError(data, *l)
		}
		*l = Strings(elements)
	}
	return nil
}

// Strings converts texts to strings. It returns nil for nil.
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

// Want describes the valid values of a type for the text of an error, such as "true or
// false". It returns "" for a type of another package.
func Want(t reflect.Type) string {
	return map[reflect.Type]string{
		reflect.TypeFor[Bool]():   "true or false",
		reflect.TypeFor[Number](): "a number",
		reflect.TypeFor[Text]():   "a string",
		reflect.TypeFor[List]():   "a list of strings",
	}[t]
}

// maxShown bounds a value in an error, in bytes. A longer value is omitted.
const maxShown = 40

// typeError returns the error for data that can't be converted to a type. The parameter into
// is a value of this type.
func typeError(data []byte, into any) error {
	value := kindOf(data)
	if (value == "string" || value == "number") && len(data) <= maxShown {
		value += " " + string(data)
	}
	return &json.UnmarshalTypeError{Value: value, Type: reflect.TypeOf(into)}
}

// scalar returns the text of a string without surrounding spaces, or of a number or boolean.
// The text of null is "". For a list or an object, the second result is false.
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
	switch data[0] { // encoding/json passes a valid value without surrounding spaces
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
