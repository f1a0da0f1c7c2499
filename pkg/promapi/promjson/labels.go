package promjson

import (
	"slices"
	"strings"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// stringPool keeps one copy of each string, up to a bound, so that equal strings share memory.
// Names of labels usually repeat, and values often do.
type stringPool struct {
	strings map[string]string
}

// getLikely is like get, but faster if the result equals the parameter likely.
func (p *stringPool) getLikely(text []byte, likely string) string {
	if string(text) == likely {
		return likely
	}
	return p.get(text)
}

// get returns text as a string: the copy in the pool, if there is one.
func (p *stringPool) get(text []byte) string {
	if len(text) == 0 {
		return ""
	}
	if s, ok := p.strings[string(text)]; ok {
		return s
	}
	s := string(text)
	if len(s) <= maxPooledBytes && len(p.strings) < maxPooledStrings {
		if p.strings == nil {
			p.strings = map[string]string{}
		}
		p.strings[s] = s
	}
	return s
}

// labels reads a label set. The last value of a duplicate name wins, as in encoding/json.
func (d *decoder) labels() series.Labels {
	// Consecutive series have most labels in common. The new labels use the memory of the
	// previous ones. Each previous label is read before a new label overwrites it.
	previous := d.lastLabels
	d.lastLabels, d.setBytes = d.lastLabels[:0], 0
	d.object(func(key []byte) {
		var likely series.Label
		if n := len(d.lastLabels); n < len(previous) {
			likely = previous[n]
		}
		name := d.stringPool.getLikely(key, likely.Name)
		if d.peek() != '"' {
			d.fail("the value of a label is not a string")
			return
		}
		label := series.Label{Name: name, Value: d.stringPool.getLikely(d.string(), likely.Value)}
		if !d.exceedsLabels(label) {
			d.lastLabels = append(d.lastLabels, label)
		}
	})
	byName := func(a, b series.Label) int { return strings.Compare(a.Name, b.Name) }
	if !slices.IsSortedFunc(d.lastLabels, byName) {
		slices.SortStableFunc(d.lastLabels, byName)
	}
	unique := d.lastLabels[:0]
	for i, label := range d.lastLabels {
		if i > 0 && len(unique) > 0 && unique[len(unique)-1].Name == label.Name {
			unique[len(unique)-1] = label
			continue
		}
		unique = append(unique, label)
	}
	return d.labelSlab.clone(unique)
}

// exceedsLabels counts a label, and reports whether the answer exceeds a limit on labels.
// It sets the error if so.
func (d *decoder) exceedsLabels(label series.Label) bool {
	d.labelCount++
	d.labelBytes += len(label.Name) + len(label.Value)
	d.setBytes += len(label.Name) + len(label.Value)
	switch {
	case d.labelCount > maxLabels:
		d.err = &LimitError{LabelLimit, maxLabels}
	case len(d.lastLabels) == maxSetLabels:
		d.err = &LimitError{LabelSetLimit, maxSetLabels}
	case d.setBytes > maxSetMiB*mib:
		d.err = &LimitError{SetTextLimit, maxSetMiB}
	case d.labelBytes > maxLabelMiB*mib:
		d.err = &LimitError{LabelTextLimit, maxLabelMiB}
	}
	return d.err != nil
}
