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

// plugin answers each query by its metric.
type plugin map[string]backend.DataResponse

func (p plugin) QueryData(_ context.Context, queries []backend.DataQuery, _ map[string]string) (*backend.QueryDataResponse, error) {
	answer := backend.NewQueryDataResponse()
	for _, q := range queries {
		var query struct{ Metric string }
		if err := json.Unmarshal(q.JSON, &query); err != nil {
			return nil, err
		}
		response, ok := p[query.Metric]
		if !ok {
			return nil, errors.New("the plugin's process has ended")
		}
		answer.Responses[q.RefID] = response
	}
	return answer, nil
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

// provisioned is one dashboard with a variable, an annotation, a row, a panel of one query and
// a nested panel of two, and one rule.
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
		name   string
		answer map[string]backend.DataResponse // in place of the healthy one
		change func(*provision.Set)
		raises []string
		blanks []string
		failed string // kind and name of the one that fails; empty: none does
		reason string
	}{
		{name: "all is well"},
		{name: "a variable without values", answer: plugin{"jobs": options()}, failed: "variable job", reason: "it offers no values"},
		{name: "a variable in error", answer: plugin{"jobs": {Error: errors.New("label jbo is unknown")}}, failed: "variable job", reason: "label jbo is unknown"},
		{name: "an annotation of nothing", answer: plugin{"deploys": events()}},
		{name: "an annotation in error", answer: plugin{"deploys": {Error: errors.New("There is no metric deploys.")}}, failed: "annotation Deploys", reason: "There is no metric deploys."},
		{name: "an annotation without the fields of one", answer: plugin{"deploys": series(1)}, failed: "annotation Deploys", reason: "has no field timeEnd"},
		{name: "a panel without frames", answer: plugin{"rate": {}}, failed: "panel Rate", reason: "query A shows no data"},
		{name: "a panel with nothing but NaN", answer: plugin{"rate": series(math.NaN(), math.NaN())}, failed: "panel Rate", reason: "query A shows no data"},
		{name: "one query of a nested panel is empty", answer: plugin{"p95": {}}, failed: "panel Latency", reason: "query B shows no data"},
		{name: "a panel in error", answer: plugin{"rate": {Error: errors.New("There is no metric rat. Did you mean rate?")}}, failed: "panel Rate", reason: "query A: There is no metric rat. Did you mean rate?"},
		{name: "a panel that is rightly blank", answer: plugin{"rate": {}}, blanks: []string{"Rate"}},
		{name: "a panel that should be blank", blanks: []string{"Rate"}, failed: "panel Rate", reason: "query A shows data, and under this incident there is none"},
		{name: "a rule that is met for no reason", answer: plugin{"alerted": number(7)}, failed: "rule Slow", reason: "it is met, and nothing went wrong on purpose that should meet it: {job=a}"},
		{name: "a rule that an incident meets", answer: plugin{"alerted": number(7)}, raises: []string{"Slow"}},
		{name: "a rule that an incident should meet", raises: []string{"Slow"}, failed: "rule Slow", reason: "it is not met, and the incident should meet it"},
		{name: "a rule that is not there", raises: []string{"Slow", "Gone"}, answer: plugin{"alerted": number(7)}, failed: "rule Gone", reason: "no such rule is provisioned"},
		{name: "a rule without data", answer: plugin{"alerted": {}}, failed: "rule Slow", reason: "it gets no data"},
		{name: "a rule without data that calls it OK", answer: plugin{"alerted": {}}, change: func(s *provision.Set) { s.Groups[0].Rules[0].NoDataState = "OK" }},
		{name: "a rule in error", answer: plugin{"alerted": series(1)}, failed: "rule Slow", reason: "does not say its type"},
		{name: "a paused rule is not asked", answer: plugin{"alerted": number(7)}, change: func(s *provision.Set) { s.Groups[0].Rules[0].IsPaused = true }},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, set := healthy(), provisioned(t)
			maps.Copy(p, c.answer)
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

func TestAPluginThatDiesFailsEveryPanel(t *testing.T) {
	verdicts, err := Run(t.Context(), Options{Plugin: plugin{}, Set: provisioned(t), Now: now})
	if err != nil {
		t.Fatal(err)
	}
	if Failed(verdicts) != len(verdicts) || len(verdicts) != 5 {
		t.Errorf("%d of %d failed", Failed(verdicts), len(verdicts))
	}
}

func TestNoDashboardsIsNoSuccess(t *testing.T) {
	if _, err := Run(t.Context(), Options{Plugin: healthy(), Set: &provision.Set{}, Now: now}); err == nil {
		t.Error("nothing was asked, and that passes")
	}
}

func TestPrint(t *testing.T) {
	verdicts := []Verdict{
		{Kind: KindVariable, Where: "overview", Name: "job", Series: 2, Last: "a, b", Took: 3 * time.Millisecond, State: "ok"},
		{Kind: KindPanel, Where: "overview", Name: "Rate", Took: 12 * time.Millisecond, State: "empty", Reason: "query A shows no data"},
	}
	var out strings.Builder
	if err := Print(&out, verdicts); err != nil {
		t.Fatal(err)
	}
	const want = `KIND      WHERE     NAME  SERIES  LAST VALUE  MS  STATE
variable  overview  job   2       a, b        3   ok
panel     overview  Rate  0                   12  empty ✗

FAILED panel "Rate" (overview): query A shows no data
1 passed, 1 failed
`
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", &out, want)
	}
}

func TestTheTableOfIncidentsSaysWhereEachRuleWasMet(t *testing.T) {
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
		"ALERT  MET IN         NOT MET IN (FLEETS)\n" +
		"Slow   latency, load  1\n" +
		"Gone   none           3\n" +
		"Noisy  no incident    0\n"
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", out.String(), want)
	}
}
