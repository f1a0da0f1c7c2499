package fault

import (
	"reflect"
	"strings"
)

// maxArgument bounds each argument in the text of an error, in bytes of JSON, because the
// SDK's log and the API's responses are JSON. A person rarely reads more of an argument.
const maxArgument = 1000

// maxName bounds a name in a sentence, in characters.
const maxName = 80

const ellipsis = "…"

// Clip returns text, or its first maxChars characters and an ellipsis if it is longer.
func Clip(text string, maxChars int) string {
	if len(text) <= maxChars {
		return text
	}
	count := 0
	for i := range text {
		if count == maxChars {
			return text[:i] + ellipsis
		}
		count++
	}
	return text
}

// ClipName returns a name that a caller chose, clipped for use in a sentence.
func ClipName(name string) string { return Clip(name, maxName) }

// ClipBytes returns text, or the complete characters in its first maxBytes bytes and an
// ellipsis if it is longer.
func ClipBytes(text string, maxBytes int) string {
	if len(text) <= maxBytes {
		return text
	}
	return strings.ToValidUTF8(text[:maxBytes], "") + ellipsis
}

// clipArguments clips the long strings and errors among the arguments of a format.
func clipArguments(args []any) []any {
	clipped := make([]any, len(args))
	for i, arg := range args {
		clipped[i] = arg
		text := ""
		if err, ok := arg.(error); ok && err != nil {
			text = err.Error()
		} else if v := reflect.ValueOf(arg); v.Kind() == reflect.String {
			text = v.String()
		}
		if short := clipEncoded(text, maxArgument); short != text {
			clipped[i] = short
		}
	}
	return clipped
}
