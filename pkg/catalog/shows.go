package catalog

import "slices"

// shows lists the ways to show a metric, and which of the keys that not all
// panels have each of them understands. dashboards/src draws them.
var shows = map[string][]string{
	"areas":         overTime,
	"bar_gauge":     {"and", "decimals", "links", "max", "min", "signed"},
	"bars":          {"bar", "colors", "max", "min", "piece", "signed"},
	"columns":       overTime,
	"gauge":         {"and", "decimals", "links", "max", "min"},
	"heatmap":       {"axis_label", "axis_unit", "exemplars", "min_step"},
	"lines":         overTime,
	"percent_areas": overTime,
	"pie":           {"colors", "decimals", "links"},
	"stat":          {"and", "decimals", "links", "max", "min", "min_step"},
	"steps":         overTime,
	"table":         {"and", "columns", "decimals", "links"},
	"tiles":         {"and", "links", "states"},
	"timeline":      {"and", "links", "min_step", "states"},
}

var overTime = []string{"and", "axis_label", "colors", "exemplars", "links", "max", "min", "min_step", "signed", "soft_max"}

// needed lists the keys without which a way to show says nothing.
var needed = map[string][]string{
	"bars":     {"bar", "piece"},
	"gauge":    {"max"},
	"heatmap":  {"axis_unit"},
	"tiles":    {"states"},
	"timeline": {"states"},
}

// special lists those of a panel's given keys that not all panels have.
func (p *Panel) special() []string {
	var given []string
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
		{"decimals", slices.ContainsFunc(p.queries(), func(q *PanelQuery) bool { return q.Decimals != nil })},
		{"exemplars", slices.ContainsFunc(p.queries(), func(q *PanelQuery) bool { return q.Exemplars })},
		{"links", len(p.Links) > 0},
		{"max", p.Max != nil},
		{"min", p.Min != nil},
		{"min_step", p.MinStep != ""},
		{"piece", p.Piece != ""},
		{"signed", p.Signed},
		{"soft_max", p.SoftMax != nil},
		{"states", len(p.States) > 0},
	} {
		if key.set {
			given = append(given, key.name)
		}
	}
	return given
}

// checkShow holds the panel's keys against the way that it is shown, which the
// schema has found among shows.
func (p *Panel) checkShow(report reporter) {
	given := p.special()
	for _, key := range given {
		if !slices.Contains(shows[p.Show], key) {
			report(key, "It means nothing to %s.", p.Show)
		}
	}
	for _, key := range needed[p.Show] {
		if !slices.Contains(given, key) {
			report(key, "%s needs it.", p.Show)
		}
	}
}
