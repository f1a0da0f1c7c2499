// Package fetch sends the requests of a report to Prometheus and decodes the answers. A View
// describes a request: the fields that Prometheus computes, and the intervals for which it
// computes them. The answer contains a Table for each endpoint. report plans the views and
// computes the report from the tables.
package fetch

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

const (
	// Prefix is the beginning of the name of every metric family about endpoints.
	Prefix = "tensorone_endpoint_"
	// EndpointLabel is the label that contains the id of an endpoint.
	EndpointLabel = "endpoint_id"
	// LatencyBuckets is the key of the buckets of the latency histogram.
	LatencyBuckets = "latency_seconds_bucket"
	fieldLabel     = "field" // contains the key of the field in an answer
)

// Prometheus is the part of promapi.Client that sends queries.
type Prometheus interface {
	Query(context.Context, promapi.Instant) (*series.Result, error)
	QueryRange(context.Context, promapi.Range) (*series.Result, error)
}

// Field is an expression of a request. Its key distinguishes its series from those of other
// fields. In the expression, SELECTOR is the placeholder for the matchers of the endpoints,
// and WINDOW is the placeholder for the window.
type Field struct{ Key, Expr string }

// Growth returns a field with the increase of a counter in the window.
func Growth(family string, by ...string) Field {
	return Field{family, fmt.Sprintf("sum by (%s) (increase(%s%s{SELECTOR}[WINDOW]))", strings.Join(append([]string{EndpointLabel}, by...), ", "), Prefix, family)}
}

// Over returns a field that aggregates a gauge over the window. function is the name of a
// PromQL function without _over_time, such as avg. The field's key begins with this name.
func Over(function, family, matchers string) Field {
	key := function + " " + family
	if matchers != "" {
		key += " " + matchers
		matchers += ","
	}
	return Field{key, fmt.Sprintf("max by (%s) (%s_over_time(%s%s{%sSELECTOR}[WINDOW]))", EndpointLabel, function, Prefix, family, matchers)}
}

// Current returns a field with the value of a gauge at the end of an interval.
func Current(family string, by ...string) Field {
	return Field{family, fmt.Sprintf("max by (%s) (%s%s{SELECTOR})", strings.Join(append([]string{EndpointLabel}, by...), ", "), Prefix, family)}
}

// View describes a request to Prometheus. The request computes the fields for each interval.
// Window is the value of the placeholder WINDOW. Fields such as those of Growth are computed
// from a period of this length, which ends at the end of the interval.
type View struct {
	Name      string
	Intervals Intervals
	Window    time.Duration
	Fields    []Field
}

// Distinct returns the fields without duplicates.
func Distinct(fields []Field) []Field {
	var list []Field
	for _, f := range fields {
		if !slices.Contains(list, f) {
			list = append(list, f)
		}
	}
	return list
}

// Expr returns the view's expression for some endpoints.
func (v View) Expr(ids []string) string {
	replacer := strings.NewReplacer("SELECTOR", selector(ids), "WINDOW", model.Duration(v.Window).String())
	terms := make([]string, len(v.Fields))
	for i, f := range v.Fields {
		terms[i] = fmt.Sprintf("label_replace(%s, %q, %s, \"\", \"\")", replacer.Replace(f.Expr), fieldLabel, quoted(strings.ReplaceAll(f.Key, "$", "$$")))
	}
	return strings.Join(terms, " or ")
}

// selector returns the matcher that selects the series of some endpoints.
func selector(ids []string) string {
	if len(ids) == 1 {
		return EndpointLabel + "=" + quoted(ids[0])
	}
	literal := make([]string, len(ids))
	for i, id := range ids {
		literal[i] = regexp.QuoteMeta(id)
	}
	return EndpointLabel + "=~" + quoted(strings.Join(literal, "|"))
}

// quoted returns a PromQL string literal. It escapes U+FFFD, which PromQL's parser would take
// for an invalid byte.
func quoted(text string) string {
	return strings.ReplaceAll(strconv.Quote(text), "\uFFFD", `\ufffd`)
}

// Expressions returns the expressions of views for some endpoints.
func Expressions(views []View, ids []string) []promapi.Expression {
	all := make([]promapi.Expression, len(views))
	for i, v := range views {
		all[i] = promapi.Expression{Expr: v.Expr(ids), Start: v.Intervals.At(0), End: v.Intervals.End}
		if v.Intervals.N > 1 {
			all[i].Step = v.Intervals.Step
		}
	}
	return all
}

// Query sends the request of a view and returns a table for each endpoint, by id. A partial
// answer is an error, because values computed from it would be wrong.
func Query(ctx context.Context, prometheus Prometheus, v View, ids []string) (map[string]Table, error) {
	var result *series.Result
	var err error
	if expr := v.Expr(ids); v.Intervals.N == 1 {
		result, err = prometheus.Query(ctx, promapi.Instant{Expr: expr, At: v.Intervals.End, Complete: true})
	} else {
		result, err = prometheus.QueryRange(ctx, promapi.Range{Expr: expr, Start: v.Intervals.At(0), End: v.Intervals.End, Step: v.Intervals.Step, Complete: true})
	}
	if err != nil {
		return nil, err
	}
	if result.Partial != "" {
		return nil, fault.New(fault.BadAnswer, "Prometheus returned a partial result: %s. A report computed from it would be wrong. Check the server's storage.", result.Partial)
	}
	return Decode(result, v.Intervals), nil
}
