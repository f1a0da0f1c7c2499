package prometheus

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	client "github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/tsdb"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/fleet"
)

const tessalliteJobs = `job=~"model-service|query-router|optimizer|scheduler|agent-service|gateway|frontend"`

// alertRule is an alert as Grafana evaluates it: an instant query and a
// comparison.
type alertRule struct {
	name      string
	expr      string
	condition string
	holds     time.Duration // the rule's for
}

// alerts are the rules that the fleet's incidents aim at: Tessallite's and the
// inference server's four.
var alerts = []alertRule{
	{"TessalliteServiceDown", `min by (job) (up{` + tessalliteJobs + `})`, "< 1", 2 * time.Minute},
	{"TessalliteTargetMissing", `7 - count(count by (job) (up{` + tessalliteJobs + `}))`, "> 0", 5 * time.Minute},
	{
		"TessalliteHighErrorRate",
		`(sum by (service) (rate(tessallite_http_requests_total{status=~"5.."}[5m])) or 0 * sum by (service) (rate(tessallite_http_requests_total[5m])))
		/ (sum by (service) (rate(tessallite_http_requests_total[5m])) > 0.1)`,
		"> 0.05", 5 * time.Minute,
	},
	{
		"TessalliteHighLatencyP95",
		`histogram_quantile(0.95, sum by (le, service) (rate(tessallite_http_request_duration_seconds_bucket[5m])))
		and on (service) (sum by (service) (rate(tessallite_http_request_duration_seconds_count[5m])) > 0.1)`,
		"> 2", 10 * time.Minute,
	},
	{
		"TessalliteModelQueryErrors",
		`sum by (tenant, project, model_name) (rate(tessallite_model_query_errors_total[10m]))
		/ (sum by (tenant, project, model_name) (rate(tessallite_model_queries_total[10m])) > 0)`,
		"> 0.05", 10 * time.Minute,
	},
	{
		"TessalliteModelSlow",
		`histogram_quantile(0.95, sum by (le, tenant, project, model_name) (rate(tessallite_model_query_duration_seconds_bucket[10m])))`,
		"> 30", 15 * time.Minute,
	},
	{
		"TessalliteRefreshFailing",
		`sum(increase(tessallite_refresh_runs_total{status="failed"}[1h])) / (sum(increase(tessallite_refresh_runs_total[1h])) > 0)`,
		"> 0.1", 0,
	},
	{
		"TessalliteRefreshStalled",
		`sum(increase(tessallite_refresh_runs_total{status="completed"}[24h])) or vector(0)`,
		"< 1", 30 * time.Minute,
	},
	{
		"TessalliteAggregateBypass",
		`sum by (model_name) (rate(tessallite_model_queries_total{route_type="source"}[1h]))
		/ (sum by (model_name) (rate(tessallite_model_queries_total[1h])) > 0.02)`,
		"> 0.9", time.Hour,
	},
	{
		"TessalliteScanVolumeSpike",
		`sum(rate(tessallite_model_bytes_processed_total[30m])) / (sum(rate(tessallite_model_bytes_processed_total[30m] offset 1d)) > 0)`,
		"> 3", 30 * time.Minute,
	},
	{"TessalliteScrapeSlow", `max by (job) (scrape_duration_seconds{` + tessalliteJobs + `})`, "> 5", 15 * time.Minute},
	{
		"InferenceHighErrorRate",
		`(sum by (model, version, tenant) (rate(inference_errors_total[5m])) or 0 * sum by (model, version, tenant) (rate(inference_requests_total[5m])))
		/ (sum by (model, version, tenant) (rate(inference_requests_total[5m])) > 0)`,
		"> 0.05", 5 * time.Minute,
	},
	{
		"InferenceHighP99Latency",
		`histogram_quantile(0.99, sum by (le, model, version) (rate(inference_latency_seconds_bucket[5m])))
		and on (model, version) (sum by (model, version) (rate(inference_latency_seconds_count[5m])) > 0.05)`,
		"> 2", 5 * time.Minute,
	},
	{
		"InferenceTimeoutSpike",
		`sum by (device) ((increase(executor_timeouts_total[5m]) > 0) or (executor_timeouts_total unless executor_timeouts_total offset 5m))`,
		"> 0", 0,
	},
	{"InferenceQueueDepthGrowing", `sum by (model, version) (job_queue_depth)`, "> 100", 5 * time.Minute},
}

