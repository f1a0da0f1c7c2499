package frames

import (
	"regexp"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// auto asks for the shortest names that tell the series apart.
const auto = "__auto"

var legendLabel = regexp.MustCompile(`\{\{\s*(.+?)\s*\}\}`)

// legends names every series of an answer, in one pass over their labels.
func legends(all []series.Series, o Options) []string {
	names := make([]string, len(all))
	switch o.Legend {
	case "":
		for i, s := range all {
			names[i] = full(s.Labels, o.Name)
		}
	case auto:
		common := commonLabels(all)
		for i, s := range all {
			names[i] = short(s.Labels, common, o.Name)
		}
	default:
		for i, s := range all {
			names[i] = legendLabel.ReplaceAllStringFunc(o.Legend, func(text string) string {
				return s.Labels.Get(legendLabel.FindStringSubmatch(text)[1])
			})
		}
	}
	return names
}

func full(labels series.Labels, unlabelled string) string {
	if len(labels) == 0 {
		return unlabelled
	}
	return labels.String()
}

// short leaves out what all series have in common: the value alone where one
// label is left, the labels where there are more.
func short(labels series.Labels, common map[series.Label]bool, unlabelled string) string {
	var own series.Labels
	for _, label := range labels {
		if !common[label] && label.Name != series.MetricName {
			own = append(own, label)
		}
	}
	switch len(own) {
	case 0:
		if name := labels.Get(series.MetricName); name != "" && !common[series.Label{Name: series.MetricName, Value: name}] {
			return name
		}
		return unlabelled
	case 1:
		return own[0].Value
	default:
		return own.String()
	}
}

// commonLabels are those that every one of several series carries with the same
// value. One series alone has nothing in common with others: its labels say
// what it is.
func commonLabels(all []series.Series) map[series.Label]bool {
	if len(all) < 2 {
		return nil
	}
	count := map[series.Label]int{}
	for _, s := range all {
		for _, label := range s.Labels {
			count[label]++
		}
	}
	common := map[series.Label]bool{}
	for label, n := range count {
		if n == len(all) {
			common[label] = true
		}
	}
	return common
}
