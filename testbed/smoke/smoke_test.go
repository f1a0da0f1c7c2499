package smoke

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/provisioning/rules"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host/alerting"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/provision"
)

var now = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// plugin maps each metric to the response to its queries.
type plugin map[string]backend.DataResponse

func (p plugin) QueryData(_ context.Context, queries []backend.DataQuery, _ map[string]string) (*backend.QueryDataResponse, error) {
	responses := backend.NewQueryDataResponse()
	for _, q := range queries {
		var query struct{ Metric string }
		if err := json.Unmarshal(q.JSON, &query); err != nil {
			return nil, err
		}
		response, ok := p[query.Metric]
		if !ok {
			return nil, errors.New("the plugin's process has exited")
		}
		responses.Responses[q.RefID] = response
	}
	return responses, nil
}

func series(values ...float64) backend.DataResponse {
	var times []time.Time
	for i := range values {
		times = append(times, now.Add(time.Duration(i)*time.Minute))
	}
	return backend.DataResponse{Frames: data.Frames{data.NewFrame("", data.NewField("time", nil, times), data.NewField("v", data.Labels{"job": "a"}, values))}}
}

func number(value float64) backend.DataResponse {
	frame := data.NewFrame("", data.NewField("v", data.Labels{"job": "a"}, []float64{value}))
	frame.SetMeta(&data.FrameMeta{Type: data.FrameTypeNumericMulti, TypeVersion: data.FrameTypeVersion{0, 1}})
	return backend.DataResponse{Frames: data.Frames{frame}}
}

func options(values ...string) backend.DataResponse {
	return backend.DataResponse{Frames: data.Frames{data.NewFrame("", data.NewField("text", nil, values))}}
}

func events(titles ...string) backend.DataResponse {
	n := len(titles)
	return backend.DataResponse{Frames: data.Frames{data.NewFrame("",
		data.NewField("time", nil, make([]time.Time, n)), data.NewField("timeEnd", nil, make([]*time.Time, n)),
		data.NewField("title", nil, titles), data.NewField("text", nil, make([]string, n)), data.NewField("tags", nil, make([]*string, n)))}}
}

// provisioned returns one rule and one dashboard with a variable, an annotation, a
// row, a panel with one query and a nested panel with two.
func provisioned(t *testing.T) *provision.Set {
	t.Helper()
	set := &provision.Set{
		DataSources: []provision.DataSource{{UID: "metrics", Type: "ours"}},
		Groups: []provision.RuleGroup{{Name: "platform", Rules: []provision.Rule{{Rule: rules.Rule{
			Title: "Slow", Condition: "C", NoDataState: "NoData",
			Data: []rules.Query{
				{RefID: "A", DatasourceUID: "metrics", RelativeTimeRange: rules.RelativeTimeRange{From: 600}, Model: rules.Model{Metric: "alerted"}},
				{RefID: "C", DatasourceUID: rules.ExprUID, Model: rules.Model{
					Type: "threshold", Expression: "A",
					Conditions: []rules.Condition{{Evaluator: rules.Evaluator{Type: "gt", Params: []float64{5}}}},
				}},
			},
		}}}}},
		Dashboards: make([]provision.Dashboard, 1),
	}
	err := json.Unmarshal([]byte(`{"uid": "overview", "title": "Overview", "time": {"from": "now-6h", "to": "now"},
	  "templating": {"list": [{"name": "job", "type": "query", "includeAll": true, "datasource": {"uid": "metrics"}, "query": {"refId": "job", "metric": "jobs"}}]},
	  "annotations": {"list": [{"builtIn": 1, "name": "Alerts"}, {"name": "Deploys", "datasource": {"uid": "metrics"}, "target": {"refId": "Anno", "metric": "deploys"}}]},
	  "panels": [
	    {"id": 1, "type": "timeseries", "title": "Rate", "fieldConfig": {"defaults": {"unit": "reqps"}}, "targets": [{"refId": "A", "datasource": {"uid": "metrics"}, "metric": "rate"}]},
	    {"id": 2, "type": "row", "title": "Below", "panels": [
	      {"id": 3, "type": "timeseries", "title": "Latency", "targets": [
	        {"refId": "A", "datasource": {"uid": "metrics"}, "metric": "p50"}, {"refId": "B", "datasource": {"uid": "metrics"}, "metric": "p95"}]}]}]}`), &set.Dashboards[0])
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func healthy() plugin {
	return plugin{"jobs": options("a", "b"), "deploys": events("a", "b"), "rate": series(1, 2), "p50": series(3), "p95": series(4), "alerted": number(1)}
}

func TestVerdicts(t *testing.T) {
	for _, c := range []struct {
		name      string
		responses map[string]backend.DataResponse // override those of healthy
		change    func(*provision.Set)
		raises    []string
		blanks    []string
		failed    string // kind and name of the failed verdict, or empty
		reason    string
	}{
		{name: "all pass"},
		{name: "variable without options", responses: plugin{"jobs": options()}, failed: "variable job", reason: "the variable has no options"},
		{name: "variable with error", responses: plugin{"jobs": {Error: errors.New("label jbo is unknown")}}, failed: "variable job", reason: "label jbo is unknown"},
		{name: "annotation without events", responses: plugin{"deploys": events()}},
		{name: "annotation with error", responses: plugin{"deploys": {Error: errors.New("There is no metric deploys.")}}, failed: "annotation Deploys", reason: "There is no metric deploys."},
		{name: "annotation without the required fields", responses: plugin{"deploys": series(1)}, failed: "annotation Deploys", reason: "has no field timeEnd"},
		{name: "panel without frames", responses: plugin{"rate": {}}, failed: "panel Rate", reason: "query A returns no data"},
		{name: "panel with only NaN", responses: plugin{"rate": series(math.NaN(), math.NaN())}, failed: "panel Rate", reason: "query A returns no data"},
		{name: "nested panel with one empty query", responses: plugin{"p95": {}}, failed: "panel Latency", reason: "query B returns no data"},
		{name: "panel with error", responses: plugin{"rate": {Error: errors.New("There is no metric rat. Did you mean rate?")}}, failed: "panel Rate", reason: "query A: There is no metric rat. Did you mean rate?"},
		{name: "blank panel of an incident", responses: plugin{"rate": {}}, blanks: []string{"Rate"}},
		{name: "panel that should be blank", blanks: []string{"Rate"}, failed: "panel Rate", reason: "query A returns data, but must not return data during this incident"},
		{name: "rule that is met without incident", responses: plugin{"alerted": number(7)}, failed: "rule Slow", reason: "the condition is met, but no incident raises the rule: {job=a}"},
		{name: "rule that an incident raises", responses: plugin{"alerted": number(7)}, raises: []string{"Slow"}},
		{name: "rule that an incident should raise", raises: []string{"Slow"}, failed: "rule Slow", reason: "the condition is not met, but an incident raises the rule"},
		{name: "rule that isn't provisioned", raises: []string{"Slow", "Gone"}, responses: plugin{"alerted": number(7)}, failed: "rule Gone", reason: "the rule is not provisioned"},
		{name: "rule without data", responses: plugin{"alerted": {}}, failed: "rule Slow", reason: "the query returns no data"},
		{name: "rule without data, noDataState OK", responses: plugin{"alerted": {}}, change: func(s *provision.Set) { s.Groups[0].Rules[0].NoDataState = "OK" }},
		{name: "rule with error", responses: plugin{"alerted": series(1)}, failed: "rule Slow", reason: "has no type and type version"},
		{name: "paused rule", responses: plugin{"alerted": number(7)}, change: func(s *provision.Set) { s.Groups[0].Rules[0].IsPaused = true }},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, set := healthy(), provisioned(t)
			maps.Copy(p, c.responses)
			if c.change != nil {
				c.change(set)
			}
			verdicts, err := Run(t.Context(), Options{Plugin: p, Set: set, Now: now, Raises: c.raises, Blanks: c.blanks})
			if err != nil {
				t.Fatal(err)
			}
			want := 1
			if c.failed == "" {
				want = 0
			}
			if Failed(verdicts) != want {
				t.Errorf("%d failed, want %d", Failed(verdicts), want)
			}
			for _, v := range verdicts {
				if !v.Passed() && (v.Kind+" "+v.Name != c.failed || !strings.Contains(v.Reason, c.reason)) {
					t.Errorf("failed: %s %s: %s\nwant %s: %s", v.Kind, v.Name, v.Reason, c.failed, c.reason)
				}
			}
		})
	}
}

