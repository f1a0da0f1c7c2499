// Package alerting evaluates a provisioned alert rule once, as Grafana's alert
// engine does at one tick: the rule's queries through the plugin, the numbers
// that come back through the rule's expression, a state for each label set.
// `for` plays no part here: a rule that is over its threshold is Alerting at
// once. The package is stricter than the engine where the engine hides a bug:
// frames must say what they are (the data plane contract's numeric types), and
// every query must be answered.
package alerting

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/provision"
)

// Querier is the plugin; *host.Host in earnest.
type Querier interface {
	QueryData(ctx context.Context, queries []backend.DataQuery, headers map[string]string) (*backend.QueryDataResponse, error)
}

// State is a rule's or an instance's, in Grafana's words.
type State string

// The states, from the one that hides all others to the one that hides none.
const (
	Error    State = "Error"
	Alerting State = "Alerting"
	NoData   State = "NoData"
	Normal   State = "Normal"
)

// Result is one evaluation.
type Result struct {
	State     State
	Instances []Instance
	Err       error // why the state is Error
	Took      time.Duration
}

// Instance is one label set of a rule's condition.
type Instance struct {
	Labels data.Labels
	Value  *float64 // of the query, not of the comparison; nil is NoData
	State  State
}

// headers are what the engine sends with a rule's queries.
var headers = map[string]string{host.FromAlert: "true", "X-Cache-Skip": "true"}

// Evaluate evaluates the rule at now.
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
	condition, err := findNode(rule, rule.Condition)
	if err != nil {
		return nil, err
	}
	if !condition.IsExpression() {
		return nil, fmt.Errorf("condition %s is a query; the host evaluates a threshold over a query", condition.RefID)
	}
	threshold, err := parseThreshold(condition)
	if err != nil {
		return nil, err
	}
	input, err := findNode(rule, threshold.Input)
	if err != nil {
		return nil, err
	}
	if input.IsExpression() {
		return nil, fmt.Errorf("expression %s works on the expression %s; the host evaluates a threshold over a query", condition.RefID, input.RefID)
	}
	numbers, err := ask(ctx, querier, input, now)
	if err != nil {
		return nil, fmt.Errorf("query %s: %w", input.RefID, err)
	}
	instances := make([]Instance, 0, len(numbers))
	for _, n := range numbers {
		instances = append(instances, Instance{Labels: n.Labels, Value: n.Value, State: threshold.state(n.Value)})
	}
	return instances, nil
}

func findNode(rule provision.Rule, refID string) (provision.Node, error) {
	for _, node := range rule.Data {
		if node.RefID == refID {
			return node, nil
		}
	}
	return provision.Node{}, fmt.Errorf("no data entry has the refId %q", refID)
}

// ask sends a rule's query as the engine does and reads the answer's numbers.
func ask(ctx context.Context, querier Querier, node provision.Node, now time.Time) ([]Number, error) {
	span := backend.TimeRange{
		From: now.Add(-time.Duration(node.Range.From) * time.Second),
		To:   now.Add(-time.Duration(node.Range.To) * time.Second),
	}
	query, _, err := host.DataQuery(json.RawMessage(node.Model), span, host.AlertDefaults)
	if err != nil {
		return nil, err
	}
	query.RefID = node.RefID
	answer, err := querier.QueryData(ctx, []backend.DataQuery{query}, headers)
	if err != nil {
		return nil, err
	}
	response, ok := answer.Responses[node.RefID]
	if !ok {
		return nil, errors.New("the plugin did not answer it")
	}
	if response.Error != nil {
		return nil, response.Error
	}
	return Numbers(response.Frames)
}

// worst is a rule's state: that of the instance that counts most. Without any
// instance there is no data.
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
