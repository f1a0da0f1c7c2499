package board

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/provision"
)

var now = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// plugin returns responses by refId and records the queries.
type plugin struct {
	responses map[string]backend.DataResponse
	queries   []backend.DataQuery
}

func (p *plugin) QueryData(_ context.Context, queries []backend.DataQuery, _ map[string]string) (*backend.QueryDataResponse, error) {
	response := backend.NewQueryDataResponse()
	for _, q := range queries {
		p.queries = append(p.queries, q)
		response.Responses[q.RefID] = p.responses[q.RefID]
	}
	return response, nil
}

func (p *plugin) json(t *testing.T, refID string) map[string]any {
	t.Helper()
	i := slices.IndexFunc(p.queries, func(q backend.DataQuery) bool { return q.RefID == refID })
	if i < 0 {
		t.Fatalf("no query has the refId %s", refID)
	}
	return throughJSON(t, p.queries[i].JSON)
}

func dashboard(t *testing.T, body string) provision.Dashboard {
	t.Helper()
	var d provision.Dashboard
	if err := json.Unmarshal([]byte(body), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

func texts(values ...string) backend.DataResponse {
	return backend.DataResponse{Frames: data.Frames{data.NewFrame("", data.NewField("text", nil, values))}}
}

var set = &provision.Set{DataSources: []provision.DataSource{
	{UID: "other", Type: "prometheus"},
	{UID: "metrics", Type: "our-datasource", JSONData: map[string]any{"timeInterval": "15s"}},
}}

const chained = `{
  "time": {"from": "now-6h", "to": "now"},
  "templating": {"list": [
    {"name": "datasource", "type": "datasource", "query": "our-datasource", "current": {}},
    {"name": "tenant", "type": "query", "datasource": {"uid": "${datasource}"}, "includeAll": true,
     "current": {"value": ["acme"]}, "query": {"refId": "tenant", "queryType": "labelValues", "label": "tenant"}},
    {"name": "model", "type": "query", "datasource": {"uid": "${datasource}"}, "includeAll": true,
     "current": {"value": ["$__all"]}, "query": {"refId": "model", "queryType": "labelValues", "label": "model", "params": {"tenant": ["$tenant"]}}}
  ]},
  "panels": [
    {"id": 9, "type": "row", "title": "Usage", "collapsed": true, "panels": [
      {"id": 1, "title": "Rate", "type": "timeseries", "gridPos": {"w": 12}, "targets": [
        {"refId": "A", "datasource": {"uid": "${datasource}"}, "queryType": "catalog", "metric": "rate", "params": {"tenant": ["$tenant"], "model": ["$model"]}},
        {"refId": "B", "datasource": {"uid": "${datasource}"}, "hide": true}]}]}]
}`

func TestOpenChainsVariables(t *testing.T) {
	p := &plugin{responses: map[string]backend.DataResponse{
		"tenant": texts("acme", "globex"),
		"model":  texts("churn", "fraud"),
	}}
	opened, variables, err := Open(t.Context(), p, set, dashboard(t, chained), now)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range variables {
		if v.Err != nil {
			t.Errorf("%s: %v", v.Variable.Name, v.Err)
		}
	}
	if got := p.json(t, "model")["params"]; !jsonEqual(got, `{"tenant":["acme"]}`) {
		t.Errorf("the query of the second variable has the params %v", got)
	}
	if q := p.queries[0]; q.Interval != 0 || q.MaxDataPoints != 100 {
		t.Errorf("variable queries have the interval %s and %d points", q.Interval, q.MaxDataPoints)
	}

	panel := opened.Dashboard.QueryPanels()[0]
	if panel.Row != "Usage" {
		t.Errorf("the panel of a collapsed row has the row %q", panel.Row)
	}
	result, err := opened.Query(t.Context(), panel)
	if err != nil {
		t.Fatal(err)
	}
	if len(result.Targets) != 1 {
		t.Errorf("%d queries were sent, want only the visible one", len(result.Targets))
	}
	got := p.json(t, "A")
	if !jsonEqual(got["params"], `{"tenant":["acme"],"model":[]}`) {
		t.Errorf("params: %v", got["params"])
	}
	if !jsonEqual(got["datasource"], `{"type":"our-datasource","uid":"metrics"}`) {
		t.Errorf("datasource: %v", got["datasource"])
	}
	query := p.queries[len(p.queries)-1]
	if query.Interval != 20*time.Second || query.MaxDataPoints != 12*76 {
		t.Errorf("the query has %d points every %s", query.MaxDataPoints, query.Interval)
	}
	if span := query.TimeRange; !span.To.Equal(now) || span.Duration() != 6*time.Hour {
		t.Errorf("the query is from %s to %s", span.From, span.To)
	}
}

func jsonEqual(got any, want string) bool {
	body, err := json.Marshal(got)
	var a, b any
	return err == nil && json.Unmarshal(body, &a) == nil && json.Unmarshal([]byte(want), &b) == nil && equal(a, b)
}

func equal(a, b any) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}

func TestQueryUsesDataSourceMinimumInterval(t *testing.T) {
	p := &plugin{responses: map[string]backend.DataResponse{"tenant": texts("acme"), "model": texts("churn")}}
	d := dashboard(t, chained)
	d.Time.From = "now-5m"
	opened, _, err := Open(t.Context(), p, set, d, now)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := opened.Query(t.Context(), d.QueryPanels()[0]); err != nil {
		t.Fatal(err)
	}
	if got := p.queries[len(p.queries)-1].Interval; got != 15*time.Second {
		t.Errorf("interval %s", got)
	}
}

func TestSelection(t *testing.T) {
	options := []string{"acme", "globex"}
	for _, c := range []struct {
		name  string
		saved []string
		all   bool
		want  []string
	}{
		{"saved as All", []string{"$__all"}, true, []string{"$__all"}},
		{"saved as nothing, with All", nil, true, []string{"$__all"}},
		{"saved as nothing, without All", nil, false, []string{"acme"}},
		{"saved value is an option", []string{"globex"}, true, []string{"globex"}},
		{"saved value is no option, with All", []string{"initech"}, true, []string{"$__all"}},
		{"saved value is no option, without All", []string{"initech"}, false, []string{"acme"}},
		{"one saved value is an option", []string{"initech", "globex"}, false, []string{"globex"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := provision.Variable{IncludeAll: c.all}
			v.Current.Value = c.saved
			if got := selection(v, options); !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestOpenReportsVariableErrors(t *testing.T) {
	for _, c := range []struct {
		name     string
		response backend.DataResponse
		want     string
	}{
		{"error of the plugin", backend.DataResponse{Error: errors.New("unknown label")}, "unknown label"},
		{"frame without text", backend.DataResponse{Frames: data.Frames{data.NewFrame("", data.NewField("v", nil, []float64{1}))}}, "string field named text"},
		{"no frame", backend.DataResponse{}, "one frame, not 0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := &plugin{responses: map[string]backend.DataResponse{"tenant": c.response, "model": texts("churn")}}
			opened, variables, err := Open(t.Context(), p, set, dashboard(t, chained), now)
			if err != nil {
				t.Fatal(err)
			}
			if err := variables[1].Err; err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
			if variables[2].Err != nil {
				t.Errorf("the next variable fails too: %v", variables[2].Err)
			}
			if got := opened.Values["tenant"].Selected; !slices.Equal(got, []string{"$__all"}) {
				t.Errorf("the failed variable is set to %v", got)
			}
		})
	}
}

func TestReadSeries(t *testing.T) {
	times := []time.Time{now.Add(-time.Minute), now}
	five := 5.0
	for _, c := range []struct {
		name  string
		frame *data.Frame
		want  map[string]float64
	}{
		{"wide", data.NewFrame("", data.NewField("time", nil, times),
			data.NewField("a", data.Labels{"m": "a"}, []float64{1, 2}), data.NewField("b", data.Labels{"m": "b"}, []float64{3, 4})),
			map[string]float64{"m=a": 2, "m=b": 4}},
		{"null at the end", data.NewFrame("x", data.NewField("time", nil, times), data.NewField("", nil, []*float64{&five, nil})),
			map[string]float64{"x": 5}},
		{"table rows with different text", data.NewFrame("", data.NewField("m", nil, []string{"a", "b"}),
			data.NewField("route", nil, []string{"x", "y"}), data.NewField("Value", nil, []float64{1, 2})),
			map[string]float64{"a x": 1, "b y": 2}},
		{"only NaN", data.NewFrame("n", data.NewField("", nil, []float64{math.NaN()})), map[string]float64{}},
		{"no field", data.NewFrame("typed"), map[string]float64{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := map[string]float64{}
			for _, s := range ReadSeries(data.Frames{c.frame}) {
				if last, ok := s.Last(); ok {
					got[s.Name] = last
				}
			}
			if !equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestFormat(t *testing.T) {
	for _, c := range []struct {
		value float64
		unit  string
		want  string
	}{
		{0.0123, "percentunit", "1.23%"}, {0, "reqps", "0 req/s"}, {1234, "reqps", "1.23K req/s"},
		{0.0421, "s", "42.1 ms"}, {90, "s", "90 s"}, {600, "s", "10 min"}, {3 << 20, "binBps", "3 MiB/s"},
		{1234567, "short", "1.23Mil"}, {7, "none", "7"}, {2.5, "furlongs", "2.5 furlongs"}, {999.6, "short", "1000"},
	} {
		if got := Format(c.value, c.unit); got != c.want {
			t.Errorf("%v %s: got %q, want %q", c.value, c.unit, got, c.want)
		}
	}
}

func TestQueryAnnotation(t *testing.T) {
	const annotated = `{"time": {"from": "now-6h", "to": "now"}, "annotations": {"list": [{"builtIn": 1, "name": "Alerts"},
		{"name": "Deploys", "enable": false, "datasource": {"uid": "metrics"},
		 "target": {"refId": "Anno", "queryType": "annotation", "metric": "deploys", "params": {"tenant": ["$tenant"]}, "title": "for $tenant", "tags": ["deploy", "$tenant"]}}]}}`
	end, tags := now, "deploy,acme"
	p := &plugin{responses: map[string]backend.DataResponse{"Anno": {Frames: data.Frames{data.NewFrame("",
		data.NewField("time", nil, []time.Time{now.Add(-time.Hour), now.Add(-time.Minute)}), data.NewField("timeEnd", nil, []*time.Time{nil, &end}),
		data.NewField("title", nil, []string{"one", "two"}), data.NewField("text", nil, []string{"", "more"}), data.NewField("tags", nil, []*string{nil, &tags}))}}}}
	opened, _, err := Open(t.Context(), p, set, dashboard(t, annotated), now)
	if err != nil {
		t.Fatal(err)
	}
	opened.Values = Values{"tenant": {Selected: []string{"acme"}}}
	annotations := opened.Dashboard.QueryAnnotations()
	if len(annotations) != 1 {
		t.Fatalf("%d annotations", len(annotations))
	}
	result := opened.QueryAnnotation(t.Context(), annotations[0])
	want := []Event{
		{From: now.Add(-time.Hour), To: now.Add(-time.Hour), Title: "one", Tags: []string{}},
		{From: now.Add(-time.Minute), To: now, Title: "two", Text: "more", Tags: []string{"deploy", "acme"}},
	}
	if result.Err != nil || !reflect.DeepEqual(result.Events, want) {
		t.Errorf("got %+v, %v", result.Events, result.Err)
	}
	query := p.json(t, "Anno")
	if !jsonEqual(query["params"], `{"tenant":["acme"]}`) || query["title"] != "for acme" || !jsonEqual(query["tags"], `["deploy","acme"]`) {
		t.Errorf("query %v", query)
	}
	if q := p.queries[0]; q.Interval != 15*time.Second || q.MaxDataPoints != 1920 {
		t.Errorf("the query has %d points every %s", q.MaxDataPoints, q.Interval)
	}
}
