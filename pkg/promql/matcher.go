package promql

import (
	"github.com/prometheus/prometheus/model/labels"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// ParseMatcher parses one label matcher, such as tenant="acme". It spends the budget on a
// regular expression. The error is a fault.BadPromQL or a fault.BadQuery.
func ParseMatcher(text string, budget *RegexpBudget) (*labels.Matcher, error) {
	const example = `Write one matcher, such as tenant="acme" or tenant=~"acme|globex".`
	selector := "{" + text + "}"
	if err := checkSize(selector); err != nil {
		return nil, err
	}
	if err := budget.CheckExpr(selector); err != nil {
		return nil, err
	}
	matchers, err := grammar.ParseMetricSelector(selector)
	switch {
	case err != nil:
		return nil, fault.New(fault.BadPromQL, "%s is not a PromQL matcher. %s", fault.ClipName(text), example).Because(err)
	case len(matchers) != 1:
		return nil, fault.New(fault.BadPromQL, "%s has %d matchers. %s", fault.ClipName(text), len(matchers), example)
	}
	return matchers[0], nil
}
