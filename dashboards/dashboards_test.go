// Package dashboards_test checks the generated dashboards as Grafana loads them. Grafana
// doesn't report most faults of a dashboard.
package dashboards_test

import (
	"cmp"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
)

const (
	pluginID    = "modelmetrics-catalog-datasource"
	schema      = 39 // the newest version that Grafana 10.4 loads
	gridColumns = 24
	largestID   = 255 // the largest panel id in the filter of an annotation
)

func TestDashboards(t *testing.T) {
	metrics, err := catalog.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	packs := described(metrics)
	for _, d := range load(t) {
		t.Run(d.UID, func(t *testing.T) {
			if d.Inputs != nil {
				t.Error("__inputs are not filled in when a dashboard is provisioned from a file")
			}
			if d.SchemaVersion != schema {
				t.Errorf("the schema version is %d, want %d: Grafana 10.4 can't read newer versions, and migrates older ones", d.SchemaVersion, schema)
			}
			if !d.Editable {
				t.Error("a dashboard that isn't editable has no Edit in its panels' menus")
			}
			if len(d.Annotations.List) == 0 || d.Annotations.List[0].BuiltIn != 1 {
				t.Error("there is no built-in annotation, without which panels don't show alert states")
			}
			checkIDs(t, d)
			checkGrid(t, d)
			checkVariables(t, d, packs[d.UID])
			checkAnnotations(t, d, packs[d.UID], metrics)
			for _, p := range visualizations(d) {
				t.Run(p.Title, func(t *testing.T) { checkPanel(t, p, packs[d.UID], metrics) })
			}
		})
	}
}

// advice matches a verb that tells the reader of a description what to do.
var advice = regexp.MustCompile(`(?i)\b(add|ask|check|choose|compare|find|group|judge|keep|look|lower|mend|move|raise|read|record|report|save|scale|see|shorten|take|try)\b`)

// checkReport compares a panel of a report with its definition in the pack.
func checkReport(t *testing.T, p panel, want catalog.ReportPanel) {
	t.Helper()
	ours := datasource{Type: pluginID, UID: "${datasource}"}
	if p.Title != want.Title || p.Description == "" || p.FieldConfig.Defaults.NoValue == "" || p.Datasource != ours || len(p.Targets) != 1 {
		t.Fatal("differs from its pack: run go tool mage generate")
	}
	q := p.Targets[0]
	if q.QueryType != "report" || q.Section != want.Section || !slices.Equal(q.EndpointIDs, want.Endpoints) || q.Timeframe != cmp.Or(want.Timeframe, "auto") || q.Datasource != ours {
		t.Errorf("the query %+v differs from its pack: run go tool mage generate", q)
	}
}

