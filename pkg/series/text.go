package series

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// String formats the labels as a PromQL selector: name{a="x", b="y"}. A metric name that
// needs quotes in PromQL is the first item in the braces. Label names that aren't identifiers
// are quoted, too: {"http.requests", "k8s.pod"="x"}. If there are no labels, the text is {}.
// Different labels have different texts.
func (l Labels) String() string {
	var buffer [512]byte // on the stack; long enough for most series
	text := buffer[:0]
	name := l.Get(MetricName)
	isPlain := isMetricIdentifier(name)
	if isPlain {
		text = append(text, name...)
	}
	open := len(text)
	if name != "" && !isPlain {
		text = appendQuoted(append(text, '{'), name)
	}
	for _, label := range l {
		if label.Name == MetricName {
			continue
		}
		if len(text) > open {
			text = append(text, ',', ' ')
		} else {
			text = append(text, '{')
		}
		text = append(appendLabelName(text, label.Name), '=')
		text = appendQuoted(text, label.Value)
	}
	switch {
	case len(text) > open:
		text = append(text, '}')
	case name == "":
		text = append(text, '{', '}')
	}
	return string(text)
}

// LabelName formats a label name as PromQL: in quotes unless it is an identifier.
func LabelName(name string) string { return string(appendLabelName(nil, name)) }

func appendLabelName(to []byte, name string) []byte {
	if isIdentifier(name, false) {
		return append(to, name...)
	}
	return appendQuoted(to, name)
}

// appendQuoted appends a PromQL string literal. PromQL supports all escapes of strconv, but
// rejects an unescaped U+FFFD as an invalid byte.
func appendQuoted(to []byte, text string) []byte {
	const replacement = string(utf8.RuneError)
	if strings.Contains(text, replacement) {
		return append(to, strings.ReplaceAll(strconv.Quote(text), replacement, `\ufffd`)...)
	}
	return strconv.AppendQuote(to, text)
}

// keywords are the identifiers that PromQL accepts as metric names only in quotes.
var keywords = []string{"atan2", "bool", "group_left", "group_right", "ignoring", "inf", "nan", "on"}

// isMetricIdentifier reports whether a metric name can precede the braces in PromQL.
func isMetricIdentifier(name string) bool {
	return isIdentifier(name, true) && !slices.ContainsFunc(keywords, func(word string) bool { return strings.EqualFold(word, name) })
}

// isIdentifier reports whether a name consists of ASCII letters, digits, underscores and,
// if allowed, colons, and doesn't begin with a digit.
func isIdentifier(name string, colons bool) bool {
	for i := range len(name) {
		switch c := name[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '_':
		case c >= '0' && c <= '9' && i > 0:
		case c == ':' && colons:
		default:
			return false
		}
	}
	return name != ""
}
