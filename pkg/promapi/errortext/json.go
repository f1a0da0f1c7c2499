package errortext

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// Names of fields of JSON errors, in lower case and in the order of preference. The fields in
// subjectFields contain the kind of an error, and those in detailFields an explanation. The
// names cover the errors of Prometheus, RFC 7807 and RFC 9457 (problem details), RFC 6749
// (OAuth), Grafana, Kubernetes, gRPC gateways, Spring, FastAPI, GraphQL and API gateways.
var (
	subjectFields = []string{"errortype", "title", "error"}
	detailFields  = []string{
		"detail", "error_description", "message", "msg", "error_message", "errormessage", "faultstring",
		"details", "description", "reason", "error", "errors", "fault", "exception",
	}
)

const (
	maxDepth  = 5 // of nested values
	maxErrors = 3 // in a list of errors, or in an object with an error for each field
)

// jsonText returns the text of a JSON error. It returns body unchanged if body is invalid
// JSON, or if valueText returns no text.
func jsonText(body string) string {
	var value any
	// Unlike json.Unmarshal, a decoder accepts data after the value.
	if err := json.NewDecoder(strings.NewReader(body)).Decode(&value); err != nil {
		return body
	}
	if text := valueText(value, maxDepth); text != "" {
		return text
	}
	return body
}

// valueText returns the text of a string, of the fields of an object, or of the first
// elements of an array, or "" if there is no text.
func valueText(value any, depth int) string {
	if depth == 0 {
		return ""
	}
	switch value := value.(type) {
	case string:
		if isMarkup(value) {
			return markupText(value)
		}
		return strings.TrimSpace(value)
	case []any:
		var texts []string
		for _, element := range value[:min(len(value), maxErrors)] {
			if text := valueText(element, depth-1); text != "" {
				texts = append(texts, text)
			}
		}
		return strings.Join(texts, "; ")
	case map[string]any:
		if text := objectText(value, depth); text != "" || depth == maxDepth {
			return text
		}
		return namedTexts(value, depth)
	}
	return ""
}

// namedTexts returns the texts of an object's first fields, each with the name of the field.
// In some APIs, the names of the fields are those of the invalid parameters.
func namedTexts(object map[string]any, depth int) string {
	var texts []string
	for _, name := range slices.Sorted(maps.Keys(object)) {
		text := valueText(object[name], depth-1)
		if text == "" {
			continue
		}
		if texts = append(texts, name+": "+text); len(texts) == maxErrors {
			break
		}
	}
	return strings.Join(texts, "; ")
}

// objectText returns the kind and the explanation that the known fields of an object contain.
func objectText(object map[string]any, depth int) string {
	fields := make(map[string]any, len(object))
	for name, value := range object {
		fields[strings.ToLower(name)] = value
	}
	firstText := func(names []string, other string) string {
		for _, name := range names {
			if text := valueText(fields[name], depth-1); text != "" && text != other {
				return text
			}
		}
		return ""
	}
	subject := firstText(subjectFields, "")
	detail := firstText(detailFields, subject)
	switch {
	case subject == "" || strings.Contains(detail, subject):
		return detail
	case detail == "" || strings.Contains(subject, detail):
		return subject
	default:
		return strings.TrimRight(subject, ".:") + ": " + detail
	}
}
