// Package dashboards_test checks the generated dashboards as Grafana will load
// them: what is wrong with one of them shows nowhere until somebody looks.
package dashboards_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
)

const (
	pluginID    = "modelmetrics-catalog-datasource"
	schema      = 39 // the newest that Grafana 10.4 loads
	gridColumns = 24
	largestID   = 255 // that annotation filters can name
)

type dashboard struct {
	UID           string  `json:"uid"`
	Title         string  `json:"title"`
	Editable      bool    `json:"editable"`
	SchemaVersion int     `json:"schemaVersion"`
	Panels        []panel `json:"panels"`
	Templating    struct {
		List []variable `json:"list"`
	} `json:"templating"`
	Annotations struct {
		List []annotation `json:"list"`
	} `json:"annotations"`
	Inputs json.RawMessage `json:"__inputs"`

	text []byte
}

type datasource struct {
	Type string `json:"type"`
	UID  string `json:"uid"`
}

type annotation struct {
	Name      string `json:"name"`
	BuiltIn   int    `json:"builtIn"`
	Enable    bool   `json:"enable"`
	Hide      bool   `json:"hide"`
	IconColor string `json:"iconColor"`
	Filter    struct {
		Exclude bool  `json:"exclude"`
		IDs     []int `json:"ids"`
	} `json:"filter"`
	Datasource datasource `json:"datasource"`
	Target     struct {
		QueryType string         `json:"queryType"`
		Metric    string         `json:"metric"`
		Params    catalog.Params `json:"params"`
		GroupBy   []string       `json:"groupBy"`
		Window    string         `json:"window"`
		Interval  string         `json:"interval"`
		Title     string         `json:"title"`
		Text      string         `json:"text"`
		Tags      []string       `json:"tags"`
	} `json:"target"`
}

type variable struct {
	Name       string          `json:"name"`
	Type       string          `json:"type"`
	Hide       int             `json:"hide"`
	Multi      bool            `json:"multi"`
	IncludeAll bool            `json:"includeAll"`
	AllValue   string          `json:"allValue"`
	Refresh    int             `json:"refresh"`
	Datasource datasource      `json:"datasource"`
	Query      json.RawMessage `json:"query"`
}

type panel struct {
	ID          int64      `json:"id"`
	Type        string     `json:"type"`
	Title       string     `json:"title"`
	Description string     `json:"description"`
	Collapsed   *bool      `json:"collapsed"`
	Datasource  datasource `json:"datasource"`
	GridPos     grid       `json:"gridPos"`
	Targets     []target   `json:"targets"`
	Panels      []panel    `json:"panels"`
	FieldConfig struct {
		Defaults struct {
			Unit       string `json:"unit"`
			NoValue    string `json:"noValue"`
			Thresholds struct {
				Steps []catalog.Threshold `json:"steps"`
			} `json:"thresholds"`
		} `json:"defaults"`
		Overrides []override `json:"overrides"`
	} `json:"fieldConfig"`
}

type override struct {
	Matcher struct {
		ID      string `json:"id"`
		Options string `json:"options"`
	} `json:"matcher"`
	Properties []struct {
		ID    string `json:"id"`
		Value any    `json:"value"`
	} `json:"properties"`
}

// unitOf is the unit of what a query answers: the panel's, unless it has its own,
// which in a table is its column's.
func (p panel) unitOf(q target) string {
	for _, o := range p.FieldConfig.Overrides {
		its := o.Matcher.ID == "byFrameRefID" && o.Matcher.Options == q.RefID
		if p.Type == "table" {
			its = o.Matcher.ID == "byName" && o.Matcher.Options == q.Legend
		}
		for _, property := range o.Properties {
			if unit, ok := property.Value.(string); ok && its && property.ID == "unit" {
				return unit
			}
		}
	}
	return p.FieldConfig.Defaults.Unit
}

type grid struct{ X, Y, W, H int }

func (g grid) overlaps(o grid) bool {
	return g.X < o.X+o.W && o.X < g.X+g.W && g.Y < o.Y+o.H && o.Y < g.Y+g.H
}

