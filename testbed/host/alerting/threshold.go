package alerting

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/provision"
)

// Threshold is an expression of the type threshold: a comparison of each number
// of one query with one or two limits.
type Threshold struct {
	Input  string // refId
	Type   string // gt, lt, within_range, outside_range
	Params []float64
}

// limits is how many parameters each comparison takes.
var limits = map[string]int{"gt": 1, "lt": 1, "within_range": 2, "outside_range": 2}

func parseThreshold(node provision.Node) (Threshold, error) {
	var model struct {
		Type       string `json:"type"`
		Expression string `json:"expression"`
		Conditions []struct {
			Evaluator struct {
				Type   string    `json:"type"`
				Params []float64 `json:"params"`
			} `json:"evaluator"`
		} `json:"conditions"`
	}
	if err := json.Unmarshal(node.Model, &model); err != nil {
		return Threshold{}, fmt.Errorf("expression %s: %w", node.RefID, err)
	}
	if model.Type != "threshold" {
		return Threshold{}, fmt.Errorf("expression %s is of type %q; the host evaluates thresholds", node.RefID, model.Type)
	}
	if len(model.Conditions) != 1 {
		return Threshold{}, fmt.Errorf("expression %s: a threshold has exactly one condition, not %d", node.RefID, len(model.Conditions))
	}
	evaluator := model.Conditions[0].Evaluator
	want, known := limits[evaluator.Type]
	if !known {
		return Threshold{}, fmt.Errorf("expression %s: evaluator %q is none of gt, lt, within_range, outside_range", node.RefID, evaluator.Type)
	}
	// The rule editor stores two limits for gt and lt too; the first one counts.
	if len(evaluator.Params) < want {
		return Threshold{}, fmt.Errorf("expression %s: evaluator %s needs %d params, not %d", node.RefID, evaluator.Type, want, len(evaluator.Params))
	}
	return Threshold{Input: strings.TrimPrefix(model.Expression, "$"), Type: evaluator.Type, Params: evaluator.Params}, nil
}

// state compares one number. NaN is over every threshold, as it is for the
// engine up to Grafana 11: a rule that can yield NaN fires when it should not.
func (t Threshold) state(value *float64) State {
	switch {
	case value == nil:
		return NoData
	case math.IsNaN(*value) || t.met(*value):
		return Alerting
	default:
		return Normal
	}
}

func (t Threshold) met(value float64) bool {
	switch t.Type {
	case "gt":
		return value > t.Params[0]
	case "lt":
		return value < t.Params[0]
	case "within_range":
		return value > t.Params[0] && value < t.Params[1]
	default:
		return value < t.Params[0] || value > t.Params[1]
	}
}
