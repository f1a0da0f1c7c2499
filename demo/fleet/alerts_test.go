package fleet_test

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
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
)

// alertRule is an alert as Grafana evaluates it: an instant query and a
// comparison.
type alertRule struct {
	name      string
	expr      string
	condition string
	holds     time.Duration // the rule's for
}

// evaluations is the time between two of Grafana's.
const evaluations = time.Minute

// catalogAlerts are those of all packs.
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
				expr:      promql.Macros{Interval: evaluations, RateInterval: window, Range: window}.ExpandCode(text),
				condition: alert.Condition,
				holds:     duration(t, alert.For),
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

func TestQuietFleetMeetsNoAlertCondition(t *testing.T) {
	alerts := catalogAlerts(t)
	for _, o := range []fleet.Options{
		{Seed: 1, Now: end},
		{Seed: 1, Now: end.Add(7*time.Hour + 40*time.Minute)},
		{Seed: 1, Now: end.Add(15*time.Hour + 11*time.Minute)},
		{Seed: 2, Now: end.Add(-5 * time.Hour)},
	} {
		t.Run(fmt.Sprintf("seed %d at %s", o.Seed, o.Now.Format("15:04")), func(t *testing.T) {
			t.Parallel()
			history := playHistory(t, o)
			for _, alert := range alerts {
				met := history.conditionMet(t, alert.expr, alert.condition, o.Now.Add(-time.Hour), o.Now, evaluations)
				if len(met) > 0 {
					t.Errorf("%s is met within the last hour: %s", alert.name, met)
				}
			}
		})
	}
}

func TestIncidentMeetsExactlyItsAlertConditions(t *testing.T) {
	alerts := catalogAlerts(t)
	for _, i := range incident.All {
		t.Run(i.Name, func(t *testing.T) {
			t.Parallel()
			history := playHistory(t, fleet.Options{Incident: i.Name, Now: end})
			for _, alert := range alerts {
				if slices.Contains(i.Raises, alert.name) {
					met := history.conditionMet(t, alert.expr, alert.condition, end.Add(-alert.holds), end, evaluations)
					if !metThroughout(met, alert.holds) {
						t.Errorf("%s is not met throughout the last %s: %s", alert.name, alert.holds, met)
					}
					continue
				}
				if met := history.conditionMet(t, alert.expr, alert.condition, end.Add(-time.Hour), end, evaluations); len(met) > 0 {
					t.Errorf("%s is met within the last hour: %s", alert.name, met)
				}
			}
		})
	}
}

func TestEveryAlertHasAnIncident(t *testing.T) {
	raised := map[string]bool{}
	for _, i := range incident.All {
		for _, name := range i.Raises {
			raised[name] = true
		}
	}
	for _, alert := range catalogAlerts(t) {
		if !raised[alert.name] {
			t.Errorf("no incident raises %s", alert.name)
		}
		delete(raised, alert.name)
	}
	for name := range raised {
		t.Errorf("an incident raises %s, which is no alert", name)
	}
}

// playedHistory is a history in a TSDB that nobody scrapes into.
type playedHistory struct {
	db     *tsdb.DB
	engine *engine.Engine
}

func playHistory(t *testing.T, o fleet.Options) playedHistory {
	t.Helper()
	dir := t.TempDir()
	if err := prometheus.WriteHistory(t.Context(), dir, newFleet(t, o), nil); err != nil {
		t.Fatal(err)
	}
	db, err := tsdb.Open(dir, slog.New(slog.DiscardHandler), nil, tsdb.DefaultOptions(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return playedHistory{db, engine.NewEngine(engine.EngineOpts{
		MaxSamples: 5e7, Timeout: time.Minute, LookbackDelta: 5 * time.Minute, Parser: parser.NewParser(parser.Options{}),
	})}
}

// conditionMet gives the series and, of the times a step apart, those at which the
// condition is met.
func (h playedHistory) conditionMet(t *testing.T, expr, condition string, from, to time.Time, step time.Duration) engine.Matrix {
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

// metThroughout says whether one series is there at every step.
func metThroughout(m engine.Matrix, length time.Duration) bool {
	return slices.ContainsFunc(m, func(s engine.Series) bool {
		return len(s.Floats) == int(length/evaluations)+1
	})
}
