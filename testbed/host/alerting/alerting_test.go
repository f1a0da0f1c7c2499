package alerting

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/provisioning/rules"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/provision"
)

var now = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// plugin returns the same response to every query, or no response if silent is set. It
// records the last query.
type plugin struct {
	response backend.DataResponse
	silent   bool
	query    backend.DataQuery
	headers  map[string]string
}

func (p *plugin) QueryData(_ context.Context, queries []backend.DataQuery, headers map[string]string) (*backend.QueryDataResponse, error) {
	p.query, p.headers = queries[0], headers
	responses := backend.NewQueryDataResponse()
	if !p.silent {
		responses.Responses[queries[0].RefID] = p.response
	}
	return responses, nil
}

func rule(evaluator rules.Evaluator) provision.Rule {
	return provision.Rule{Rule: rules.Rule{Title: "Rule", Condition: "C", Data: []rules.Query{
		{
			RefID: "A", DatasourceUID: "metrics", RelativeTimeRange: rules.RelativeTimeRange{From: 600, To: 60},
			Model: rules.Model{RefID: "A", QueryType: "catalog", Metric: "m"},
		},
		{
			RefID: "C", DatasourceUID: rules.ExprUID,
			Model: rules.Model{RefID: "C", Type: "threshold", Expression: "A", Conditions: []rules.Condition{{Evaluator: evaluator}}},
		},
	}}}
}

// gt is the evaluator of "greater than".
func gt(params ...float64) rules.Evaluator { return rules.Evaluator{Type: "gt", Params: params} }

// number returns a frame of the data plane contract's type numeric-multi.
func number(labels data.Labels, value any) *data.Frame {
	return typed(data.FrameTypeNumericMulti, data.NewField("Value", labels, value))
}

func typed(kind data.FrameType, fields ...*data.Field) *data.Frame {
	return data.NewFrame("f", fields...).SetMeta(&data.FrameMeta{Type: kind, TypeVersion: data.FrameTypeVersion{0, 1}})
}

func frames(frames ...*data.Frame) backend.DataResponse { return backend.DataResponse{Frames: frames} }

func TestThreshold(t *testing.T) {
	for _, c := range []struct {
		evaluator rules.Evaluator
		met       []float64
		not       []float64
	}{
		{gt(5), []float64{5.1, math.Inf(1), math.NaN()}, []float64{5, 0}},
		{gt(5, 0), []float64{5.1}, []float64{5}},
		{rules.Evaluator{Type: "lt", Params: []float64{5}}, []float64{4.9, -1, math.NaN()}, []float64{5, 6}},
		{rules.Evaluator{Type: "within_range", Params: []float64{1, 3}}, []float64{2}, []float64{1, 3, 0, 4}},
		{rules.Evaluator{Type: "outside_range", Params: []float64{1, 3}}, []float64{0, 4}, []float64{1, 2, 3}},
	} {
		t.Run(fmt.Sprint(c.evaluator.Type, c.evaluator.Params), func(t *testing.T) {
			for want, values := range map[State][]float64{Alerting: c.met, Normal: c.not} {
				for _, v := range values {
					p := &plugin{response: frames(number(nil, []float64{v}))}
					if got := Evaluate(t.Context(), p, rule(c.evaluator), now); got.State != want {
						t.Errorf("%v is %s (%v), want %s", v, got.State, got.Err, want)
					}
				}
			}
		})
	}
}

