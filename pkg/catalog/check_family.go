package catalog

import (
	"slices"
	"strings"

	"github.com/prometheus/common/model"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// family checks a declared family.
func (c *checker) family(f *Family, report reportFunc) {
	if !model.UTF8Validation.IsValidMetricName(f.Name) {
		report("name", "%q is not a valid metric name in Prometheus.", fault.ClipName(f.Name))
	}
	if first := c.catalog.family(c.pack, f.Name); first != f {
		report("name", "This pack declares %s twice.", fault.ClipName(f.Name))
	} else if other := c.catalog.families[f.Name]; other != nil && other != f && other.Type != f.Type {
		report("type", "Pack %s declares %s as a %s. Write the same type here.", other.pack.Name, fault.ClipName(f.Name), other.Type)
	}
	if f.Unit != "" {
		if err := CheckUnit(f.Unit); err != nil {
			report("unit", "%v", err)
		}
	}
	for _, label := range f.Labels {
		switch {
		case label == model.MetricNameLabel:
			report("labels", "__name__ is not a label of a family. Leave it out.")
		case strings.HasPrefix(label, "__"):
			report("labels", "%s is not a valid label: Prometheus reserves labels that begin with __.", fault.ClipName(label))
		case slices.Contains(targetLabels, label) && !f.Synthetic:
			report("labels", "Prometheus adds the label %s. Leave it out, or set synthetic: true for a family that Prometheus writes, such as up.", label)
		case label == model.BucketLabel && f.Type == "histogram":
			report("labels", "A histogram always has the label le. Leave it out.")
		case label == model.QuantileLabel && f.Type == "summary":
			report("labels", "A summary always has the label quantile. Leave it out.")
		}
	}
	if len(f.Buckets) > 0 && f.Type != "histogram" {
		report("buckets", "Only a histogram can have buckets.")
	} else if !slices.IsSorted(f.Buckets) {
		report("buckets", "The bounds must be in ascending order.")
	}
}