func checkPanel(t *testing.T, p panel, d *catalog.Dashboard, metrics *catalog.Catalog) {
	t.Helper()
	if want, is := report(d, p.ID); is {
		checkReport(t, p, want)
		return
	}
	if p.Type == "alertlist" {
		if p.Title == "" || p.Description == "" || len(p.Targets) > 0 {
			t.Error("lacks a title or a description, or has a query")
		}
		return
	}
	want := queries(d, p.ID)
	if len(want) != len(p.Targets) {
		t.Fatalf("has %d queries, want the %d of its pack: run go tool mage generate", len(p.Targets), len(want))
	}
	defaults := p.FieldConfig.Defaults
	if p.Title == "" || p.Description == "" || defaults.Unit == "" || defaults.NoValue == "" || len(defaults.Thresholds.Steps) == 0 {
		t.Error("lacks a title, description, unit, thresholds or a text for no value")
	}
	if len(p.Targets) == 0 {
		t.Fatal("has no query")
	}
	red := func(s catalog.Threshold) bool { return s.Color == "red" }
	if slices.ContainsFunc(defaults.Thresholds.Steps, red) && !advice.MatchString(p.Description) {
		t.Error("has a red threshold, but its description doesn't say what to do")
	}
	ours := datasource{Type: pluginID, UID: "${datasource}"}
	for i, q := range p.Targets {
		if refID := string(rune('A' + i)); q.RefID != refID {
			t.Errorf("refId is %q, want %s", q.RefID, refID)
		}
		if p.Datasource != ours || q.Datasource != ours {
			t.Errorf("%s has another data source than the dashboard", q.RefID)
		}
		if q.QueryType != "catalog" || q.Range == q.Instant {
			t.Errorf("%s is not a catalog query for a range or an instant", q.RefID)
		}
		metric, err := metrics.Metric(q.Metric)
		if err != nil {
			t.Errorf("%s: %v", q.RefID, err)
			continue
		}
		if _, err := metric.Render(q.Params, q.GroupBy); err != nil {
			t.Errorf("%s: %v", q.RefID, err)
		}
		if legend := cmp.Or(want[i].Legend, metric.LegendFor(q.GroupBy)); q.Legend == "" || q.Legend != legend {
			t.Errorf("%s has the legend %q, want %q: run go tool mage generate", q.Metric, q.Legend, legend)
		}
		if unit := p.unitOf(q); unit != metric.Unit {
			t.Errorf("%s is in %s, the panel shows it in %s", q.Metric, metric.Unit, unit)
		}
		steps, thresholds := defaults.Thresholds.Steps, metric.Thresholds
		if len(thresholds) > 0 && thresholds[0].Value == 0 && steps[0].Color == thresholds[0].Color {
			thresholds = thresholds[1:] // the first step has no value
		}
		if i == 0 && !slices.Equal(steps[1:], thresholds) {
			t.Errorf("thresholds are %v, the catalog's %v: run go tool mage generate", steps[1:], thresholds)
		}
	}
}

func checkIDs(t *testing.T, d dashboard) {
	t.Helper()
	taken := map[int64]string{}
	var walk func([]panel)
	walk = func(list []panel) {
		for _, p := range list {
			if other, ok := taken[p.ID]; ok || p.ID < 1 || p.ID > largestID {
				t.Errorf("%s has the id %d, which is %s's or out of range", p.Title, p.ID, other)
			}
			taken[p.ID] = p.Title
			walk(p.Panels)
		}
	}
	walk(d.Panels)
}

// checkGrid checks the positions of panels, and the rows: the panels of an expanded row follow
// it, those of a collapsed row are inside it.
func checkGrid(t *testing.T, d dashboard) {
	t.Helper()
	checkPlaces(t, d.Panels)
	for _, p := range d.Panels {
		if p.Type == "row" {
			if p.Collapsed == nil {
				t.Errorf("row %s has no field collapsed", p.Title)
			} else if *p.Collapsed != (len(p.Panels) > 0) {
				t.Errorf("row %s: collapsed is %t with %d panels inside", p.Title, *p.Collapsed, len(p.Panels))
			}
			checkPlaces(t, p.Panels)
		}
	}
}

// checkPlaces checks that panels which are visible at the same time are on the grid and don't
// overlap.
func checkPlaces(t *testing.T, panels []panel) {
	t.Helper()
	for i, p := range panels {
		g := p.GridPos
		if g.W < 1 || g.H < 1 || g.X < 0 || g.Y < 0 || g.X+g.W > gridColumns {
			t.Errorf("%s is off the grid: %+v", p.Title, g)
		}
		for _, other := range panels[:i] {
			if g.overlaps(other.GridPos) {
				t.Errorf("%s overlaps %s", p.Title, other.Title)
			}
		}
	}
}

var reference = regexp.MustCompile(`\$\{?([A-Za-z]\w*)`)

