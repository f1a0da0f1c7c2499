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

const (
	mostKnown    = 1 << 16
	longestKnown = 256
)

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
	if len(name) <= longestKnown && len(n.known) < mostKnown {
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
		d.scratch = append(d.scratch, series.Label{Name: name, Value: d.names.like(d.string(), likely.Value)})
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
