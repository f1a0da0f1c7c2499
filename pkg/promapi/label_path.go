package promapi

import (
	"context"
	"net/http"
	"strings"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/labelname"
)

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

// labelSegment returns a label name as a segment of a path that the server accepts.
func (c *Client) labelSegment(ctx context.Context, name string) string {
	return labelname.Segment(name, func() bool { return c.Server(ctx).acceptsEscapedNames() })
}

// slashFault returns an error that explains status 404 for a label name with a slash, which
// many servers don't accept. It returns any other err unchanged.
func (c *Client) slashFault(label string, err error) error {
	if err == nil || !strings.Contains(label, "/") || fault.As(err).Status != http.StatusNotFound {
		return err
	}
	return fault.New(fault.Rejected, "%s answered HTTP 404 to the request for the values of the label %.60q. Perhaps its API doesn't accept label names with a slash. To list the values, use a variable of the type Query result, with a query whose result has the label. Otherwise, check the data source's URL.", c.base.Host, label).
		WithStatus(http.StatusNotFound).Because(err)
}
