package catalog

import (
	"encoding/json"
	"errors"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/prometheus/prometheus/model/labels"
	"go.yaml.in/yaml/v3"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promql"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/stored"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/suggest"
)

// Params are the values of a metric's parameters, by name.
type Params map[string]Param

// Param is a filter on one label: an operator and values. In JSON and YAML it is one
// string, a list of strings, or {op, values}. Empty strings among the values are ignored. A
// Param doesn't filter if no other values remain, or if one of the values means all.
type Param struct {
	Op     string   `json:"op" yaml:"op"` // =, !=, =~ or !~; "" is =
	Values []string `json:"values" yaml:"values"`
}

// allValues are the values that dashboards send for "All".
var allValues = map[string]bool{"$__all": true, ".*": true}

var errParamShape = errors.New(`a parameter must be a string, a list of strings, or {"op": "!=", "values": [...]}`)

// UnmarshalJSON accepts the three forms of a Param. Numbers are read as strings.
func (p *Param) UnmarshalJSON(data []byte) error {
	var one stored.Text
	var several []stored.Text
	var full struct {
		Op     stored.Text   `json:"op"`
		Values []stored.Text `json:"values"`
	}
	switch {
	case json.Unmarshal(data, &one) == nil:
		*p = Param{Values: []string{string(one)}}
	case json.Unmarshal(data, &several) == nil:
		*p = Param{Values: stored.Strings(several)}
	case json.Unmarshal(data, &full) == nil:
		*p = Param{Op: string(full.Op), Values: stored.Strings(full.Values)}
	default:
		return errParamShape
	}
	return nil
}

// MarshalJSON writes a list for the operator =, and an object for any other operator.
func (p Param) MarshalJSON() ([]byte, error) {
	if p.Op == "" || p.Op == "=" {
		values := p.Values
		if values == nil {
			values = []string{}
		}
		return json.Marshal(values)
	}
	type operator Param
	return json.Marshal(operator(p))
}

// UnmarshalYAML accepts the three forms of a Param.
func (p *Param) UnmarshalYAML(node *yaml.Node) error {
	type operator Param
	switch node.Kind {
	case yaml.ScalarNode:
		*p = Param{Values: []string{node.Value}}
		return nil
	case yaml.SequenceNode:
		*p = Param{}
		return node.Decode(&p.Values)
	case yaml.MappingNode:
		return node.Decode((*operator)(p))
	}
	return errParamShape
}

// MarshalYAML writes the same forms as MarshalJSON.
func (p Param) MarshalYAML() (any, error) {
	if p.Op == "" || p.Op == "=" {
		return p.Values, nil
	}
	type operator Param
	return operator(p), nil
}

// Matcher returns the parameter's label matcher, or nil if the parameter doesn't filter.
// With = and !=, values are data: they are quoted, and several values become an alternation
// in which regular expression syntax is escaped. With =~ and !~, values are regular
// expressions, and several become an alternation. The errors are fault.BadQuery.
func (p Param) Matcher(label string) (*labels.Matcher, error) {
	return p.matcher(label, new(promql.RegexpBudget))
}

// matcher is Matcher with a budget that the parameters of a query share for their
// regular expressions.
func (p Param) matcher(label string, budget *promql.RegexpBudget) (*labels.Matcher, error) {
	values := make([]string, 0, len(p.Values))
	for _, value := range p.Values {
		if allValues[value] {
			return nil, nil
		}
		if !utf8.ValidString(value) {
			return nil, fault.New(fault.BadQuery, "A value of parameter %s is not valid UTF-8.", label)
		}
		if value != "" {
			values = append(values, value)
		}
	}
	if len(values) == 0 {
		return nil, nil
	}

	op, several := labels.MatchEqual, labels.MatchRegexp
	switch p.Op {
	case "", "=":
	case "!=":
		op, several = labels.MatchNotEqual, labels.MatchNotRegexp
	case "=~":
		return regexMatcher(labels.MatchRegexp, label, values, budget)
	case "!~":
		return regexMatcher(labels.MatchNotRegexp, label, values, budget)
	default:
		return nil, fault.New(fault.BadQuery, "Parameter %s has the unknown operator %q. Use =, !=, =~ or !~.", label, fault.ClipName(p.Op))
	}
	if len(values) == 1 {
		return labels.NewMatcher(op, label, values[0])
	}
	return budget.Matcher(several, label, alternation(values, regexp.QuoteMeta), "Parameter "+label)
}

