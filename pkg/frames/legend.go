package frames

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"io"
	"strings"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// auto stands for the shortest names that distinguish the series.
const auto = "__auto"

// legends names every series of an answer, in time linear in their labels.
func legends(all []series.Series, o Options) []string {
	names := make([]string, len(all))
	switch o.Legend {
	case "":
		for i, s := range all {
			names[i] = full(s.Labels, o.Name)
		}
	case auto:
		nameByDifference(names, all, o.Name)
	default:
		template := parseTemplate(o.Legend)
		var text []byte
		for i, s := range all {
			text = template.append(text[:0], s.Labels, "")
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

// clipName cuts a name of labels to maxFilled bytes. A frame holds each name several
// times. What follows the cut keeps names distinct.
func clipName(name string) string {
	hash := fnv.New64a()
	_, _ = io.WriteString(hash, name)
	return fmt.Sprintf("%s… (%016x)", strings.ToValidUTF8(name[:maxFilled], ""), hash.Sum64())
}

func full(labels series.Labels, unlabelled string) string {
	if len(labels) == 0 {
		return unlabelled
	}
	return labels.String()
}

// nameByDifference names the series by the labels that they don't have in common, the
// metric's name among them: by the value alone of a single label, by several as
// PromQL. Different series get different names.
func nameByDifference(names []string, all []series.Series, unlabelled string) {
	common := commonLabels(all)
	if len(all) == 1 && len(all[0].Labels) > 1 {
		if name := all[0].Labels.Get(series.MetricName); name != "" {
			common = series.Labels{{Name: series.MetricName, Value: name}} // the other labels say more
		}
	}
	if nameShort(names, all, common, unlabelled) {
		return
	}
	var own series.Labels
	for i, s := range all {
		own = appendOwn(own[:0], s.Labels, common)
		names[i] = own.String()
	}
}

// nameShort calls the series without labels of its own unlabelled. It reports whether
// the names are distinct: a value alone may belong to different labels, or be what the
// series without labels is called.
func nameShort(names []string, all []series.Series, common series.Labels, unlabelled string) bool {
	var own series.Labels
	only := "" // the label whose value stands alone
	isUsed, isTaken := false, false
	for i, s := range all {
		own = appendOwn(own[:0], s.Labels, common)
		switch {
		case len(own) == 0:
			names[i], isUsed = unlabelled, true
			continue
		case len(own) > 1 || strings.HasSuffix(own[0].Value, `"}`): // as labels in PromQL end
			names[i] = own.String()
		case only != "" && only != own[0].Name:
			return false
		default:
			names[i], only = own[0].Value, own[0].Name
		}
		isTaken = isTaken || names[i] == unlabelled
	}
	return !isUsed || !isTaken
}

// appendOwn appends the labels that aren't common. Both are sorted.
func appendOwn(own, labels, common series.Labels) series.Labels {
	for _, label := range labels {
		for len(common) > 0 && common[0].Name < label.Name {
			common = common[1:]
		}
		if len(common) == 0 || common[0] != label {
			own = append(own, label)
		}
	}
	return own
}

// commonLabels returns the labels that all of several series carry with the same value.
// A single series has no labels in common with others.
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

func parseTemplate(legend string) template {
	var t template
	at := 0
	for _, m := range series.LegendLabel.FindAllStringSubmatchIndex(legend, -1) {
		t = append(t, struct{ text, label string }{legend[at:m[0]], legend[m[2]:m[3]]})
		at = m[1]
	}
	return append(t, struct{ text, label string }{text: legend[at:]})
}

// append appends the text of one series, of at most maxFilled bytes. A label's value
// is text, whatever it looks like. value is what {{value}} and {{__value__}} stand for
// where the series has no such label.
func (t template) append(to []byte, labels series.Labels, value string) []byte {
	start := len(to)
	for _, part := range t {
		to = append(to, part.text...)
		switch label := labels.Get(part.label); {
		case part.label == "": // the text after the last placeholder
		case label != "":
			to = append(to, label...)
		case part.label == "value" || part.label == "__value__":
			to = append(to, value...)
		}
		if len(to)-start > maxFilled {
			return append(bytes.ToValidUTF8(to[:start+maxFilled], nil), "…"...)
		}
	}
	return to
}

// cutFilled cuts a text as append does.
func cutFilled(text string) string {
	if len(text) <= maxFilled {
		return text
	}
	return strings.ToValidUTF8(text[:maxFilled], "") + "…"
}

// fill is append for one text alone.
func (t template) fill(labels series.Labels, value string) string {
	return string(t.append(nil, labels, value))
}
