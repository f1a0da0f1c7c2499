// Package dashboards_test checks the generated dashboards as Grafana will load
// them: what is wrong with one of them shows nowhere until somebody looks.
package dashboards_test

import (
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
	pluginID      = "modelmetrics-catalog-datasource"
	newestSchema  = 39 // that Grafana 10.4 loads
	gridColumns   = 24
	largestID     = 255 // that annotation filters can name
	tessalliteUID = "tessallite-overview"
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
		List []struct {
			BuiltIn int `json:"builtIn"`
		} `json:"list"`
	} `json:"annotations"`
	Inputs json.RawMessage `json:"__inputs"`

	text []byte
}

type datasource struct {
	Type string `json:"type"`
	UID  string `json:"uid"`
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
	} `json:"fieldConfig"`
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
	for _, d := range load(t) {
		t.Run(d.UID, func(t *testing.T) {
			if d.Inputs != nil {
				t.Error("__inputs are not filled in when a dashboard is provisioned from a file")
			}
			if d.SchemaVersion > newestSchema {
				t.Errorf("schema %d: Grafana 10.4 can't read what is newer than %d", d.SchemaVersion, newestSchema)
			}
			if !d.Editable {
				t.Error("a dashboard that isn't editable has no Edit in its panels' menus")
			}
			if len(d.Annotations.List) == 0 || d.Annotations.List[0].BuiltIn != 1 {
				t.Error("without the built-in annotations panels don't show alert states")
			}
			checkIDs(t, d)
			checkGrid(t, d)
			checkVariables(t, d)
			for _, p := range visualisations(d) {
				t.Run(p.Title, func(t *testing.T) { checkPanel(t, p, metrics) })
			}
		})
	}
}

// The Tessallite document counts 21 panels in three sections: Grafana counts a
// row as a panel.
func TestTessalliteHasThePanelsOfItsDocument(t *testing.T) {
	d := load(t)[tessalliteUID]
	type section struct {
		title  string
		panels int
	}
	var sections []section
	for _, p := range d.Panels {
		switch {
		case p.Type == "row":
			sections = append(sections, section{title: p.Title})
		case len(sections) == 0:
			t.Errorf("%s stands before the first row", p.Title)
		default:
			sections[len(sections)-1].panels++
		}
	}
	want := []section{{"Service Health", 7}, {"Query Routing and Aggregates", 4}, {"Model Health and Usage", 7}}
	if !slices.Equal(sections, want) || len(d.Panels) != 21 || len(visualisations(d)) != 18 {
		t.Errorf("%d panels in %v, want 21 in %v", len(d.Panels), sections, want)
	}
	var filters []string
	for _, v := range d.Templating.List {
		if v.Hide == 0 {
			filters = append(filters, v.Name)
		}
	}
	if want := []string{"service", "tenant", "project", "model"}; !slices.Equal(filters, want) {
		t.Errorf("filters are %v, want %v", filters, want)
	}
}

func checkPanel(t *testing.T, p panel, metrics *catalog.Catalog) {
	t.Helper()
	defaults := p.FieldConfig.Defaults
	if p.Title == "" || p.Description == "" || defaults.Unit == "" || defaults.NoValue == "" || len(defaults.Thresholds.Steps) == 0 {
		t.Error("lacks a title, description, unit, thresholds or a text for no value")
	}
	if len(p.Targets) == 0 {
		t.Fatal("asks for nothing")
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
		if q.Legend == "" || q.Legend != metric.Legend {
			t.Errorf("%s has the legend %q, the catalog's is %q: run npm run dashboards", q.Metric, q.Legend, metric.Legend)
		}
		if metric.Unit != defaults.Unit {
			t.Errorf("%s is in %s, the panel in %s", q.Metric, metric.Unit, defaults.Unit)
		}
		if i == 0 && !slices.Equal(defaults.Thresholds.Steps[1:], metric.Thresholds) {
			t.Errorf("thresholds are %v, the catalog's %v: run npm run dashboards", defaults.Thresholds.Steps[1:], metric.Thresholds)
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
	for i, p := range d.Panels {
		if p.Type == "row" {
			if p.Collapsed == nil {
				t.Errorf("row %s doesn't say whether it is collapsed", p.Title)
			} else if *p.Collapsed != (len(p.Panels) > 0) {
				t.Errorf("row %s: collapsed is %t with %d panels inside", p.Title, *p.Collapsed, len(p.Panels))
			}
		}
		g := p.GridPos
		if g.W < 1 || g.H < 1 || g.X < 0 || g.Y < 0 || g.X+g.W > gridColumns {
			t.Errorf("%s is off the grid: %+v", p.Title, g)
		}
		for _, other := range d.Panels[:i] {
			if g.overlaps(other.GridPos) {
				t.Errorf("%s lies on %s", p.Title, other.Title)
			}
		}
	}
}

var reference = regexp.MustCompile(`\$\{?([A-Za-z]\w*)`)

func checkVariables(t *testing.T, d dashboard) {
	t.Helper()
	defined := map[string]bool{}
	for _, v := range d.Templating.List {
		for _, match := range reference.FindAllSubmatch(v.Query, -1) {
			if name := string(match[1]); !defined[name] {
				t.Errorf("$%s refers to $%s, which stands after it or nowhere", v.Name, name)
			}
		}
		defined[v.Name] = true
		if v.Type == "query" {
			checkQueryVariable(t, v)
		}
	}
	for _, match := range reference.FindAllSubmatch(d.text, -1) {
		if name := string(match[1]); !defined[name] {
			t.Errorf("$%s is used and nowhere defined", name)
		}
	}
}

func checkQueryVariable(t *testing.T, v variable) {
	t.Helper()
	var query struct {
		RefID     string `json:"refId"`
		QueryType string `json:"queryType"`
		Label     string `json:"label"`
		Query     string `json:"query"`
	}
	if err := json.Unmarshal(v.Query, &query); err != nil {
		t.Errorf("$%s: its query is no object: %v", v.Name, err)
		return
	}
	if query.RefID == "" || query.QueryType != "labelValues" || query.Label == "" || !strings.Contains(query.Query, query.Label) {
		t.Errorf("$%s lacks a refId, a label or a readable query: %+v", v.Name, query)
	}
	if (v.Datasource != datasource{Type: pluginID, UID: "${datasource}"}) {
		t.Errorf("$%s asks another data source", v.Name)
	}
	if !v.Multi || !v.IncludeAll || v.AllValue != ".*" || v.Refresh != 2 {
		t.Errorf("$%s is to take several values or all, and to follow the time range", v.Name)
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
