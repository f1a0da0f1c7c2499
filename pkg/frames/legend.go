package frames

import (
	"regexp"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// auto asks for the shortest names that tell the series apart.
const auto = "__auto"

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
		var own series.Labels
		for i, s := range all {
			own = appendOwn(own[:0], s.Labels, common)
			names[i] = short(own, s.Labels, common, o.Name)
		}
	default:
		template := parseTemplate(o.Legend)
		var text []byte
		for i, s := range all {
			text = template.append(text[:0], s.Labels)
			names[i] = string(text)
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

// short names a series by what it doesn't have in common with all others: the
// value alone where that is one label, the labels where they are more.
func short(own, labels, common series.Labels, unlabelled string) string {
	switch len(own) {
	case 0:
		if name := labels.Get(series.MetricName); name != "" && common.Get(series.MetricName) == "" {
			return name
		}
		return unlabelled
	case 1:
		return own[0].Value
	default:
		return own.String()
	}
}

// appendOwn appends the labels that aren't common, without the metric's name.
// Both are sorted.
func appendOwn(own, labels, common series.Labels) series.Labels {
	for _, label := range labels {
		for len(common) > 0 && common[0].Name < label.Name {
			common = common[1:]
		}
		if (len(common) == 0 || common[0] != label) && label.Name != series.MetricName {
			own = append(own, label)
		}
	}
	return own
}

// commonLabels are those that every one of several series carries with the same
// value. One series alone has nothing in common with others: its labels say
// what it is.
func commonLabels(all []series.Series) series.Labels {
	if len(all) < 2 {
		return nil
	}
	common := append(series.Labels{}, all[0].Labels...)
	for _, s := range all[1:] {
		if len(common) == 0 {
			return nil
		}
		kept, labels := common[:0], s.Labels
		for _, label := range common {
			for len(labels) > 0 && labels[0].Name < label.Name {
				labels = labels[1:]
			}
			if len(labels) > 0 && labels[0] == label {
				kept = append(kept, label)
			}
		}
		common = kept
	}
	return common
}

// template is a legend's text, cut at its {{label}}s.
type template []struct{ text, label string }

var legendLabel = regexp.MustCompile(`\{\{\s*(.+?)\s*\}\}`)

func parseTemplate(legend string) template {
	var t template
	at := 0
	for _, m := range legendLabel.FindAllStringSubmatchIndex(legend, -1) {
		t = append(t, struct{ text, label string }{legend[at:m[0]], legend[m[2]:m[3]]})
		at = m[1]
	}
	return append(t, struct{ text, label string }{text: legend[at:]})
}

// append appends the legend of one series. A label's value is text, whatever it
// looks like.
func (t template) append(to []byte, labels series.Labels) []byte {
	for _, part := range t {
		to = append(to, part.text...)
		if part.label != "" {
			to = append(to, labels.Get(part.label)...)
		}
	}
	return to
}
