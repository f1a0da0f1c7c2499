// Package meaning asks the metrics of the shipped packs over series that somebody
// wrote, where their definitions promise what is easily broken: counters that are
// born late or start again, histories that begin half-way, and what is idle.
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

// ask is an instant query for a metric, and what it answers in the language of
// promqltest; nothing where that is empty.
type ask struct {
	at      time.Duration
	metric  string
	groupBy []string
	params  catalog.Params
	window  time.Duration // five minutes where it is 0; of a dashboard's range too
	want    string
}

func TestMetricsMeanWhatTheySay(t *testing.T) {
	builtin, err := catalog.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			script := "load 30s" + test.series
			for _, ask := range test.asks {
				script += fmt.Sprintf("\n\neval instant at %s %s%s", ask.at, ask.expr(t, builtin), ask.want)
			}
			engine := promqltest.NewTestEngine(t, false, 0, promqltest.DefaultMaxSamplesPerQuery)
			promqltest.RunTest(t, script, engine)
		})
	}
}

// expr is the PromQL of the query, in one line.
func (a ask) expr(t *testing.T, builtin *catalog.Catalog) string {
	t.Helper()
	metric, err := builtin.Metric(a.metric)
	if err != nil {
		t.Fatal(err)
	}
	text, err := metric.Render(a.params, a.groupBy)
	if err != nil {
		t.Fatal(err)
	}
	window := a.window
	if window == 0 {
		window = 5 * time.Minute
	}
	macros := promql.Macros{Interval: time.Minute, RateInterval: window, Range: window}
	return strings.Join(strings.Fields(macros.ExpandCode(text)), " ")
}
