// Package gateway computes the answers of the routes of Lango's gateway
// (docs/contracts/lango.md#routes) from the families of the pack lango. A Request sends PromQL
// to Prometheus, decodes the series and returns an answer, which encodes to the JSON that
// openapi_gateway.yaml describes. Except in a history, counters have the values that they have
// in Lango's processes: they begin at 0 when a process starts. Package rest calls this
// package.
package gateway

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promql"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/suggest"
)

// Prometheus is the part of promapi.Client that this package uses.
type Prometheus interface {
	Query(context.Context, promapi.Instant) (*series.Result, error)
	QueryRange(context.Context, promapi.Range) (*series.Result, error)
	LabelValues(context.Context, string, promapi.Selection) (promapi.Answer[[]string], error)
}

// Request is a request for one answer. It must not be used for a second one.
type Request struct {
	Prometheus Prometheus
	Now        time.Time
	Instances  []string // values of the label instance; empty for all processes of Lango
	Limit      int      // maximum number of agents, tools or sessions
	Days       int      // length of a history

	mu       sync.Mutex
	warnings []string // of the server
	notes    []Note
}

// Head is the beginning of each answer except that of Policy.
type Head struct {
	GeneratedAt string   `json:"generatedAt"`        // RFC 3339, UTC
	Notes       []Note   `json:"notes,omitempty"`    // reasons for absent or incomplete values
	Warnings    []string `json:"warnings,omitempty"` // of the server
}

// Note explains why a field of the answer is absent or incomplete.
type Note struct {
	Field  string `json:"field"`
	Reason string `json:"reason"`
}

// head returns the beginning of the answer. It must be called after all queries.
func (r *Request) head() Head {
	return Head{r.Now.UTC().Format(time.RFC3339), r.notes, r.warnings}
}

func (r *Request) note(field, reason string) { r.notes = append(r.notes, Note{field, reason}) }

// noteMissing adds a note that a field is absent, because its family has no samples.
func (r *Request) noteMissing(field, family string) {
	r.note(field, "Prometheus has no current samples of "+family+".")
}

// matchers returns the matcher of the selected instances, or nil if all are selected. It takes
// the instances literally, even if they contain special characters of regular expressions.
func (r *Request) matchers() ([]*labels.Matcher, error) {
	n := len(r.Instances)
	if n > maxInstances {
		return nil, fault.New(fault.BadQuery, "instance is set %d times. Set it at most %d times, or omit it to select all processes.", n, maxInstances)
	}
	literal := make([]string, n)
	for i, instance := range r.Instances {
		if len(instance) > maxInstanceBytes {
			return nil, fault.New(fault.BadQuery, "instance has a value of %d bytes. The limit is %d. Write the host and port of a process, such as lango:18789.", len(instance), maxInstanceBytes)
		}
		literal[i] = regexp.QuoteMeta(instance)
	}
	var matcher *labels.Matcher
	var err error
	switch n {
	case 0:
		return nil, nil
	case 1:
		matcher, err = labels.NewMatcher(labels.MatchEqual, instanceLabel, r.Instances[0])
	default:
		var budget promql.RegexpBudget
		matcher, err = budget.Matcher(labels.MatchRegexp, instanceLabel, strings.Join(literal, "|"), "Parameter instance")
	}
	return []*labels.Matcher{matcher}, err
}

// expr returns the expression that computes the given fields for the selected instances.
func (r *Request) expr(fields []field) (string, error) {
	matchers, err := r.matchers()
	if err != nil {
		return "", err
	}
	return promql.AddMatchers(union(fields), matchers)
}

// query evaluates the given fields at a point in time, and returns their series.
func (r *Request) query(ctx context.Context, at time.Time, fields []field) (table, error) {
	expr, err := r.expr(fields)
	if err != nil {
		return nil, err
	}
	result, err := r.Prometheus.Query(ctx, promapi.Instant{Expr: expr, At: at, Complete: true})
	return r.decode(result, err)
}

// current returns the current series of fields. If there are none, it returns the error of
// notFound.
func (r *Request) current(ctx context.Context, fields ...[]field) (table, error) {
	t, err := r.query(ctx, r.Now, slices.Concat(fields...))
	if err == nil && len(t) == 0 {
		err = r.notFound(ctx)
	}
	return t, err
}

// decode returns the series of a result by field. A partial result is an error, because the
// sums over it would be wrong.
func (r *Request) decode(result *series.Result, err error) (table, error) {
	if err != nil {
		return nil, err
	}
	if result.Partial != "" {
		return nil, fault.New(fault.BadAnswer, "Prometheus returned a partial result: %s. Numbers computed from it would be wrong. Check the server's storage.", result.Partial)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, warning := range result.Warnings {
		if !slices.Contains(r.warnings, warning) {
			r.warnings = append(r.warnings, warning)
		}
	}
	t := table{}
	for _, s := range result.Series {
		if key := s.Labels.Get(fieldLabel); key != "" && len(s.Values) > 0 {
			t[key] = append(t[key], s)
		}
	}
	return t, nil
}

// notFound returns a fault.NotFound for a request for which Prometheus has no samples of Lango.
// If the request selects instances, the error contains the first of them, and existing instances
// with similar names. If the request for the existing instances fails, notFound returns the
// error of that request.
func (r *Request) notFound(ctx context.Context) error {
	if len(r.Instances) == 0 {
		return fault.New(fault.NotFound,
			"Prometheus has no current samples of Lango. Check that Prometheus scrapes Lango's exporter, and that observability.enabled is true in Lango's configuration.")
	}
	listed, err := r.Prometheus.LabelValues(ctx, instanceLabel, promapi.Selection{
		Match: []string{startTime}, Start: r.Now.Add(-lookback), End: r.Now, Limit: maxListedInstances,
	})
	if err != nil {
		return err
	}
	missing := r.Instances[:min(len(r.Instances), maxNamedInstances)]
	names, similar := make([]string, len(missing)), []string{}
	for i, instance := range missing {
		names[i] = strconv.Quote(fault.ClipName(instance))
		for _, name := range suggest.Nearest(instance, listed.Data) {
			if name = fault.ClipName(name); !slices.Contains(similar, name) {
				similar = append(similar, name)
			}
		}
	}
	text := "instance " + names[0]
	if len(names) > 1 {
		text = "the instances " + strings.Join(names, ", ")
	}
	if n := len(r.Instances) - len(names); n > 0 {
		text += fmt.Sprintf(" and %d more", n)
	}
	if len(similar) == 0 {
		return fault.New(fault.NotFound, "Prometheus has no current samples of Lango from %s. Omit instance to select all processes.", text)
	}
	return fault.New(fault.NotFound, "Prometheus has no current samples of Lango from %s. Did you mean %s?", text, strings.Join(similar, ", "))
}
