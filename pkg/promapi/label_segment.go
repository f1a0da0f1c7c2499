package promapi

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/prometheus/common/model"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// escapedPrefix begins a name in the form that Prometheus calls values escaping:
// U__k8s_2e_pod. (Prometheus, UTF-8 escaping schemes.)
const escapedPrefix = "U__"

// labelSegment writes a label's name as a segment of a path. Names that aren't plain
// identifiers are escaped in Prometheus's way for servers that read it, since proxies
// decode a slash, and percent-encoded for all others.
func (c *Client) labelSegment(ctx context.Context, name string) string {
	switch {
	case model.LegacyValidation.IsValidLabelName(name) && !strings.HasPrefix(name, escapedPrefix):
		return name
	case c.Server(ctx).readsEscapedNames():
		return escapeName(name)
	case name == "." || name == "..": // directories, unless they are encoded
		return strings.ReplaceAll(name, ".", "%2E")
	default:
		return url.PathEscape(name)
	}
}

// escapeName escapes a name that isn't an identifier, or that looks escaped already.
func escapeName(name string) string {
	if escaped := model.EscapeName(name, model.ValueEncodingEscaping); escaped != name || !strings.HasPrefix(name, escapedPrefix) {
		return escaped
	}
	return escapedPrefix + strings.ReplaceAll(name, "_", "__")
}

// UnescapeName returns the name that a segment of a path stands for, as Prometheus
// reads it: names that begin with U__ are escaped.
func UnescapeName(segment string) string {
	return model.UnescapeName(segment, model.ValueEncodingEscaping)
}

// escapedNamesSince are the first versions of servers that read escaped names in the
// path of label values. Thanos 0.42 doesn't read them, nor does VictoriaMetrics before
// 2026 (VictoriaMetrics/VictoriaMetrics#10446).
var escapedNamesSince = map[string][]int{
	"Prometheus":    {3, 0, 1},
	"Grafana Mimir": {3},
	"Cortex":        {1, 20},
}

func (s Server) readsEscapedNames() bool {
	since, ok := escapedNamesSince[s.Name]
	return ok && s.isAtLeast(since)
}

// isAtLeast compares the server's version, such as v3.1.0-rc.2, number by number. A
// version that isn't numbers is older than any.
func (s Server) isAtLeast(version []int) bool {
	numbers, _, _ := strings.Cut(strings.TrimPrefix(s.Version, "v"), "-")
	parts := strings.Split(numbers, ".")
	for i, want := range version {
		got := 0
		if i < len(parts) {
			var err error
			if got, err = strconv.Atoi(parts[i]); err != nil {
				return false
			}
		}
		if got != want {
			return got > want
		}
	}
	return true
}

// slashFault explains a 404 for a label whose name has a slash, which many servers take
// for the end of the name.
func (c *Client) slashFault(label string, err error) error {
	if err == nil || !strings.Contains(label, "/") || fault.As(err).Status != http.StatusNotFound {
		return err
	}
	return fault.New(fault.Rejected, "%s doesn't list the values of the label %.60q (HTTP 404): its API may not take a label name with a slash. Use query_result with a query that has the label, or check the data source's URL.", c.base.Host, label).
		WithStatus(http.StatusNotFound).Because(err)
}
