package rest

import (
	"maps"
	"slices"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/suggest"
)

// checkParams returns an error if params contains a name that isn't a parameter of the metric.
func checkParams(metric *catalog.Metric, params catalog.Params) error {
	for _, name := range slices.Sorted(maps.Keys(params)) {
		if err := metric.CheckParam(name); err != nil {
			return unknownParameter(metric, name, err)
		}
	}
	return nil
}

// unknownParameter adds the allowed parameters and similar names to the error of an unknown
// parameter.
func unknownParameter(metric *catalog.Metric, name string, err error) error {
	allowed := orEmpty(metric.Params())
	return &detailed{err, details{
		"parameter": fault.ClipName(name), "allowedParameters": allowed, "nearest": orEmpty(suggest.Nearest(name, allowed)),
	}}
}

// withDetails adds details to a fault.BadQuery: the missing required parameters, or else the
// labels by which the metric can be grouped, if group_by contains another label.
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
			return &detailed{err, details{"parameter": "group_by", "value": fault.ClipName(name), "allowedValues": allowed}}
		}
	}
	return err
}

// missing returns the required parameters that don't filter, because they have no value or
// a value that selects all series.
func (l lookup) missing() []string {
	missing := []string{}
	for _, name := range l.metric.RequiredParams {
		if matcher, err := l.params[name].Matcher(name); err == nil && matcher == nil {
			missing = append(missing, name)
		}
	}
	return missing
}

// groupings returns the labels by which a metric can be grouped.
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