type target struct {
	RefID      string         `json:"refId"`
	QueryType  string         `json:"queryType"`
	Metric     string         `json:"metric"`
	Params     catalog.Params `json:"params"`
	GroupBy    []string       `json:"groupBy"`
	Legend     string         `json:"legendFormat"`
	Range      bool           `json:"range"`
	Instant    bool           `json:"instant"`
	Datasource datasource     `json:"datasource"`
}

func TestDashboards(t *testing.T) {
	metrics, err := catalog.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	asked := described(metrics)
	for _, d := range load(t) {
		t.Run(d.UID, func(t *testing.T) {
			if d.Inputs != nil {
				t.Error("__inputs are not filled in when a dashboard is provisioned from a file")
			}
			if d.SchemaVersion != schema {
				t.Errorf("schema %d: Grafana 10.4 can't read what is newer than %d, and migrates what is older", d.SchemaVersion, schema)
			}
			if !d.Editable {
				t.Error("a dashboard that isn't editable has no Edit in its panels' menus")
			}
			if len(d.Annotations.List) == 0 || d.Annotations.List[0].BuiltIn != 1 {
				t.Error("without the built-in annotations panels don't show alert states")
			}
			checkIDs(t, d)
			checkGrid(t, d)
			checkVariables(t, d, asked[d.UID])
			checkAnnotations(t, d, asked[d.UID], metrics)
			for _, p := range visualisations(d) {
				t.Run(p.Title, func(t *testing.T) { checkPanel(t, p, asked[d.UID], metrics) })
			}
		})
	}
}

// advice is what somebody can do.
var advice = regexp.MustCompile(`(?i)\b(add|ask|check|choose|compare|find|group|judge|keep|look|lower|mend|move|raise|read|record|report|save|scale|see|shorten|take|try)\b`)