func checkVariables(t *testing.T, d dashboard, described *catalog.Dashboard) {
	t.Helper()
	defined := map[string]bool{}
	for _, v := range d.Templating.List {
		for _, match := range reference.FindAllSubmatch(v.Query, -1) {
			if name := string(match[1]); !defined[name] {
				t.Errorf("$%s refers to $%s, which is defined after it or not at all", v.Name, name)
			}
		}
		defined[v.Name] = true
		if v.Type != "query" {
			continue
		}
		at := slices.IndexFunc(described.Variables, func(d catalog.Variable) bool { return d.Name == v.Name })
		if at < 0 {
			t.Errorf("$%s is not in the pack: run go tool mage generate", v.Name)
			continue
		}
		checkQueryVariable(t, v, described.Variables[at])
	}
	for _, match := range reference.FindAllSubmatch(d.text, -1) {
		if name := string(match[1]); !defined[name] {
			t.Errorf("$%s is used but not defined", name)
		}
	}
}

// checkAnnotations compares the annotations, except the built-in one, with those of the pack.
func checkAnnotations(t *testing.T, d dashboard, described *catalog.Dashboard, metrics *catalog.Catalog) {
	t.Helper()
	got := slices.DeleteFunc(slices.Clone(d.Annotations.List), func(a annotation) bool { return a.BuiltIn == 1 })
	if len(got) != len(described.Annotations) {
		t.Fatalf("%d annotations, want the %d of the pack: run go tool mage generate", len(got), len(described.Annotations))
	}
	for i, a := range got {
		want, q := described.Annotations[i], a.Target
		if !slices.Equal(a.Filter.IDs, want.Panels) || a.Filter.Exclude {
			t.Errorf("annotation %s is on the panels %v, want %v as in the pack", want.Name, a.Filter.IDs, want.Panels)
		}
		if a.Name != want.Name || a.Enable == want.Disabled || a.Hide != want.Hidden || a.IconColor != cmp.Or(want.Color, "purple") {
			t.Errorf("annotation %s differs from the pack: %+v", want.Name, a)
		}
		if q.Metric != want.Metric || q.Window != want.Window || q.Interval != want.MinStep || q.Title != want.Title || q.Text != want.Text || !slices.Equal(q.Tags, want.Tags) {
			t.Errorf("the query of annotation %s differs from the pack: %+v", want.Name, q)
		}
		if q.QueryType != "annotation" || (a.Datasource != datasource{Type: pluginID, UID: "${datasource}"}) {
			t.Errorf("annotation %s has another data source or query type: %+v", want.Name, a)
		}
		metric, err := metrics.Metric(q.Metric)
		if err != nil {
			t.Error(err)
			continue
		}
		if _, err := metric.Render(q.Params, q.GroupBy); err != nil {
			t.Errorf("annotation %s: %v", want.Name, err)
		}
	}
}

// checkQueryVariable compares a variable with that of the pack.
func checkQueryVariable(t *testing.T, v variable, described catalog.Variable) {
	t.Helper()
	var query struct {
		RefID     string `json:"refId"`
		QueryType string `json:"queryType"`
		Label     string `json:"label"`
		Param     string `json:"param"`
		Query     string `json:"query"`
	}
	if err := json.Unmarshal(v.Query, &query); err != nil {
		t.Errorf("$%s: its query is not an object: %v", v.Name, err)
		return
	}
	lists := "labelValues"
	if described.Param != "" {
		lists = "paramValues"
	}
	of := described.ValuesOf + described.Param
	if query.RefID == "" || query.QueryType != lists || query.Label != described.ValuesOf || query.Param != described.Param || !strings.Contains(query.Query, of) {
		t.Errorf("the query of $%s doesn't list the values of %s: %+v", v.Name, of, query)
	}
	if (v.Datasource != datasource{Type: pluginID, UID: "${datasource}"}) {
		t.Errorf("$%s has another data source", v.Name)
	}
	if v.Multi == described.Single || v.IncludeAll == described.Required || v.IncludeAll && v.AllValue != ".*" || v.Refresh != 2 {
		t.Errorf("$%s has multi %t, includeAll %t (%s) and refresh %d, which differ from the pack", v.Name, v.Multi, v.IncludeAll, v.AllValue, v.Refresh)
	}
}
