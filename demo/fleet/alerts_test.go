package fleet_test

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	engine "github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/tsdb"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/fleet"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/fleet/incident"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promql"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/prometheus"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/simulation"
)

// alertRule is an alert in the form in which Grafana evaluates it: an instant query and a
// comparison.
type alertRule struct {
	name      string
	expr      string
	condition string
	wait      time.Duration // how long the condition must be met
}

// evaluationInterval is the interval at which the tests evaluate the rules.
const evaluationInterval = time.Minute

// catalogAlerts returns the alerts of all packs.
func catalogAlerts(t *testing.T) []alertRule {
	t.Helper()
	builtin, err := catalog.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	var alerts []alertRule
	for _, pack := range builtin.Packs() {
		for _, alert := range pack.Alerts {
			metric, err := builtin.Metric(alert.Metric)
			if err != nil {
				t.Fatal(err)
			}
			text, err := metric.Render(alert.Params, alert.GroupBy)
			if err != nil {
				t.Fatal(err)
			}
			window := duration(t, cmp.Or(alert.Window, metric.Window, catalog.DefaultWindow))
			alerts = append(alerts, alertRule{
				name:      alert.Name,
				expr:      promql.Macros{Interval: evaluationInterval, RateInterval: window, Range: window}.ExpandCode(text),
				condition: alert.Condition,
				wait:      duration(t, alert.For),
			})
		}
	}
	return alerts
}

func duration(t *testing.T, text string) time.Duration {
	t.Helper()
	d, err := model.ParseDuration(text)
	if err != nil {
		t.Fatal(err)
	}
	return time.Duration(d)
}

func TestFleetWithoutIncidentsMeetsNoAlertCondition(t *testing.T) {
	alerts := catalogAlerts(t)
	for _, o := range []fleet.Options{
		{Seed: 1, Now: end},
		{Seed: 1, Now: end.Add(7*time.Hour + 40*time.Minute)},
		{Seed: 1, Now: end.Add(15*time.Hour + 11*time.Minute)},
		{Seed: 2, Now: end.Add(-5 * time.Hour)},
		{Seed: 1, Now: monday},
		{Seed: 1, Now: monday.Add(-50 * time.Hour)}, // a Saturday
	} {
		t.Run(fmt.Sprintf("seed %d at %s", o.Seed, o.Now.Format("15:04")), func(t *testing.T) {
			t.Parallel()
			history := writeHistory(t, o)
			for _, alert := range alerts {
				met := history.conditionMet(t, alert.expr, alert.condition, o.Now.Add(-time.Hour), o.Now, evaluationInterval)
				if len(met) > 0 {
					t.Errorf("%s is met within the last hour: %s", alert.name, met)
				}
			}
		})
	}
}

func TestIncidentMeetsOnlyItsAlertConditions(t *testing.T) {
	alerts := catalogAlerts(t)
	base := writeBase(t)
	for _, i := range incident.All {
		t.Run(i.Name, func(t *testing.T) {
			t.Parallel()
			history := base.withIncident(t, i)
			for _, alert := range alerts {
				if slices.Contains(i.Raises, alert.name) {
					met := history.conditionMet(t, alert.expr, alert.condition, end.Add(-alert.wait), end, evaluationInterval)
					if !metThroughout(met, alert.wait) {
						t.Errorf("%s is not met throughout the last %s: %s", alert.name, alert.wait, met)
					}
					continue
				}
				if met := history.conditionMet(t, alert.expr, alert.condition, end.Add(-time.Hour), end, evaluationInterval); len(met) > 0 {
					t.Errorf("%s is met within the last hour: %s", alert.name, met)
				}
			}
		})
	}
}

// withoutIncident are the alerts that no incident of a platform raises, with the reasons.
var withoutIncident = map[string]string{
	"ModelMetricsPrometheusUnreachable": "Prometheus itself must be down",
	"ModelMetricsNoSamples":             "every target must be down; monitoring/alerts/tests/modelmetrics.yaml tests the alert",
}

func TestEveryAlertHasAnIncident(t *testing.T) {
	raised := map[string]bool{}
	for _, i := range incident.All {
		for _, name := range i.Raises {
			raised[name] = true
		}
	}
	for _, alert := range catalogAlerts(t) {
		if withoutIncident[alert.name] == "" && !raised[alert.name] {
			t.Errorf("no incident raises %s", alert.name)
		}
		delete(raised, alert.name)
	}
	for name := range raised {
		t.Errorf("an incident raises %s, which is not an alert", name)
	}
}