func checkPanel(t *testing.T, p panel, d *catalog.Dashboard, metrics *catalog.Catalog) {
	t.Helper()
	asked := queries(d, p.ID)
	if len(asked) != len(p.Targets) {
		t.Fatalf("asks for %d metrics, its pack says %d: run go tool mage generate", len(p.Targets), len(asked))
	}
	defaults := p.FieldConfig.Defaults
	if p.Title == "" || p.Description == "" || defaults.Unit == "" || defaults.NoValue == "" || len(defaults.Thresholds.Steps) == 0 {
		t.Error("lacks a title, description, unit, thresholds or a text for no value")
	}
	if len(p.Targets) == 0 {
		t.Fatal("asks for nothing")
	}
	red := func(s catalog.Threshold) bool { return s.Color == "red" }
	if slices.ContainsFunc(defaults.Thresholds.Steps, red) && !advice.MatchString(p.Description) {
		t.Error("can be red, and its description says nothing to do about it")
	}
	ours := datasource{Type: pluginID, UID: "${datasource}"}
	for i, q := range p.Targets {
		if want := string(rune('A' + i)); q.RefID != want {
			t.Errorf("refId is %q, want %s", q.RefID, want)
		}
		if p.Datasource != ours || q.Datasource != ours {
			t.Errorf("%s asks another data source than the dashboard's", q.RefID)
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
		if want := cmp.Or(asked[i].Legend, metric.LegendFor(q.GroupBy)); q.Legend == "" || q.Legend != want {
			t.Errorf("%s has the legend %q, want %q: run go tool mage generate", q.Metric, q.Legend, want)
		}
		if unit := p.unitOf(q); unit != metric.Unit {
			t.Errorf("%s is in %s, the panel shows it in %s", q.Metric, metric.Unit, unit)
		}
		if i == 0 && !slices.Equal(defaults.Thresholds.Steps[1:], metric.Thresholds) {
			t.Errorf("thresholds are %v, the catalog's %v: run go tool mage generate", defaults.Thresholds.Steps[1:], metric.Thresholds)
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

// checkGrid also holds rows to what Grafana expects of them: the panels of an
// expanded row follow it, those of a collapsed one are inside it.
func checkGrid(t *testing.T, d dashboard) {
	t.Helper()
	checkPlaces(t, d.Panels)
	for _, p := range d.Panels {
		if p.Type == "row" {
			if p.Collapsed == nil {
				t.Errorf("row %s doesn't say whether it is collapsed", p.Title)
			} else if *p.Collapsed != (len(p.Panels) > 0) {
				t.Errorf("row %s: collapsed is %t with %d panels inside", p.Title, *p.Collapsed, len(p.Panels))
			}
			checkPlaces(t, p.Panels)
		}
	}
}

// checkPlaces holds panels that are seen together to the grid, and apart.
func checkPlaces(t *testing.T, panels []panel) {
	t.Helper()
	for i, p := range panels {
		g := p.GridPos
		if g.W < 1 || g.H < 1 || g.X < 0 || g.Y < 0 || g.X+g.W > gridColumns {
			t.Errorf("%s is off the grid: %+v", p.Title, g)
		}
		for _, other := range panels[:i] {
			if g.overlaps(other.GridPos) {
				t.Errorf("%s lies on %s", p.Title, other.Title)
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
				t.Errorf("$%s refers to $%s, which stands after it or nowhere", v.Name, name)
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
			t.Errorf("$%s is used and nowhere defined", name)
		}
	}
}

// checkAnnotations holds annotations, but for Grafana's own, against what their pack
// says of them.
func checkAnnotations(t *testing.T, d dashboard, described *catalog.Dashboard, metrics *catalog.Catalog) {
	t.Helper()
	made := slices.DeleteFunc(slices.Clone(d.Annotations.List), func(a annotation) bool { return a.BuiltIn == 1 })
	if len(made) != len(described.Annotations) {
		t.Fatalf("%d annotations, its pack says %d: run go tool mage generate", len(made), len(described.Annotations))
	}
	for i, a := range made {
		want, q := described.Annotations[i], a.Target
		if !slices.Equal(a.Filter.IDs, want.Panels) || a.Filter.Exclude {
			t.Errorf("annotation %s is on the panels %v, its pack says %v", want.Name, a.Filter.IDs, want.Panels)
		}
		if a.Name != want.Name || a.Enable == want.Disabled || a.Hide != want.Hidden || a.IconColor != cmp.Or(want.Color, "purple") {
			t.Errorf("annotation %s is not what its pack says: %+v", want.Name, a)
		}
		if q.Metric != want.Metric || q.Window != want.Window || q.Interval != want.MinStep || q.Title != want.Title || q.Text != want.Text || !slices.Equal(q.Tags, want.Tags) {
			t.Errorf("annotation %s does not ask what its pack says: %+v", want.Name, q)
		}
		if q.QueryType != "annotation" || (a.Datasource != datasource{Type: pluginID, UID: "${datasource}"}) {
			t.Errorf("annotation %s asks another data source, or in another way: %+v", want.Name, a)
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

// checkQueryVariable holds a variable against what its pack says of it.
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
		t.Errorf("$%s: its query is no object: %v", v.Name, err)
		return
	}
	lists := "labelValues"
	if described.Param != "" {
		lists = "paramValues"
	}
	of := described.ValuesOf + described.Param
	if query.RefID == "" || query.QueryType != lists || query.Label != described.ValuesOf || query.Param != described.Param || !strings.Contains(query.Query, of) {
		t.Errorf("$%s is to list the values of %s, and to say so: %+v", v.Name, of, query)
	}
	if (v.Datasource != datasource{Type: pluginID, UID: "${datasource}"}) {
		t.Errorf("$%s asks another data source", v.Name)
	}
	if v.Multi == described.Single || v.IncludeAll == described.Required || v.IncludeAll && v.AllValue != ".*" || v.Refresh != 2 {
		t.Errorf("$%s takes several values: %t, all: %t (%s), refresh %d; its pack says otherwise", v.Name, v.Multi, v.IncludeAll, v.AllValue, v.Refresh)
	}
}

// visualisations are the panels that aren't rows.
func visualisations(d dashboard) []panel {
	var list []panel
	for _, p := range d.Panels {
		if p.Type == "row" {
			list = append(list, p.Panels...)
		} else {
			list = append(list, p)
		}
	}
	return list
}

// load reads what Grafana's provisioning would: every JSON file under the
// folder, however deep.
func load(t *testing.T) map[string]dashboard {
	t.Helper()
	found := map[string]dashboard{}
	err := filepath.WalkDir(".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".json" {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		d := dashboard{text: text}
		if err := json.Unmarshal(text, &d); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if d.UID+".json" != path {
			t.Errorf("%s has the uid %q, which is not its file's name", path, d.UID)
		}
		found[d.UID] = d
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
