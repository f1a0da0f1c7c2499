package promapi

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/prometheus/common/model"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// escapedPrefix is the prefix of names in Prometheus's values escaping, such as
// U__k8s_2e_pod. (Prometheus, UTF-8 escaping schemes.)
const escapedPrefix = "U__"

// escapedNamesSince lists, for each server, the first version that accepts escaped names in
// the path of label values. Thanos 0.42 doesn't accept them, nor does VictoriaMetrics
// before 2026 (VictoriaMetrics/VictoriaMetrics#10446).
var escapedNamesSince = map[string][]int{
	"Prometheus":    {3, 0, 1},
	"Grafana Mimir": {3},
	"Cortex":        {1, 20},
}

func (s Server) acceptsEscapedNames() bool {
	since, ok := escapedNamesSince[s.Name]
	return ok && s.isAtLeast(since)
}

// labelSegment returns a label name as a segment of a path. An identifier that doesn't begin
// with escapedPrefix is returned unchanged. Any other name is escaped for servers that
// accept escaped names, because proxies may decode a percent-encoded slash. For other
// servers, the name is percent-encoded.
func (c *Client) labelSegment(ctx context.Context, name string) string {
	switch {
	case model.LegacyValidation.IsValidLabelName(name) && !strings.HasPrefix(name, escapedPrefix):
		return name
	case c.Server(ctx).acceptsEscapedNames():
		return escapeName(name)
	case name == "." || name == "..": // url.PathEscape doesn't encode dots
		return strings.ReplaceAll(name, ".", "%2E")
	default:
		return url.PathEscape(name)
	}
}

// escapeName escapes a name that isn't an identifier or that begins with escapedPrefix.
func escapeName(name string) string {
	if escaped := model.EscapeName(name, model.ValueEncodingEscaping); escaped != name || !strings.HasPrefix(name, escapedPrefix) {
		return escaped
	}
	return escapedPrefix + strings.ReplaceAll(name, "_", "__")
}

// UnescapeName returns the label name that a segment of a path contains. Like Prometheus, it
// treats a name that begins with U__ as escaped.
func UnescapeName(segment string) string {
	return model.UnescapeName(segment, model.ValueEncodingEscaping)
}

// slashFault returns an error that explains status 404 for a label name with a slash, which
// many servers don't accept. It returns any other err unchanged.
func (c *Client) slashFault(label string, err error) error {
	if err == nil || !strings.Contains(label, "/") || fault.As(err).Status != http.StatusNotFound {
		return err
	}
	return fault.New(fault.Rejected, "%s answered HTTP 404 to the request for the values of the label %.60q. Perhaps its API doesn't accept label names with a slash. Use query_result with a query whose result has the label, or check the data source's URL.", c.base.Host, label).
		WithStatus(http.StatusNotFound).Because(err)
}
