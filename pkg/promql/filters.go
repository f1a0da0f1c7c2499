package promql

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/stored"
)

// Filter is an ad-hoc filter of a dashboard. The frontend adds the dashboard's filters to each
// query, in the field adhocFilters.
type Filter struct {
	Key      string   `json:"key"`              // a label name; any UTF-8
	Operator string   `json:"operator"`         // =, !=, =~, !~, =| (one of) or !=| (none of); "" is =
	Value    string   `json:"value"`            // "" stands for a missing label
	Values   []string `json:"values,omitempty"` // of =| and !=|; if empty, Value is the only value
}

// UnmarshalJSON decodes a filter. The filter's value may be stored as a number.
func (f *Filter) UnmarshalJSON(data []byte) error {
	var s struct {
		Key      stored.Text `json:"key"`
		Operator stored.Text `json:"operator"`
		Value    stored.Text `json:"value"`
		Values   stored.List `json:"values"`
	}
	if err := json.Unmarshal(data, &s); err != nil {
		return err
	}
	*f = Filter{Key: string(s.Key), Operator: string(s.Operator), Value: string(s.Value), Values: s.Values}
	return nil
}

const filterOperators = "=, !=, =~, !~, =| (one of) or !=| (none of)"

// Matchers returns the label matchers of ad-hoc filters, for AddMatchers. A filter with the
// value "All" has no matcher. The error is a fault.BadQuery.
func Matchers(filters []Filter) ([]*labels.Matcher, error) {
	matchers := make([]*labels.Matcher, 0, len(filters))
	var budget RegexpBudget
	for _, f := range filters {
		if err := f.check(); err != nil {
			return nil, err
		}
		matcher, err := f.matcher(&budget)
		if err != nil {
			return nil, err
		}
		if f.isAll() {
			continue
		}
		if len(matchers) == maxFilters {
			return nil, fault.New(fault.BadQuery, "The query has more than %d ad-hoc filters. Remove some.", maxFilters)
		}
		matchers = append(matchers, matcher)
	}
	return matchers, nil
}

func (f Filter) check() error {
	switch {
	case f.Key == "":
		return fault.New(fault.BadQuery, "An ad-hoc filter has no label. Choose one, or remove the filter.")
	case !utf8.ValidString(f.Key):
		return fault.New(fault.BadQuery, "The label %.60q of an ad-hoc filter is not valid UTF-8.", f.Key)
	case slices.ContainsFunc(f.values(), func(v string) bool { return !utf8.ValidString(v) }):
		return fault.New(fault.BadQuery, "A value of the ad-hoc filter on %.60q is not valid UTF-8.", f.Key)
	}
	return nil
}

// isAll reports whether the value of the filter is "All": either one of the values is $__all,
// which Grafana uses for variables, or the operator is =~ and the value is .*.
func (f Filter) isAll() bool {
	return slices.Contains(f.values(), "$__all") || f.Operator == "=~" && f.Value == ".*"
}

// values returns the values that the operator applies to.
func (f Filter) values() []string {
	if (f.Operator == "=|" || f.Operator == "!=|") && len(f.Values) > 0 {
		return f.Values
	}
	return []string{f.Value}
}

func (f Filter) matcher(budget *RegexpBudget) (*labels.Matcher, error) {
	switch f.Operator {
	case "", "=":
		return labels.NewMatcher(labels.MatchEqual, f.Key, f.Value)
	case "!=":
		return labels.NewMatcher(labels.MatchNotEqual, f.Key, f.Value)
	case "=~":
		return f.regexp(budget, labels.MatchRegexp, f.Value)
	case "!~":
		return f.regexp(budget, labels.MatchNotRegexp, f.Value)
	case "=|":
		return f.oneOf(budget, labels.MatchEqual, labels.MatchRegexp)
	case "!=|":
		return f.oneOf(budget, labels.MatchNotEqual, labels.MatchNotRegexp)
	default:
		return nil, fault.New(fault.BadQuery, "The ad-hoc filter on %.60q has the operator %.20q. Use %s.", f.Key, f.Operator, filterOperators)
	}
}

// oneOf returns a matcher that compares a label with the filter's values as literal texts. The
// parameter single is the matcher's type for one value, and multiple is that for several.
func (f Filter) oneOf(budget *RegexpBudget, single, multiple labels.MatchType) (*labels.Matcher, error) {
	values := f.values()
	if len(values) == 1 {
		return labels.NewMatcher(single, f.Key, values[0])
	}
	quoted := make([]string, len(values))
	for i, value := range values {
		quoted[i] = regexp.QuoteMeta(value)
	}
	return f.regexp(budget, multiple, strings.Join(quoted, "|"))
}

func (f Filter) regexp(budget *RegexpBudget, op labels.MatchType, expr string) (*labels.Matcher, error) {
	return budget.Matcher(op, f.Key, expr, fmt.Sprintf("The ad-hoc filter %.60q %s %.60q", f.Key, f.Operator, expr))
}
