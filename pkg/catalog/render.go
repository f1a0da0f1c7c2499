package catalog

import (
	"errors"
	"slices"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog/template"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// Render returns the metric's PromQL with params filled into its selectors and
// groupBy into its groupings; nil groupBy means the metric's default. Macros remain
// as written. The query differs from the definition in these matchers and groupings
// only, whatever the values contain: template.Render proves it. Errors are those of
// Matchers and Grouping.
func (m *Metric) Render(params Params, groupBy []string) (string, error) {
	matchers, err := m.Matchers(params)
	if err != nil {
		return "", err
	}
	group, err := m.Grouping(groupBy)
	if err != nil {
		return "", err
	}
	text, err := m.template.Render(matchers, group)
	if errors.Is(err, template.ErrChanged) {
		return "", fault.New(fault.Internal, "The values given to %s would change its query, so it was not sent.", m.Name).Because(err)
	}
	return text, err
}

// Preview renders the metric with its default grouping and an example value for each
// required parameter.
func (m *Metric) Preview() (string, error) {
	params := Params{}
	for _, name := range m.RequiredParams {
		params[name] = Param{Values: []string{"<" + name + ">"}}
	}
	return m.Render(params, nil)
}

// Grouping returns the labels to group by: groupBy without duplicates, or the
// metric's default if groupBy is nil. A label that isn't a parameter, and any label
// for a metric with a fixed grouping, is a fault.BadQuery.
func (m *Metric) Grouping(groupBy []string) ([]string, error) {
	if groupBy == nil {
		return m.GroupBy, nil
	}
	if !m.Groupable() && len(groupBy) > 0 {
		return nil, fault.New(fault.BadQuery, "%s has a fixed grouping. Remove groupBy from the query.", m.Name)
	}
	group := make([]string, 0, len(groupBy))
	for _, name := range groupBy {
		if !slices.Contains(m.GroupBy, name) {
			if err := m.CheckParam(name); err != nil {
				return nil, err
			}
		}
		if !slices.Contains(group, name) {
			group = append(group, name)
		}
	}
	return group, nil
}

// LegendFor returns the legend for a grouping: the metric's for its default grouping,
// __auto for any other.
func (m *Metric) LegendFor(groupBy []string) string {
	if groupBy == nil || slices.Equal(groupBy, m.GroupBy) {
		return m.Legend
	}
	return "__auto"
}
