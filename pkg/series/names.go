package series

import (
	"maps"
	"slices"
	"strings"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// maxNameBytes bounds the length of a name, without the id that may follow it.
const maxNameBytes = 200

// Names contains names for the values of labels, which are ids. People read the names.
type Names []LabelNames

// LabelNames contains the names of the values of one label. Different ids have different names.
type LabelNames struct {
	Label string            // the label with the ids
	Value string            // the label with the names in the info metric; series with this label show their ids
	ByID  map[string]string // an id without a name is not in the map
}

// NewLabelNames returns the names of a label from the series of an info metric. If an id has
// several names, all are shown. If several ids have the same name, or if a name is the id of
// another series, the name is followed by the id. If it is still ambiguous, the id has no name.
// Long names are cut.
func NewLabelNames(label, value string, info []Labels) LabelNames {
	names := map[string][]string{}
	for _, labels := range info {
		id, name := labels.Get(label), labels.Get(value)
		if id != "" && name != "" && !slices.Contains(names[id], name) {
			names[id] = append(names[id], name)
		}
	}
	byID := make(map[string]string, len(names))
	for id, all := range names {
		slices.Sort(all)
		byID[id] = fault.ClipBytes(strings.Join(all, " / "), maxNameBytes)
	}
	ids := countIDs(byID)
	for id, name := range byID {
		if _, isID := names[name]; ids[name] > 1 || isID && name != id {
			byID[id] = name + " (" + id + ")"
		}
	}
	ids = countIDs(byID)
	maps.DeleteFunc(byID, func(_, name string) bool { return ids[name] > 1 })
	return LabelNames{Label: label, Value: value, ByID: byID}
}

// countIDs returns the number of ids that have each name.
func countIDs(byID map[string]string) map[string]int {
	ids := make(map[string]int, len(byID))
	for _, name := range byID {
		ids[name]++
	}
	return ids
}

// Of returns the name of an id, or the id if it has no name.
func (n LabelNames) Of(id string) string {
	if name, found := n.ByID[id]; found {
		return name
	}
	return id
}

// Labels returns labels with the names in place of the ids.
func (all Names) Labels(l Labels) Labels {
	replaced := l
	for _, n := range all {
		if len(n.ByID) == 0 || l.Get(n.Value) != "" {
			continue
		}
		for i, label := range l {
			name, found := n.ByID[label.Value]
			if label.Name != n.Label || !found {
				continue
			}
			if &replaced[0] == &l[0] {
				replaced = slices.Clone(l)
			}
			replaced[i].Value = name
		}
	}
	return replaced
}

// Series returns series whose labels have the names in place of the ids.
func (all Names) Series(list []Series) []Series {
	if len(all) == 0 {
		return list
	}
	named := slices.Clone(list)
	for i := range named {
		named[i].Labels = all.Labels(named[i].Labels)
	}
	return named
}

// Find returns the names of a label. It returns false if there are none.
func (all Names) Find(label string) (LabelNames, bool) {
	for _, n := range all {
		if n.Label == label && len(n.ByID) > 0 {
			return n, true
		}
	}
	return LabelNames{}, false
}
