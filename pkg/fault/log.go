package fault

import (
	"time"
	"unicode/utf8"
)

// Bounds of a text in the log, in bytes of JSON, because Grafana's log is JSON in many
// installations. In JSON, < and most control characters take six bytes.
const (
	maxLogged      = 500
	maxLoggedCause = 8 << 10 // for an error, because the cause of an Internal error can contain a stack
)

// LogFields returns the fields of a log line, alternately a key and a value. It clips long
// texts, and formats durations as Grafana's log does, such as 1.5s. Every log line with a
// value that comes from a caller, a setting or a server uses LogFields.
func LogFields(fields ...any) []any {
	clipped := make([]any, len(fields))
	for i, field := range fields {
		switch value := field.(type) {
		case string:
			clipped[i] = clipEncoded(value, maxLogged)
		case time.Duration:
			clipped[i] = value.String()
		case error:
			clipped[i] = clipEncoded(value.Error(), maxLoggedCause)
		default:
			clipped[i] = value
		}
	}
	return clipped
}

// maxEscape is the maximum number of bytes of JSON for one byte of text.
const maxEscape = len(`\u003c`)

// clipEncoded returns text, or its beginning and an ellipsis if it takes more than
// maxBytes in JSON.
func clipEncoded(text string, maxBytes int) string {
	size := 0
	for i, r := range text {
		if size += encodedSize(r, text[i:]); size > maxBytes {
			return text[:i] + ellipsis
		}
	}
	return text
}

// encodedSize returns the number of bytes that encoding/json writes for r, the first rune of
// a text.
func encodedSize(r rune, text string) int {
	const short, long = len(`\n`), maxEscape
	const lineSeparator, paragraphSeparator = '\u2028', '\u2029'
	switch r {
	case '"', '\\', '\b', '\f', '\n', '\r', '\t':
		return short
	case '<', '>', '&', lineSeparator, paragraphSeparator:
		return long
	case utf8.RuneError:
		if _, size := utf8.DecodeRuneInString(text); size == 1 {
			return long // an invalid byte
		}
	}
	if r < ' ' {
		return long
	}
	return utf8.RuneLen(r)
}
