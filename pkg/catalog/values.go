package catalog

import (
	"slices"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promql"
)

// ValueSelectors returns the series selectors whose label values are the values
// that a parameter can take while the others are as given. Errors are those of
// Matchers, but a required parameter may still be open.
func (m *Metric) ValueSelectors(param string, others Params) ([]string, error) {
	if !slices.Contains(m.Params(), param) {
		return nil, m.noParam(param)
	}
	selectors, err := m.template.marked()
	if err != nil {
		return nil, err
	}
	var texts []string
	for _, s := range selectors {
		if !s.takes(param) {
			continue
		}
		filters := Params{}
		for name, value := range others {
			if name != param && s.takes(name) {
				filters[name] = value
			}
		}
		matchers, err := m.filters(filters)
		if err != nil {
			return nil, err
		}
		if text := SelectorText(s.name(), matchers); !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	return texts, nil
}

// LabelMatchers turns filters on a Prometheus metric's labels into matchers, in
// alphabetical order.
func LabelMatchers(filters Params) ([]*labels.Matcher, error) {
	return filters.matchers(sortedKeys(filters))
}

// SelectorText prints a series selector; "" selects nothing in particular, where
// there is neither a name nor a matcher.
func SelectorText(name string, matchers []*labels.Matcher) string {
	if name != "" {
		matchers = append([]*labels.Matcher{labels.MustNewMatcher(labels.MatchEqual, model.MetricNameLabel, name)}, matchers...)
	}
	if len(matchers) == 0 {
		return ""
	}
	texts := make([]string, len(matchers))
	for i, matcher := range matchers {
		texts[i] = promql.MatcherText(matcher)
	}
	return "{" + strings.Join(texts, ",") + "}"
}
