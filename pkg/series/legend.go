package series

import (
	"regexp"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// LegendLabel matches a placeholder of a legend, such as {{job}}. Its group matches the
// label name.
var LegendLabel = regexp.MustCompile(`\{\{\s*(.+?)\s*\}\}`)

// Template is a text with {{label}} placeholders, such as a legend.
type Template []templatePart

// templatePart is a text, and the name of the label whose value follows it.
type templatePart struct{ text, label string }

// ParseTemplate parses a template. Any text is a template: braces that don't form a
// placeholder are kept as they are.
func ParseTemplate(text string) Template {
	var t Template
	at := 0
	for _, m := range LegendLabel.FindAllStringSubmatchIndex(text, -1) {
		t = append(t, templatePart{text[at:m[0]], text[m[2]:m[3]]})
		at = m[1]
	}
	return append(t, templatePart{text: text[at:]})
}

// Append appends the template to a buffer. The value of the label replaces each placeholder,
// and placeholders in this value stay as they are. A placeholder without a label becomes the
// given value if its name is value or __value__, and disappears otherwise. An ellipsis
// replaces the text beyond maxBytes.
func (t Template) Append(to []byte, labels Labels, value string, maxBytes int) []byte {
	start := len(to)
	for _, part := range t {
		to = append(to, part.text...)
		switch label := labels.Get(part.label); {
		case part.label == "": // the text after the last placeholder
		case label != "":
			to = append(to, label...)
		case part.label == "value" || part.label == "__value__":
			to = append(to, value...)
		}
		if len(to)-start > maxBytes {
			return append(to[:start], fault.ClipBytes(string(to[start:]), maxBytes)...)
		}
	}
	return to
}
