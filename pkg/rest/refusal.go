package rest

import (
	"maps"
	"slices"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/suggest"
)

// onlyKnown refuses parameters that the metric doesn't have.
func onlyKnown(metric *catalog.Metric, params catalog.Params) error {
	for _, name := range slices.Sorted(maps.Keys(params)) {
		if !slices.Contains(metric.Params(), name) {
			_, err := metric.Matchers(catalog.Params{name: {}}) // the catalog words it
			return unknownParameter(metric, name, err)
		}
	}
	return nil
}

// unknownParameter adds to an error what there is instead of a parameter.
func unknownParameter(metric *catalog.Metric, name string, err error) error {
	allowed := orEmpty(metric.Params())
	return &detailed{err, details{
		"parameter": clip(name), "allowedParameters": allowed, "nearest": orEmpty(suggest.Nearest(name, allowed)),
	}}
}

// withDetails adds to an error of the catalog what a program can act on: which
// required parameters are missing, or what a metric can be grouped by.
func (l lookup) withDetails(err error) error {
	if fault.As(err).Kind != fault.BadQuery {
		return err
	}
	if missing := l.missing(); len(missing) > 0 {
		return &detailed{err, details{"missingParameters": missing}}
	}
	allowed := groupings(l.metric)
	for _, name := range l.group {
		if !slices.Contains(allowed, name) {
			return &detailed{err, details{"parameter": "group_by", "value": clip(name), "allowedValues": allowed}}
		}
	}
	return err
}

// missing are the required parameters that don't filter: not given, or given a
// value that stands for all.
func (l lookup) missing() []string {
	missing := []string{}
	for _, name := range l.metric.RequiredParams {
		if matcher, err := l.params[name].Matcher(name); err == nil && matcher == nil {
			missing = append(missing, name)
		}
	}
	return missing
}

// groupings are the labels that a metric can be grouped by.
func groupings(m *catalog.Metric) []string {
	if !m.Groupable() {
		return []string{}
	}
	all := orEmpty(m.GroupBy)
	for _, name := range m.Params() {
		if !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return all
}