// alternation applies escape to each value and joins the values with |.
func alternation(values []string, escape func(string) string) string {
	parts := make([]string, len(values))
	for i, value := range values {
		parts[i] = escape(value)
	}
	return strings.Join(parts, "|")
}

func regexMatcher(op labels.MatchType, label string, values []string, budget *promql.RegexpBudget) (*labels.Matcher, error) {
	subject := "Parameter " + label
	if len(values) == 1 {
		return budget.Matcher(op, label, values[0], subject)
	}
	// Check each expression alone, because two invalid expressions can be valid when joined.
	for _, value := range values {
		if err := budget.Check(value, subject); err != nil {
			return nil, err
		}
	}
	return budget.Matcher(op, label, alternation(values, func(expr string) string { return "(?:" + expr + ")" }), subject)
}

// Matchers returns the label matchers for params, in the order of the metric's parameters.
// It returns a fault.BadQuery for an unknown parameter, a missing required parameter, an
// invalid operator or value, and values that are too large.
func (m *Metric) Matchers(params Params) ([]*labels.Matcher, error) {
	matchers, err := m.OptionalMatchers(params)
	if err != nil {
		return nil, err
	}
	for _, name := range m.RequiredParams {
		if !slices.ContainsFunc(matchers, func(given *labels.Matcher) bool { return given.Name == name }) {
			return nil, fault.New(fault.BadQuery, "%s requires a value for parameter %s. Required parameters: %s.", m.Name, name, strings.Join(m.RequiredParams, ", "))
		}
	}
	return matchers, nil
}

// OptionalMatchers does the same as Matchers, but required parameters may be missing.
func (m *Metric) OptionalMatchers(params Params) ([]*labels.Matcher, error) {
	for _, name := range slices.Sorted(maps.Keys(params)) {
		if err := m.CheckParam(name); err != nil {
			return nil, err
		}
	}
	return params.matchers(m.Params())
}

// matchers returns the matchers of the named parameters, in the order of names.
func (params Params) matchers(names []string) ([]*labels.Matcher, error) {
	var matchers []*labels.Matcher
	var budget promql.RegexpBudget
	size, written := 0, 0
	for _, name := range names {
		for _, value := range params[name].Values {
			size += len(value)
		}
		if size > maxValueBytes {
			return nil, fault.New(fault.BadQuery, "The parameters have more than %d MiB of values together. Select fewer values.", maxValueBytes>>20)
		}
		matcher, err := params[name].matcher(name, &budget)
		if err != nil {
			return nil, err
		}
		if matcher == nil {
			continue
		}
		if written += len(promql.MatcherText(matcher)); written > maxMatcherBytes {
			return nil, fault.New(fault.BadQuery, "In PromQL, the parameters' values take more than %d MiB, because quotes, backslashes and control characters are escaped. Select fewer values.", maxMatcherBytes>>20)
		}
		matchers = append(matchers, matcher)
	}
	return matchers, nil
}

// CheckParam returns a fault.BadQuery with the allowed parameters if the metric has no
// parameter with the given name.
func (m *Metric) CheckParam(name string) error {
	allowed := m.Params()
	if slices.Contains(allowed, name) {
		return nil
	}
	takes := "It takes none."
	if len(allowed) > 0 {
		takes = "It takes " + strings.Join(allowed, ", ") + "."
	}
	return fault.New(fault.BadQuery, "%s has no parameter %q.%s %s", m.Name, fault.ClipName(name), suggest.DidYouMean(name, allowed), takes)
}
