package catalog

import (
	"maps"
	"slices"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promql"
)

// ValueSelectors returns series selectors. The values that a parameter's label has in the
// selected series are the possible values of the parameter. The selectors filter by the other
// parameters. ValueSelectors returns the errors of Matchers, but required parameters may be
// missing.
func (m *Metric) ValueSelectors(param string, others Params) ([]string, error) {
	if err := m.CheckParam(param); err != nil {
		return nil, err
	}
	selectors, err := m.template.Selectors()
	if err != nil {
		return nil, err
	}
	var texts []string
	for _, s := range selectors {
		if !s.Takes(param) {
			continue
		}
		filters := Params{}
		for name, value := range others {
			if name != param && s.Takes(name) {
				filters[name] = value
			}
		}
		matchers, err := m.OptionalMatchers(filters)
		if err != nil {
			return nil, err
		}
		if text := SelectorText(s.Name(), matchers); !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	return texts, nil
}

// LabelMatchers returns the matchers for filters on a Prometheus metric's labels, in
// alphabetical order.
func LabelMatchers(filters Params) ([]*labels.Matcher, error) {
	return filters.matchers(slices.Sorted(maps.Keys(filters)))
}

// SelectorText returns a series selector as PromQL, or "" if there is neither a name nor a
// matcher.
func SelectorText(name string, matchers []*labels.Matcher) string {
	if name != "" {
		matchers = append([]*labels.Matcher{labels.MustNewMatcher(labels.MatchEqual, model.MetricNameLabel, name)}, matchers...)
	}
	if len(matchers) == 0 {
		return ""
	}
	return "{" + promql.MatchersText(matchers) + "}"
}
