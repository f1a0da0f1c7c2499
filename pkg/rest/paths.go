package rest

import (
	"net/url"
	"regexp"
)

// labelPaths match decoded paths that contain a label name. A label name may contain slashes.
var labelPaths = []*regexp.Regexp{
	regexp.MustCompile(`(?s)^(/?api/v1/label/)(.+)(/values)$`),
	regexp.MustCompile(`(?s)^(/?catalog/[^/]+/values/)(.+)()$`),
}

// escapedPath escapes a decoded path so that a label name is a single segment.
func escapedPath(decoded string) string {
	for _, labels := range labelPaths {
		if parts := labels.FindStringSubmatch(decoded); parts != nil {
			return escapeSegments(parts[1]) + url.PathEscape(parts[2]) + parts[3]
		}
	}
	return escapeSegments(decoded)
}

// escapeSegments escapes a decoded path in which all slashes separate segments.
func escapeSegments(decoded string) string { return (&url.URL{Path: decoded}).EscapedPath() }
