package catalog

import (
	"fmt"
	"slices"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// LabelName declares names for the values of a label, which are ids. People read the names.
// Queries filter, group and link by the ids.
type LabelName struct {
	Label  string `yaml:"label" json:"label"`   // the label with the ids
	Family string `yaml:"family" json:"family"` // an info metric: a gauge that is always 1
	Value  string `yaml:"value" json:"value"`   // the label of the family with the names
}

// LabelNames returns the names that the metric's pack declares. For a metric of a user pack,
// the names that the packs of its families declare follow.
func (m *Metric) LabelNames() []LabelName {
	all := slices.Clone(m.pack.LabelNames)
	if !m.pack.IsUser() {
		return all
	}
	for _, family := range m.Families() {
		for _, name := range family.pack.LabelNames {
			if family.HasLabel(name.Label) && !hasName(all, name.Label) {
				all = append(all, name)
			}
		}
	}
	return all
}

func hasName(all []LabelName, label string) bool {
	return slices.ContainsFunc(all, func(n LabelName) bool { return n.Label == label })
}

// LabelNames returns the names of a label in the series of a Prometheus metric, or, if metric
// is "", the first names that a pack declares for the label. It returns nil if there are none.
func (c *Catalog) LabelNames(metric, label string) []LabelName {
	packs := slices.Concat(c.packs, c.disabled)
	if metric != "" {
		family := c.families[metric]
		if family == nil {
			family = c.familyOfPart(&Pack{}, metric)
		}
		if family == nil || !family.HasLabel(label) {
			return nil
		}
		packs = []*Pack{family.pack}
	}
	for _, pack := range packs {
		for _, name := range pack.LabelNames {
			if name.Label == label {
				return []LabelName{name}
			}
		}
	}
	return nil
}

// RenderNamed renders the metric as Render does, and adds the names of the labels of its
// grouping to the result as labels. An id without a name has no such label. The name is the
// latest one of the last hour, so that a short gap in the info metric doesn't change the labels
// of an alert.
func (m *Metric) RenderNamed(params Params, groupBy []string) (string, error) {
	text, err := m.Render(params, groupBy)
	if err != nil {
		return "", err
	}
	group, err := m.Grouping(groupBy)
	if err != nil {
		return "", err
	}
	for _, name := range m.AddedNames(group) {
		text = fmt.Sprintf("(\n%[1]s\n)\n+ on (%[2]s) group_left (%[3]s)\n"+
			"0 * topk by (%[2]s) (1, max by (%[2]s, %[3]s) (max_over_time(timestamp(%[4]s)[1h:1m])))\n"+
			"or ignoring (%[3]s)\n(\n%[1]s\n)", text, name.Label, name.Value, name.Family)
	}
	return text, nil
}

// AddedNames returns the names that RenderNamed adds to a result with the given grouping.
func (m *Metric) AddedNames(group []string) []LabelName {
	return slices.DeleteFunc(m.LabelNames(), func(n LabelName) bool {
		return !slices.Contains(group, n.Label) || slices.Contains(group, n.Value)
	})
}

// labelNames checks the names of labels.
func (c *checker) labelNames() {
	for i, name := range c.pack.LabelNames {
		report := c.reportFunc("label_names", i)
		family := c.catalog.family(c.pack, name.Family)
		switch {
		case hasName(c.pack.LabelNames[:i], name.Label):
			report("label", "The label %s has names already.", fault.ClipName(name.Label))
		case name.Label == name.Value:
			report("value", "The names must be in another label than the ids.")
		case family == nil:
			report("family", "No pack declares the family %s.", fault.ClipName(name.Family))
		case family.Type != "gauge":
			report("family", "%s is a %s. An info metric is a gauge.", fault.ClipName(name.Family), family.Type)
		case !family.HasLabel(name.Label):
			report("label", "%s has no label %s.", fault.ClipName(name.Family), fault.ClipName(name.Label))
		case !family.HasLabel(name.Value):
			report("value", "%s has no label %s.", fault.ClipName(name.Family), fault.ClipName(name.Value))
		}
	}
}
