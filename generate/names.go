package main

import (
	"regexp"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/query"
)

// displayNames returns the field displayNames of the query of an alert. The description of an
// alert is computed from the labels of its result, so the result must contain the names.
func displayNames(metric *catalog.Metric, alert catalog.Alert) (string, error) {
	group, err := metric.Grouping(alert.GroupBy)
	if err != nil || len(metric.AddedNames(group)) == 0 {
		return "", err
	}
	return string(query.NameLabel), nil
}

// withNames returns the description of an alert in which the name of an id precedes the id.
func withNames(metric *catalog.Metric, alert catalog.Alert) (string, error) {
	group, err := metric.Grouping(alert.GroupBy)
	if err != nil {
		return "", err
	}
	text := alert.Description
	for _, name := range metric.AddedNames(group) {
		action := regexp.MustCompile(`\{\{\s*\$labels\.` + name.Label + `\s*\}\}`)
		id, value := "{{ $labels."+name.Label+" }}", "$labels."+name.Value
		text = action.ReplaceAllLiteralString(text, "{{ if "+value+" }}{{ "+value+" }} ("+id+"){{ else }}"+id+"{{ end }}")
	}
	return text, nil
}
