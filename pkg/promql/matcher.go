package promql

import (
	"errors"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// ParseMatcher parses one label matcher, such as tenant="acme". A regular expression counts
// towards the budget. The error is a fault.BadPromQL or a fault.BadQuery.
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
		var all parser.ParseErrors
		if errors.As(err, &all) && len(all) > 0 {
			err = all[0].Err // without the position, which counts the added brace
		}
		return nil, fault.New(fault.BadPromQL, "%s is not a PromQL matcher: %.200v. %s", fault.ClipName(text), err, example).Because(err)
	case len(matchers) != 1:
		return nil, fault.New(fault.BadPromQL, "%s has %d matchers. %s", fault.ClipName(text), len(matchers), example)
	}
	return matchers[0], nil
}
