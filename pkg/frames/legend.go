package frames

import (
	"fmt"
	"hash/fnv"
	"io"
	"strings"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// auto is the legend that gives series short names that distinguish them.
const auto = "__auto"

// legends returns the names of the series of a result. It takes time that is linear in the
// number of labels. It returns early, with incomplete names, if Options.Err returns an error.
func legends(all []series.Series, o Options) []string {
	names := make([]string, len(all))
	if o.Legend != "" {
		all = o.Names.Series(all) // without a legend, the name is a selector
	}
	switch o.Legend {
	case "":
		for i, s := range all {
			if o.err() != nil {
				return names
			}
			names[i] = fullName(s.Labels, o.Name)
		}
	case auto:
		nameByDifference(names, all, o)
	default:
		template := series.ParseTemplate(o.Legend)
		var text []byte
		for i, s := range all {
			if o.err() != nil {
				return names
			}
			text = template.Append(text[:0], s.Labels, "", maxFilled)
			names[i] = string(text)
		}
		return names
	}
	for i, name := range names {
		if len(name) > maxFilled {
			names[i] = clipName(name)
		}
	}
	return names
}

// clipName truncates a name to maxFilled bytes, because a frame contains each name several
// times. It appends a hash, so that names remain distinct.
func clipName(name string) string {
	hash := fnv.New64a()
	_, _ = io.WriteString(hash, name)
	return fmt.Sprintf("%s (%016x)", fault.ClipBytes(name, maxFilled), hash.Sum64())
}

func fullName(labels series.Labels, unlabeled string) string {
	if len(labels) == 0 {
		return unlabeled
	}
	return labels.String()
}

// nameByDifference sets the name of each series to its labels that differ from those of other
// series. All labels of a single series count as different, except the metric name if there
// are others. It formats these labels, which can include the metric name, as PromQL, so that
// the names are distinct. If nameByValues finds shorter distinct names, those are used
// instead.
func nameByDifference(names []string, all []series.Series, o Options) {
	common := commonLabels(all)
	if len(all) == 1 && len(all[0].Labels) > 1 {
		if name := all[0].Labels.Get(series.MetricName); name != "" {
			common = series.Labels{{Name: series.MetricName, Value: name}} // the other labels are more informative
		}
	}
	if nameByValues(names, all, common, o) {
		return
	}
	var differing series.Labels
	for i, s := range all {
		if o.err() != nil {
			return
		}
		differing = appendDiffering(differing[:0], s.Labels, common)
		names[i] = differing.String()
	}
}

// nameByValues sets short names. The differing labels of a series are its labels without the
// common ones. A series with one differing label is named after the value of this label, and
// a series without differing labels after Options.Name. For several labels, and for a value
// that looks like PromQL, the name is the differing labels as PromQL. nameByValues returns
// false if two names are values of different labels, or if a series without differing labels
// has the same name as another series. It returns true early if Options.Err returns an error.
func nameByValues(names []string, all []series.Series, common series.Labels, o Options) bool {
	var differing series.Labels
	label := "" // the name of the label whose values become names of series
	hasUnlabeled, isAmbiguous := false, false
	for i, s := range all {
		if o.err() != nil {
			return true
		}
		differing = appendDiffering(differing[:0], s.Labels, common)
		switch {
		case len(differing) == 0:
			names[i], hasUnlabeled = o.Name, true
			continue
		case len(differing) > 1 || strings.HasSuffix(differing[0].Value, `"}`): // the value looks like PromQL
			names[i] = differing.String()
		case label != "" && label != differing[0].Name:
			return false
		default:
			names[i], label = differing[0].Value, differing[0].Name
		}
		isAmbiguous = isAmbiguous || names[i] == o.Name
	}
	return !hasUnlabeled || !isAmbiguous
}

// appendDiffering appends those labels that the list common doesn't contain. Both are sorted.
func appendDiffering(to, labels, common series.Labels) series.Labels {
	for _, label := range labels {
		for len(common) > 0 && common[0].Name < label.Name {
			common = common[1:]
		}
		if len(common) == 0 || common[0] != label {
			to = append(to, label)
		}
	}
	return to
}

// commonLabels returns the labels that have the same value in all series. It returns nil for
// fewer than two series.
func commonLabels(all []series.Series) series.Labels {
	if len(all) < 2 {
		return nil
	}
	common := append(series.Labels{}, all[0].Labels...)
	for _, s := range all[1:] {
		if len(common) == 0 {
			return nil
		}
		same, labels := common[:0], s.Labels
		for _, label := range common {
			for len(labels) > 0 && labels[0].Name < label.Name {
				labels = labels[1:]
			}
			if len(labels) > 0 && labels[0] == label {
				same = append(same, label)
			}
		}
		common = same
	}
	return common
}

// fill returns the text of a template for one series, clipped to maxFilled bytes.
func fill(t series.Template, labels series.Labels, value string) string {
	return string(t.Append(nil, labels, value, maxFilled))
}
