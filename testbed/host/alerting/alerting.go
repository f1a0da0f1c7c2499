// Package alerting evaluates a provisioned alert rule once, as Grafana's alert engine does.
// It sends the rule's query to the plugin, applies the rule's threshold to the numbers in the
// response, and returns a state for each label set. The package ignores `for`: a rule whose
// condition is met is Alerting immediately. To find bugs that the alert engine hides, the
// package is stricter than the engine: frames must have one of the data plane contract's
// numeric types, and the query must have a response. The smoke run, the terminal view and the
// test suites call it.
package alerting

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/provisioning/rules"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/provision"
)

// Querier sends queries to the plugin. *host.Host implements it.
type Querier interface {
	QueryData(ctx context.Context, queries []backend.DataQuery, headers map[string]string) (*backend.QueryDataResponse, error)
}

// State is the state of a rule or an instance. The values are Grafana's names.
type State string

// The states, highest precedence first.
const (
	Error    State = "Error"
	Alerting State = "Alerting"
	NoData   State = "NoData"
	Normal   State = "Normal"
)

// Result is the result of one evaluation.
type Result struct {
	State     State
	Instances []Instance
	Err       error // set if the state is Error
	Took      time.Duration
}

// Instance is the state of one label set in the result of a rule's query.
type Instance struct {
	Labels data.Labels
	Value  *float64 // result of the query, not of the comparison; nil means NoData
	State  State
}

// headers contains the headers that the engine sends with every query, except those with the
// rule's uid and organization.
var headers = map[string]string{host.FromAlert: "true", "X-Cache-Skip": "true"}

// Evaluate evaluates the rule. The time ranges of its queries are relative to now.
func Evaluate(ctx context.Context, querier Querier, rule provision.Rule, now time.Time) Result {
	began := time.Now()
	instances, err := evaluate(ctx, querier, rule, now)
	result := Result{State: worst(instances), Instances: instances, Err: err, Took: time.Since(began)}
	if err != nil {
		result.State = Error
	}
	return result
}

func evaluate(ctx context.Context, querier Querier, rule provision.Rule, now time.Time) ([]Instance, error) {
	condition, err := findQuery(rule, rule.Condition)
	if err != nil {
		return nil, err
	}
	if !condition.IsExpression() {
		return nil, fmt.Errorf("condition %s is a query; the plugin host supports only a threshold over a query", condition.RefID)
	}
	threshold, err := parseThreshold(condition)
	if err != nil {
		return nil, err
	}
	input, err := findQuery(rule, threshold.Input)
	if err != nil {
		return nil, err
	}
	if input.IsExpression() {
		return nil, fmt.Errorf("expression %s refers to the expression %s; the plugin host supports only a threshold over a query", condition.RefID, input.RefID)
	}
	numbers, err := runQuery(ctx, querier, input, now)
	if err != nil {
		return nil, fmt.Errorf("query %s: %w", input.RefID, err)
	}
	instances := make([]Instance, 0, len(numbers))
	for _, n := range numbers {
		instances = append(instances, Instance{Labels: n.Labels, Value: n.Value, State: threshold.state(n.Value)})
	}
	return instances, nil
}

func findQuery(rule provision.Rule, refID string) (rules.Query, error) {
	for _, q := range rule.Data {
		if q.RefID == refID {
			return q, nil
		}
	}
	return rules.Query{}, fmt.Errorf("no data entry has the refId %q", refID)
}

// runQuery sends a rule's query as the engine does and returns the numbers in
// the response.
func runQuery(ctx context.Context, querier Querier, q rules.Query, now time.Time) ([]Number, error) {
	span := backend.TimeRange{
		From: now.Add(-time.Duration(q.RelativeTimeRange.From) * time.Second),
		To:   now.Add(-time.Duration(q.RelativeTimeRange.To) * time.Second),
	}
	model, err := json.Marshal(q.Model)
	if err != nil {
		return nil, err
	}
	query, _, err := host.DataQuery(model, span, host.AlertDefaults)
	if err != nil {
		return nil, err
	}
	query.RefID = q.RefID
	responses, err := querier.QueryData(ctx, []backend.DataQuery{query}, headers)
	if err != nil {
		return nil, err
	}
	response, ok := responses.Responses[q.RefID]
	if !ok {
		return nil, errors.New("the plugin returned no response")
	}
	if response.Error != nil {
		return nil, response.Error
	}
	return Numbers(response.Frames)
}

// worst returns a rule's state, which is the state with the highest precedence among its
// instances. Without instances it is NoData.
func worst(instances []Instance) State {
	for _, state := range []State{Alerting, NoData} {
		for _, instance := range instances {
			if instance.State == state {
				return state
			}
		}
	}
	if len(instances) == 0 {
		return NoData
	}
	return Normal
}
