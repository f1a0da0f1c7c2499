package alerting

import (
	"fmt"
	"math"
	"strings"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/provisioning/rules"
)

// Threshold is an expression of type threshold. It compares each number of one
// query with one or two limits.
type Threshold struct {
	Input  string // refId of the query
	Type   string // gt, lt, within_range, outside_range
	Params []float64
}

// limits is the number of parameters that each type of comparison requires.
var limits = map[string]int{"gt": 1, "lt": 1, "within_range": 2, "outside_range": 2}

func parseThreshold(q rules.Query) (Threshold, error) {
	model := q.Model
	if model.Type != "threshold" {
		return Threshold{}, fmt.Errorf("expression %s has the type %q; the plugin host supports only thresholds", q.RefID, model.Type)
	}
	if len(model.Conditions) != 1 {
		return Threshold{}, fmt.Errorf("expression %s: a threshold must have exactly one condition, not %d", q.RefID, len(model.Conditions))
	}
	evaluator := model.Conditions[0].Evaluator
	want, known := limits[evaluator.Type]
	if !known {
		return Threshold{}, fmt.Errorf("expression %s: evaluator %q is not one of gt, lt, within_range, outside_range", q.RefID, evaluator.Type)
	}
	// The rule editor also stores two limits for gt and lt; Grafana uses the first.
	if len(evaluator.Params) < want {
		return Threshold{}, fmt.Errorf("expression %s: evaluator %s requires %d params, not %d", q.RefID, evaluator.Type, want, len(evaluator.Params))
	}
	return Threshold{Input: strings.TrimPrefix(model.Expression, "$"), Type: evaluator.Type, Params: evaluator.Params}, nil
}

// state returns the state for one number. NaN meets every condition, as in Grafana 11 and
// earlier. There, a rule fires unexpectedly if its query returns NaN.
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