func TestStates(t *testing.T) {
	over5 := gt(5)
	a, b := data.Labels{"model": "a"}, data.Labels{"model": "b"}
	seven := 7.0
	for _, c := range []struct {
		name     string
		response backend.DataResponse
		want     State
		err      string
	}{
		{"all below", frames(number(a, []float64{1}), number(b, []float64{2})), Normal, ""},
		{"one of two over", frames(number(a, []float64{1}), number(b, []float64{7})), Alerting, ""},
		{"one over, one without value", frames(number(a, []*float64{&seven}), number(b, []*float64{nil})), Alerting, ""},
		{"one below, one without value", frames(number(a, []float64{1}), number(b, []*float64{nil})), NoData, ""},
		{"wide numbers", frames(typed(data.FrameTypeNumericWide, data.NewField("", a, []float64{1}), data.NewField("", b, []float64{7}))), Alerting, ""},
		{"no frames", frames(), NoData, ""},
		{"a typed frame without fields", frames(typed(data.FrameTypeNumericMulti)), NoData, ""},
		{"an error", backend.DataResponse{Error: errors.New("it is down")}, Error, "query A: it is down"},
		{"a time field in a number", frames(typed(data.FrameTypeNumericMulti, data.NewField("t", nil, []time.Time{now}), data.NewField("v", a, []float64{1}))), Error, "alert rules require reduced data"},
		{"a time series", frames(typed(data.FrameTypeTimeSeriesMulti, data.NewField("t", nil, []time.Time{now}), data.NewField("v", a, []float64{1}))), Error, "alert rules require reduced data"},
		{"two numbers with the same labels", frames(number(a, []float64{1}), number(a, []float64{2})), Error, "two numbers have the labels {model=a}"},
		{"two rows", frames(number(a, []float64{1, 2})), Error, "has 2 rows; a numeric frame must have one"},
		{"two fields in a multi frame", frames(typed(data.FrameTypeNumericMulti, data.NewField("x", a, []float64{1}), data.NewField("y", b, []float64{2}))), Error, "has 2 fields; it must have one"},
		{"text", frames(number(a, []string{"7"})), Error, "alert rules require numbers"},
		{"no type", frames(data.NewFrame("f", data.NewField("v", a, []float64{1}))), Error, "has no type and type version"},
		{"no type version", frames(data.NewFrame("f", data.NewField("v", a, []float64{1})).SetMeta(&data.FrameMeta{Type: data.FrameTypeNumericMulti})), Error, "has no type and type version"},
		{"mixed types", frames(number(a, []float64{1}), typed(data.FrameTypeNumericWide, data.NewField("", b, []float64{1}))), Error, "the frames have different types"},
		{"a table", frames(typed(data.FrameTypeTable, data.NewField("v", nil, []float64{1}))), Error, "alert rules don't support frames of type table"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := Evaluate(t.Context(), &plugin{response: c.response}, rule(over5), now)
			if got.State != c.want {
				t.Errorf("got %s (%v), want %s", got.State, got.Err, c.want)
			}
			if c.err != "" && (got.Err == nil || !strings.Contains(got.Err.Error(), c.err)) {
				t.Errorf("got error %v, want %s", got.Err, c.err)
			}
		})
	}
}

func TestEvaluateSendsQueryLikeGrafana(t *testing.T) {
	p := &plugin{response: frames(number(nil, []float64{1}))}
	Evaluate(t.Context(), p, rule(gt(5)), now)
	if !maps.Equal(p.headers, map[string]string{"FromAlert": "true", "X-Cache-Skip": "true"}) {
		t.Errorf("headers %v", p.headers)
	}
	if p.query.Interval != time.Second || p.query.MaxDataPoints != 43200 || p.query.QueryType != "catalog" {
		t.Errorf("interval %s, %d points, type %q", p.query.Interval, p.query.MaxDataPoints, p.query.QueryType)
	}
	if !p.query.TimeRange.From.Equal(now.Add(-10*time.Minute)) || !p.query.TimeRange.To.Equal(now.Add(-time.Minute)) {
		t.Errorf("range %v", p.query.TimeRange)
	}

	limited := rule(gt(5))
	limited.Data[0].Model = rules.Model{RefID: "A", IntervalMs: 60000, MaxDataPoints: 100}
	Evaluate(t.Context(), p, limited, now)
	if p.query.Interval != time.Minute || p.query.MaxDataPoints != 100 {
		t.Errorf("the model's interval and points are ignored: %s, %d", p.query.Interval, p.query.MaxDataPoints)
	}
}

func TestEvaluateRejectsUnsupportedRule(t *testing.T) {
	change := func(f func(*provision.Rule)) provision.Rule {
		r := rule(gt(5))
		f(&r)
		return r
	}
	for _, c := range []struct {
		name string
		rule provision.Rule
		want string
	}{
		{"unknown evaluator", rule(rules.Evaluator{Type: "gte", Params: []float64{5}}), `evaluator "gte" is not one of`},
		{"a limit is missing", rule(rules.Evaluator{Type: "within_range", Params: []float64{5}}), "requires 2 params, not 1"},
		{"another expression", change(func(r *provision.Rule) { r.Data[1].Model.Type = "math" }), `type "math"`},
		{"threshold without condition", change(func(r *provision.Rule) { r.Data[1].Model.Conditions = nil }), "exactly one condition, not 0"},
		{"condition is a query", change(func(r *provision.Rule) { r.Condition = "A" }), "condition A is a query"},
		{"missing condition", change(func(r *provision.Rule) { r.Condition = "B" }), `no data entry has the refId "B"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := Evaluate(t.Context(), &plugin{response: frames(number(nil, []float64{1}))}, c.rule, now)
			if got.State != Error || !strings.Contains(got.Err.Error(), c.want) {
				t.Errorf("got %s: %v, want %s", got.State, got.Err, c.want)
			}
		})
	}
}

func TestEvaluateWithoutResponseIsError(t *testing.T) {
	got := Evaluate(t.Context(), &plugin{silent: true}, rule(gt(5)), now)
	if got.State != Error || !strings.Contains(got.Err.Error(), "returned no response") {
		t.Errorf("got %s: %v", got.State, got.Err)
	}
}
