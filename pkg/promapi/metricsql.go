package promapi

import (
	"context"
	"maps"
	"net/url"
	"slices"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promql"
)

// unquoteNames returns a call's form with the names in quotes rewritten for
// VictoriaMetrics, of which older versions don't read them.
func (c *Client) unquoteNames(ctx context.Context, form url.Values) url.Values {
	rewritten := maps.Clone(form)
	isRewritten := false
	for _, parameter := range []string{"query", "match[]"} {
		texts := slices.Clone(form[parameter])
		for i, text := range texts {
			if texts[i] = promql.UnquoteNames(text); texts[i] != text {
				rewritten[parameter], isRewritten = texts, true
			}
		}
	}
	if !isRewritten || !c.Server(ctx).SpeaksMetricsQL() {
		return form
	}
	return rewritten
}