func TestRunWithExitedPluginFailsEverything(t *testing.T) {
	verdicts, err := Run(t.Context(), Options{Plugin: plugin{}, Set: provisioned(t), Now: now})
	if err != nil {
		t.Fatal(err)
	}
	if Failed(verdicts) != len(verdicts) || len(verdicts) != 5 {
		t.Errorf("%d of %d failed", Failed(verdicts), len(verdicts))
	}
}

func TestRunWithoutDashboardsIsError(t *testing.T) {
	if _, err := Run(t.Context(), Options{Plugin: healthy(), Set: &provision.Set{}, Now: now}); err == nil {
		t.Error("a run without dashboards passes")
	}
}

func TestPrint(t *testing.T) {
	verdicts := []Verdict{
		{Kind: KindVariable, Where: "overview", Name: "job", Series: 2, Last: "a, b", Took: 3 * time.Millisecond, State: "ok"},
		{Kind: KindPanel, Where: "overview", Name: "Rate", Took: 12 * time.Millisecond, State: "empty", Reason: "query A returns no data"},
	}
	var out strings.Builder
	if err := Print(&out, verdicts); err != nil {
		t.Fatal(err)
	}
	const want = `KIND      WHERE     NAME  SERIES  LAST VALUE  MS  STATE
variable  overview  job   2       a, b        3   ok
panel     overview  Rate  0                   12  empty ✗

FAILED panel "Rate" (overview): query A returns no data
1 passed, 1 failed
`
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", &out, want)
	}
}

func TestIncidentsPrint(t *testing.T) {
	var table Incidents
	rule := func(name string, state alerting.State) Verdict {
		return Verdict{Kind: KindRule, Name: name, State: string(state)}
	}
	panel := Verdict{Kind: KindPanel, Name: "Latency", State: "ok"}
	table.Add("", []Verdict{panel, rule("Slow", alerting.Normal), rule("Gone", alerting.Normal), rule("Noisy", alerting.Alerting)})
	table.Add("latency", []Verdict{panel, rule("Slow", alerting.Alerting), rule("Gone", alerting.NoData)})
	table.Add("load", []Verdict{panel, rule("Slow", alerting.Alerting), rule("Gone", alerting.Normal)})
	var out strings.Builder
	if err := table.Print(&out); err != nil {
		t.Fatal(err)
	}
	want := "" +
		"ALERT  MET IN         NOT MET IN (RUNS)\n" +
		"Slow   latency, load  1\n" +
		"Gone   none           3\n" +
		"Noisy  no incident    0\n"
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", out.String(), want)
	}
}
