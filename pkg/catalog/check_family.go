package catalog

import (
	"slices"
	"strings"

	"github.com/prometheus/common/model"
)

// Prometheus adds these labels to every series of a target.
var targetLabels = []string{"job", "instance"}

// family holds a declared family against what Prometheus does with it.
func (c *checker) family(f *Family, report reporter) {
	if !model.UTF8Validation.IsValidMetricName(f.Name) {
		report("name", "%q can't be a metric's name.", clip(f.Name))
	}
	if first := c.catalog.family(c.pack, f.Name); first != f {
		report("name", "This pack declares %s already.", clip(f.Name))
	} else if other := c.catalog.families[f.Name]; other != nil && other != f && other.Type != f.Type {
		report("type", "Pack %s declares %s as a %s.", other.pack.Name, clip(f.Name), other.Type)
	}
	if f.Unit != "" && !isUnit(f.Unit) {
		report("unit", "%s", unknownUnit(f.Unit))
	}
	for _, label := range f.Labels {
		switch {
		case label == model.MetricNameLabel:
			report("labels", "__name__ is the family's own name, and no label of its.")
		case strings.HasPrefix(label, "__"):
			report("labels", "%s can't be a label: Prometheus drops names that begin with __.", clip(label))
		case slices.Contains(targetLabels, label) && !f.Synthetic:
			report("labels", "Prometheus adds %s itself: leave it out. A family that Prometheus makes, such as up, is synthetic: true.", label)
		case label == model.BucketLabel && f.Type == "histogram":
			report("labels", "A histogram's buckets have le anyway: leave it out.")
		case label == model.QuantileLabel && f.Type == "summary":
			report("labels", "A summary's quantiles have quantile anyway: leave it out.")
		}
	}
	if len(f.Buckets) > 0 && f.Type != "histogram" {
		report("buckets", "Only a histogram has buckets.")
	} else if !slices.IsSorted(f.Buckets) {
		report("buckets", "The bounds must ascend.")
	}
}

// familyOf finds the family that a selector of a pack reads, the pack's own before
// another's; a histogram or a summary is read by the names of its parts.
func (c *Catalog) familyOf(pack *Pack, name string) *Family {
	if family := c.family(pack, name); family != nil {
		return family
	}
	for _, part := range []string{"_bucket", "_sum", "_count"} {
		base, cut := strings.CutSuffix(name, part)
		if !cut {
			continue
		}
		family := c.family(pack, base)
		if family != nil && (family.Type == "histogram" || (family.Type == "summary" && part != "_bucket")) {
			return family
		}
	}
	return nil
}

func (c *Catalog) family(pack *Pack, name string) *Family {
	for i := range pack.Families {
		if pack.Families[i].Name == name {
			return &pack.Families[i]
		}
	}
	return c.families[name]
}

// labelsOf are the labels that a series of the family and of this name can have:
// of a histogram only the buckets have bounds.
func (f *Family) labelsOf(name string) []string {
	all := f.labels()
	if f.Type == "histogram" && !strings.HasSuffix(name, "_bucket") || f.Type == "summary" && name != f.Name {
		all = all[:len(all)-1]
	}
	return all
}

// labels are all labels that a series of the family can have.
func (f *Family) labels() []string {
	all := slices.Concat(f.Labels, targetLabels)
	switch f.Type {
	case "histogram":
		all = append(all, model.BucketLabel)
	case "summary":
		all = append(all, model.QuantileLabel)
	}
	return all
}

func (f *Family) has(label string) bool { return slices.Contains(f.labels(), label) }

// hasExemplars reports whether a client can add exemplars to the family.
func (f *Family) hasExemplars() bool { return f.Type == "counter" || f.Type == "histogram" }

// counts reports whether what a selector of this name reads of the family only
// goes up: a counter, or a part of a histogram or a summary. A native histogram
// is read by the family's own name.
func (f *Family) counts(name string) bool {
	switch f.Type {
	case "counter", "histogram":
		return true
	case "summary":
		return name != f.Name
	default:
		return false
	}
}
