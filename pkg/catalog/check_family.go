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
		report("name", "%q can't be a metric's name.", fault.ClipName(f.Name))
	}
	if first := c.catalog.family(c.pack, f.Name); first != f {
		report("name", "This pack declares %s already.", fault.ClipName(f.Name))
	} else if other := c.catalog.families[f.Name]; other != nil && other != f && other.Type != f.Type {
		report("type", "Pack %s declares %s as a %s.", other.pack.Name, fault.ClipName(f.Name), other.Type)
	}
	if f.Unit != "" {
		if err := CheckUnit(f.Unit); err != nil {
			report("unit", "%v", err)
		}
	}
	for _, label := range f.Labels {
		switch {
		case label == model.MetricNameLabel:
			report("labels", "__name__ is the family's own name, and no label of its.")
		case strings.HasPrefix(label, "__"):
			report("labels", "%s can't be a label: Prometheus drops names that begin with __.", fault.ClipName(label))
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