// writtenHistory is the history of a fleet in a TSDB. The TSDB has no samples after the end of
// the history, because no Prometheus scrapes the fleet.
type writtenHistory struct {
	db     *tsdb.DB
	engine *engine.Engine
}

func writeHistory(t *testing.T, o fleet.Options) writtenHistory {
	t.Helper()
	dir := t.TempDir()
	if err := prometheus.WriteHistory(t.Context(), dir, newFleet(t, o), nil); err != nil {
		t.Fatal(err)
	}
	return openHistory(t, dir)
}

func openHistory(t *testing.T, dir string) writtenHistory {
	t.Helper()
	db, err := tsdb.Open(dir, slog.New(slog.DiscardHandler), nil, tsdb.DefaultOptions(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return writtenHistory{db, engine.NewEngine(engine.EngineOpts{
		MaxSamples: 5e7, Timeout: time.Minute, LookbackDelta: 5 * time.Minute, Parser: parser.NewParser(parser.Options{}),
	})}
}

// baseHistory is the history of the fleet without incidents. A fleet with an incident has the
// same history until the incident begins, so the blocks before the incident are written only
// once.
type baseHistory struct {
	dir    string
	values map[time.Time][]float64 // of all series, at the end of each block
}

func writeBase(t *testing.T) baseHistory {
	t.Helper()
	base := baseHistory{t.TempDir(), map[time.Time][]float64{}}
	if err := prometheus.WriteHistory(t.Context(), base.dir, newFleet(t, fleet.Options{Now: end}), nil); err != nil {
		t.Fatal(err)
	}
	f := newFleet(t, fleet.Options{Now: end})
	play(f, func() {
		if next := f.Now().Add(simulation.Interval); next.Equal(next.Truncate(prometheus.BlockLength)) {
			base.values[next] = allValues(f)
		}
	})
	return base
}

// withIncident writes the history from the block in which an incident begins and copies
// the earlier blocks from the base. If there are none, it writes the complete history.
func (b baseHistory) withIncident(t *testing.T, i simulation.Incident) writtenHistory {
	t.Helper()
	first := end.Add(-i.Begins).Truncate(prometheus.BlockLength)
	if !first.After(end.Add(-fleet.DefaultHistory)) {
		return writeHistory(t, fleet.Options{Now: end, Incident: i.Name})
	}
	f := newFleet(t, fleet.Options{Now: end, Incident: i.Name})
	for f.Step(); f.Now().Add(simulation.Interval).Before(first); {
		f.Step()
	}
	if before, want := allValues(f), b.values[first]; !slices.Equal(before, want) {
		t.Fatalf("the incident changes the history before %s", first)
	}
	dir := t.TempDir()
	if err := prometheus.WriteHistory(t.Context(), dir, f, nil); err != nil {
		t.Fatal(err)
	}
	metas, err := filepath.Glob(filepath.Join(b.dir, "*", "meta.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, meta := range metas {
		var block tsdb.BlockMeta
		body, err := os.ReadFile(meta)
		if err == nil {
			err = json.Unmarshal(body, &block)
		}
		if err == nil && block.MaxTime <= first.UnixMilli() {
			from := filepath.Dir(meta)
			err = os.CopyFS(filepath.Join(dir, filepath.Base(from)), os.DirFS(from))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return openHistory(t, dir)
}

func allValues(f *simulation.Fleet) []float64 {
	var values []float64
	for _, target := range f.Targets() {
		values = target.Values(values)
	}
	return values
}

// conditionMet returns the series that meet the condition, with the steps at which they
// meet it.
func (h writtenHistory) conditionMet(t *testing.T, expr, condition string, from, to time.Time, step time.Duration) engine.Matrix {
	t.Helper()
	q, err := h.engine.NewRangeQuery(context.Background(), h.db, nil, "("+expr+") "+condition, from, to, step)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(q.Close)
	matrix, err := q.Exec(t.Context()).Matrix()
	if err != nil {
		t.Fatalf("%s: %v", expr, err)
	}
	return matrix
}

// metThroughout reports whether at least one series has a sample at every step of a span.
func metThroughout(m engine.Matrix, length time.Duration) bool {
	return slices.ContainsFunc(m, func(s engine.Series) bool {
		return len(s.Floats) == int(length/evaluationInterval)+1
	})
}
