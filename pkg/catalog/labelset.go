package catalog

import (
	"slices"
	"strings"
)

// LabelSet is the set of labels that series can have.
type LabelSet struct {
	any   bool // the labels can't be determined, so series can have every label
	names []string
}

// Has reports whether series can have a label.
func (s LabelSet) Has(name string) bool { return s.any || slices.Contains(s.names, name) }

// IsEmpty reports whether series can't have labels, so that there is at most one series.
func (s LabelSet) IsEmpty() bool { return !s.any && len(s.names) == 0 }

// Names returns the known labels.
func (s LabelSet) Names() []string { return s.names }

// With returns a copy of the set to which the given labels are added.
func (s LabelSet) With(names ...string) LabelSet {
	return LabelSet{s.any, slices.Concat(s.names, names)}
}

// Without returns a copy of the set from which the given labels are removed.
func (s LabelSet) Without(names ...string) LabelSet {
	return LabelSet{s.any, slices.DeleteFunc(slices.Clone(s.names), func(name string) bool { return slices.Contains(names, name) })}
}

// intersect returns the set of those names that are in s.
func (s LabelSet) intersect(names []string) LabelSet {
	return LabelSet{names: slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !s.Has(name) })}
}

// covers reports whether the set contains all labels of another set. It also returns true if
// the labels of one of the sets can't be determined.
func (s LabelSet) covers(other LabelSet) bool {
	return s.any || other.any || !slices.ContainsFunc(other.names, func(name string) bool { return !s.Has(name) })
}

// String returns the labels as the object of a sentence, such as "the label job".
func (s LabelSet) String() string {
	if len(s.names) == 0 {
		return "no labels"
	}
	names := slices.Compact(slices.Sorted(slices.Values(s.names)))
	if len(names) == 1 {
		return "the label " + names[0]
	}
	return "the labels " + strings.Join(names, ", ")
}
