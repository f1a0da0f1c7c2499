package fault

import "reflect"

// maxArgument bounds a text in an error, in characters: it is more than a person
// reads, and less than fills a log.
const maxArgument = 1000

// maxName bounds a name inside a sentence, in characters.
const maxName = 80

// clipped returns the arguments with long texts cut.
func clipped(args []any) []any {
	short := make([]any, len(args))
	for i, arg := range args {
		short[i] = arg
		text := ""
		if err, ok := arg.(error); ok && err != nil {
			text = err.Error()
		} else if v := reflect.ValueOf(arg); v.Kind() == reflect.String {
			text = v.String()
		}
		if len(text) > maxArgument {
			short[i] = Clip(text, maxArgument)
		}
	}
	return short
}

// Clip cuts a text after a number of characters and marks the cut with an
// ellipsis.
func Clip(text string, length int) string {
	if len(text) <= length {
		return text
	}
	count := 0
	for at := range text {
		if count == length {
			return text[:at] + "…"
		}
		count++
	}
	return text
}

// ClipName cuts a name that a caller chose, so that it fits into a sentence.
func ClipName(name string) string { return Clip(name, maxName) }
