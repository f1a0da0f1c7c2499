package catalog

import (
	"slices"
	"strings"

	"github.com/prometheus/common/model"
)

// Family is one Prometheus metric family. If Synthetic is true, Prometheus itself writes it.
// Otherwise, the platform must export it.
type Family struct {
	Name      string    `yaml:"name" json:"name"`
	Type      string    `yaml:"type" json:"type"` // counter, gauge, histogram or summary
	Unit      string    `yaml:"unit,omitempty" json:"unit,omitempty"`
	Help      string    `yaml:"help" json:"help"`
	Labels    []string  `yaml:"labels" json:"labels"`
	Buckets   []float64 `yaml:"buckets,omitempty" json:"buckets,omitempty"`     // upper bounds without +Inf, in Unit
	Synthetic bool      `yaml:"synthetic,omitempty" json:"synthetic,omitempty"` // written by Prometheus itself, such as up

	pack *Pack
}

// targetLabels are the labels that Prometheus adds to all series of a target.
var targetLabels = []string{"job", "instance"}

// AllLabels returns all labels that series of the family can have.
func (f *Family) AllLabels() []string {
	all := slices.Concat(f.Labels, targetLabels)
	switch f.Type {
	case "histogram":
		all = append(all, model.BucketLabel)
	case "summary":
		all = append(all, model.QuantileLabel)
	}
	return all
}

// seriesLabels returns the labels that series of the family can have. name is the metric name
// of the series. Only the buckets of a histogram have the label le, and only the quantiles of
// a summary have the label quantile.
func (f *Family) seriesLabels(name string) []string {
	all := f.AllLabels()
	if f.Type == "histogram" && !strings.HasSuffix(name, "_bucket") || f.Type == "summary" && name != f.Name {
		all = all[:len(all)-1]
	}
	return all
}

// HasLabel reports whether series of the family can have a label.
func (f *Family) HasLabel(label string) bool { return slices.Contains(f.AllLabels(), label) }

// HasExemplars reports whether a client can add exemplars to the family.
func (f *Family) HasExemplars() bool { return f.Type == "counter" || f.Type == "histogram" }

// isCounter reports whether series of the family are counters. name is the metric name of the
// series. The series with the suffixes _bucket, _sum and _count of a histogram or summary are
// counters, and so is a native histogram, whose metric name is the name of the family.
func (f *Family) isCounter(name string) bool {
	switch f.Type {
	case "counter", "histogram":
		return true
	case "summary":
		return name != f.Name
	default:
		return false
	}
}

// familyOfPart returns the histogram or summary to which a metric name with a suffix such as
// _bucket belongs, or nil if there is none.
func (c *Catalog) familyOfPart(pack *Pack, name string) *Family {
	for _, part := range []string{"_bucket", "_sum", "_count"} {
		base, ok := strings.CutSuffix(name, part)
		if !ok {
			continue
		}
		family := c.family(pack, base)
		if family != nil && (family.Type == "histogram" || (family.Type == "summary" && part != "_bucket")) {
			return family
		}
	}
	return nil
}
