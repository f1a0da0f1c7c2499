package guard

import (
	"fmt"
	"slices"
	"strings"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// readers returns the names of the families that queries of the catalog read, as the keys of
// a map. The value for a family contains the names of the metrics whose queries read the
// family.
func readers(c *catalog.Catalog) map[string][]string {
	all := map[string][]string{}
	for _, name := range c.Names() {
		for _, family := range c.Lookup(name).Families() {
			all[family.Name] = append(all[family.Name], name)
		}
	}
	return all
}

// readersOf returns the names of the metrics in the catalog whose queries read a family. name
// is the name of the family, or of a part of it, such as the buckets of a histogram. The
// result is nil if no query reads the family.
func (g *Guard) readersOf(name string) []string {
	all := g.readers()
	for _, suffix := range []string{"", "_bucket", "_sum", "_count"} {
		if family, is := strings.CutSuffix(name, suffix); is && len(all[family]) > 0 {
			return all[family]
		}
	}
	return nil
}

// suggestion returns sentences that suggest metrics of the catalog for a caller's query. names
// are the names of the Prometheus metrics in that query.
func (g *Guard) suggestion(names []string) string {
	var sentences []string
	for _, name := range names {
		if len(sentences) == maxSuggested {
			break
		}
		metrics := g.readersOf(name)
		if len(metrics) == 0 {
			continue
		}
		more := ""
		if len(metrics) > maxSuggested {
			more = fmt.Sprintf(" and %d others", len(metrics)-maxSuggested)
			metrics = slices.Clone(metrics[:maxSuggested])
		}
		sentences = append(sentences, fmt.Sprintf("%s is in the catalog as %s%s.", fault.ClipName(name), strings.Join(metrics, ", "), more))
	}
	if len(sentences) == 0 {
		return "Choose a metric of the catalog, or ask an administrator of the data source."
	}
	return strings.Join(sentences, " ")
}
