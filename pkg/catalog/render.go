package catalog

import (
	"errors"
	"slices"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog/template"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// Render returns the metric's PromQL with params filled into its selectors and groupBy into
// its groupings. If groupBy is nil, it uses the metric's default grouping. Macros remain as
// written. Template.Render proves that the query differs from the definition only in these
// matchers and groupings, whatever the values contain. Render returns the errors of Matchers,
// Grouping and Template.Render; template.ErrChanged becomes a fault.Internal.
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

// Grouping returns the labels to group by: groupBy without duplicates, or the metric's
// default if groupBy is nil. It returns a fault.BadQuery for a label that isn't a parameter,
// and for any label if the metric has a fixed grouping.
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

// LegendFor returns the legend for a grouping: the metric's legend for the default grouping,
// and __auto for any other grouping.
func (m *Metric) LegendFor(groupBy []string) string {
	if groupBy == nil || slices.Equal(groupBy, m.GroupBy) {
		return m.Legend
	}
	return "__auto"
}
