// Package labelname writes label names into paths of the Prometheus HTTP API, and reads them from
// such paths.
package labelname

import (
	"net/url"
	"strings"

	"github.com/prometheus/common/model"
)

// escapedPrefix is the prefix of names that are escaped with Prometheus's scheme "values",
// such as U__k8s_2e_pod. (Prometheus, UTF-8 escaping schemes.)
const escapedPrefix = "U__"

// Segment returns a label name as a segment of a path. An identifier that doesn't begin with
// escapedPrefix is returned unchanged. Any other name is escaped for servers that accept escaped
// names, because proxies may decode a percent-encoded slash. For other servers, the name is
// percent-encoded. Segment doesn't call acceptsEscaped for the identifiers.
func Segment(name string, acceptsEscaped func() bool) string {
	switch {
	case model.LegacyValidation.IsValidLabelName(name) && !strings.HasPrefix(name, escapedPrefix):
		return name
	case acceptsEscaped():
		return escape(name)
	case name == "." || name == "..": // url.PathEscape doesn't encode dots
		return strings.ReplaceAll(name, ".", "%2E")
	default:
		return url.PathEscape(name)
	}
}

// escape escapes a name that isn't an identifier or that begins with escapedPrefix.
func escape(name string) string {
	if escaped := model.EscapeName(name, model.ValueEncodingEscaping); escaped != name || !strings.HasPrefix(name, escapedPrefix) {
		return escaped
	}
	return escapedPrefix + strings.ReplaceAll(name, "_", "__")
}

// Unescape returns the label name that a segment of a path contains. Like Prometheus, it treats a
// name that begins with U__ as escaped.
func Unescape(segment string) string {
	return model.UnescapeName(segment, model.ValueEncodingEscaping)
}