// noon is a fixed end of histories, so that a test sees the same one each time.
var noon = time.Date(2026, 3, 11, 12, 0, 0, 0, time.UTC)

func TestQuietFleetMeetsNoAlertCondition(t *testing.T) {
	for _, o := range []fleet.Options{
		{Seed: 1, Now: noon},
		{Seed: 1, Now: noon.Add(7*time.Hour + 40*time.Minute)},
		{Seed: 1, Now: noon.Add(15*time.Hour + 11*time.Minute)},
		{Seed: 2, Now: noon.Add(-5 * time.Hour)},
	} {
		t.Run(fmt.Sprintf("seed %d at %s", o.Seed, o.Now.Format("15:04")), func(t *testing.T) {
			t.Parallel()
			history := playHistory(t, o)
			for _, alert := range alerts {
				met := history.conditionMet(t, alert.expr, alert.condition, o.Now.Add(-time.Hour), o.Now)
				if len(met) > 0 {
					t.Errorf("%s is met within the last hour: %s", alert.name, met)
				}
			}
		})
	}
}

func TestIncidentMeetsExactlyItsAlertConditions(t *testing.T) {
	for _, incident := range fleet.Incidents {
		t.Run(incident.Name, func(t *testing.T) {
			t.Parallel()
			history := playHistory(t, fleet.Options{Incident: incident.Name, Now: noon})
			for _, alert := range alerts {
				if slices.Contains(incident.Raises, alert.name) {
					met := history.conditionMet(t, alert.expr, alert.condition, noon.Add(-alert.holds), noon)
					if !metThroughout(met, alert.holds) {
						t.Errorf("%s is not met throughout the last %s: %s", alert.name, alert.holds, met)
					}
					continue
				}
				if met := history.conditionMet(t, alert.expr, alert.condition, noon.Add(-time.Hour), noon); len(met) > 0 {
					t.Errorf("%s is met within the last hour: %s", alert.name, met)
				}
			}
		})
	}
}

func TestIncidentsNameKnownAlerts(t *testing.T) {
	for _, incident := range fleet.Incidents {
		for _, name := range incident.Raises {
			if !slices.ContainsFunc(alerts, func(a alertRule) bool { return a.name == name }) {
				t.Errorf("incident %s raises %s, which is no alert", incident.Name, name)
			}
		}
	}
}

// playedHistory is a history in a TSDB that nobody scrapes into.
type playedHistory struct {
	db     *tsdb.DB
	engine *promql.Engine
}

func playHistory(t *testing.T, o fleet.Options) playedHistory {
	t.Helper()
	f, err := fleet.New(o)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := WriteHistory(t.Context(), dir, f, nil); err != nil {
		t.Fatal(err)
	}
	db, err := openStorage(dir, slog.New(slog.DiscardHandler), client.NewRegistry())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return playedHistory{db, promql.NewEngine(promql.EngineOpts{
		MaxSamples: 5e7, Timeout: time.Minute, LookbackDelta: 5 * time.Minute, Parser: parser.NewParser(parser.Options{}),
	})}
}

// conditionMet gives the series and times at which the condition is met.
func (h playedHistory) conditionMet(t *testing.T, expr, condition string, from, to time.Time) promql.Matrix {
	t.Helper()
	q, err := h.engine.NewRangeQuery(context.Background(), h.db, nil, "("+expr+") "+condition, from, to, fleet.Interval)
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
func metThroughout(m promql.Matrix, length time.Duration) bool {
	return slices.ContainsFunc(m, func(s promql.Series) bool {
		return len(s.Floats) == int(length/fleet.Interval)+1
	})
}
