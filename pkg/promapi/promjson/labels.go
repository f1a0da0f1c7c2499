package promjson

import (
	"slices"
	"strings"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// names keeps one copy of every text that labels repeat, up to a bound: label
// names always do, values of many labels do.
type names struct {
	known map[string]string
}

// like is of, for a text that is likely to be the one given.
func (n *names) like(text []byte, given string) string {
	if string(text) == given {
		return given
	}
	return n.of(text)
}

func (n *names) of(text []byte) string {
	if len(text) == 0 {
		return ""
	}
	if known, ok := n.known[string(text)]; ok {
		return known
	}
	name := string(text)
	if len(name) <= maxKnownBytes && len(n.known) < maxKnown {
		if n.known == nil {
			n.known = map[string]string{}
		}
		n.known[name] = name
	}
	return name
}

// labels reads a metric's labels. Where a name is written twice the last one
// counts, as in encoding/json.
func (d *decoder) labels() series.Labels {
	// Series that follow each other have most labels in common. Each is looked at
	// before the new one takes its place.
	before := d.scratch
	d.scratch = d.scratch[:0]
	d.object(func(key []byte) {
		var likely series.Label
		if n := len(d.scratch); n < len(before) {
			likely = before[n]
		}
		name := d.names.like(key, likely.Name)
		if d.peek() != '"' {
			d.fail("a label that is no text")
			return
		}
		label := series.Label{Name: name, Value: d.names.like(d.string(), likely.Value)}
		if !d.overLabels(label) {
			d.scratch = append(d.scratch, label)
		}
	})
	byName := func(a, b series.Label) int { return strings.Compare(a.Name, b.Name) }
	if !slices.IsSortedFunc(d.scratch, byName) {
		slices.SortStableFunc(d.scratch, byName)
	}
	kept := d.scratch[:0]
	for i, label := range d.scratch {
		if i > 0 && len(kept) > 0 && kept[len(kept)-1].Name == label.Name {
			kept[len(kept)-1] = label
			continue
		}
		kept = append(kept, label)
	}
	return d.labelSlab.clone(kept)
}

// overLabels counts a label, and ends the answer where it has too many.
func (d *decoder) overLabels(label series.Label) bool {
	d.labelCount++
	d.labelBytes += len(label.Name) + len(label.Value)
	switch {
	case d.labelCount > maxLabels:
		d.err = &LimitError{LabelLimit, maxLabels}
	case len(d.scratch) == maxSetLabels:
		d.err = &LimitError{LabelSetLimit, maxSetLabels}
	case d.labelBytes > maxLabelMiB*mib:
		d.err = &LimitError{LabelTextLimit, maxLabelMiB}
	}
	return d.err != nil
}
