package packcheck

import (
	"slices"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
)

// visualizations maps each value of a panel's key show to the keys that the visualization
// supports, of those that optionalKeys lists. The code in dashboards/src generates the panels.
var visualizations = map[string][]string{
	"areas":         graphKeys,
	"bar_gauge":     {"and", "decimals", "links", "max", "min", "signed", "worst", "zero"},
	"bars":          {"bar", "colors", "max", "min", "piece", "signed"},
	"columns":       graphKeys,
	"gauge":         {"and", "decimals", "links", "max", "min", "zero"},
	"heatmap":       {"axis_label", "axis_unit", "exemplars", "min_step"},
	"lines":         graphKeys,
	"percent_areas": graphKeys,
	"pie":           {"colors", "decimals", "links"},
	"stat":          {"and", "decimals", "links", "max", "min", "worst", "zero"},
	"steps":         graphKeys,
	"table":         {"and", "columns", "decimals", "links", "zero"},
	"tiles":         {"and", "links", "states"},
	"timeline":      {"and", "links", "min_step", "states"},
}

var graphKeys = []string{"and", "axis_label", "colors", "exemplars", "links", "max", "min", "min_step", "signed", "soft_max"}

// requiredKeys lists the keys that a visualization requires, although the schema doesn't require
// them of all panels.
var requiredKeys = map[string][]string{
	"bars":     {"bar", "piece"},
	"gauge":    {"max"},
	"heatmap":  {"axis_unit"},
	"tiles":    {"states"},
	"timeline": {"states"},
}

// optionalKeys returns the keys that are set in a panel, of those that only some
// visualizations support.
func optionalKeys(p *catalog.Panel) []string {
	var keys []string
	for _, key := range []struct {
		name string
		set  bool
	}{
		{"and", len(p.And) > 0},
		{"axis_label", p.AxisLabel != ""},
		{"axis_unit", p.AxisUnit != ""},
		{"bar", p.Bar != ""},
		{"colors", len(p.Colors) > 0},
		{"columns", len(p.Columns) > 0},
		{"decimals", slices.ContainsFunc(queries(p), func(q *catalog.PanelQuery) bool { return q.Decimals != nil })},
		{"exemplars", slices.ContainsFunc(queries(p), func(q *catalog.PanelQuery) bool { return q.Exemplars })},
		{"links", len(p.Links) > 0},
		{"max", p.Max != nil},
		{"min", p.Min != nil},
		{"min_step", p.MinStep != ""},
		{"piece", p.Piece != ""},
		{"signed", p.Signed},
		{"soft_max", p.SoftMax != nil},
		{"states", len(p.States) > 0},
		{"worst", p.Worst > 0},
		{"zero", p.Zero != ""},
	} {
		if key.set {
			keys = append(keys, key.name)
		}
	}
	return keys
}

// checkVisualization checks that the panel's visualization supports the panel's keys, and that
// the panel has the keys that the visualization requires. The schema has checked that the
// visualization exists.
func checkVisualization(p *catalog.Panel, report reportFunc) {
	keys := optionalKeys(p)
	for _, key := range keys {
		if !slices.Contains(visualizations[p.Show], key) {
			report(key, "%s doesn't support this key.", p.Show)
		}
	}
	for _, key := range requiredKeys[p.Show] {
		if !slices.Contains(keys, key) {
			report(key, "%s requires this key.", p.Show)
		}
	}
}
