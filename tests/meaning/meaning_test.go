// Package meaning evaluates metrics of the built-in packs over hand-written series. The
// cases cover what a change of a definition breaks easily: new counters, counter resets,
// short histories and idle series.
package meaning

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/promql/promqltest"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promql"
)

// evaluation is an instant query for a metric with the expected result in the format
// of promqltest. An empty result means no series.
type evaluation struct {
	at      time.Duration
	metric  string
	groupBy []string
	params  catalog.Params
	named   bool          // the result contains the names of labels
	window  time.Duration // value of $__rate_interval and $__range; default 5 minutes
	want    string
}

func TestMetricDefinitions(t *testing.T) {
	builtin, err := catalog.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			script := "load 30s" + test.series
			for _, e := range test.evaluations {
				script += fmt.Sprintf("\n\neval instant at %s %s%s", e.at, e.expr(t, builtin), e.want)
			}
			engine := promqltest.NewTestEngine(t, false, 0, promqltest.DefaultMaxSamplesPerQuery)
			promqltest.RunTest(t, script, engine)
		})
	}
}

// expr returns the PromQL of the query in one line.
func (e evaluation) expr(t *testing.T, builtin *catalog.Catalog) string {
	t.Helper()
	metric, err := builtin.Metric(e.metric)
	if err != nil {
		t.Fatal(err)
	}
	render := metric.Render
	if e.named {
		render = metric.RenderNamed
	}
	text, err := render(e.params, e.groupBy)
	if err != nil {
		t.Fatal(err)
	}
	window := e.window
	if window == 0 {
		window = 5 * time.Minute
	}
	macros := promql.Macros{Interval: time.Minute, RateInterval: window, Range: window}
	return strings.Join(strings.Fields(macros.ExpandCode(text)), " ")
}
