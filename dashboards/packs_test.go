package dashboards_test

import (
	"encoding/json"
	"os"
	"slices"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
)

const tessalliteUID = "tessallite-overview"

// Each dashboard of a pack has a file and an entry in plugin.json. There are no files and no
// entries of other dashboards.
func TestDashboardsAreThoseOfThePacks(t *testing.T) {
	metrics, err := catalog.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("../plugin.json")
	if err != nil {
		t.Fatal(err)
	}
	var manifest struct {
		Includes []struct{ Type, Name, Path string } `json:"includes"`
	}
	if err := json.Unmarshal(text, &manifest); err != nil {
		t.Fatal(err)
	}
	listed := map[string]string{}
	for _, included := range manifest.Includes {
		listed[included.Path] = included.Name
	}
	files := load(t)
	for uid, d := range described(metrics) {
		if _, ok := files[uid]; !ok {
			t.Errorf("%s.json is missing: run go tool mage generate", uid)
		}
		path := "dashboards/" + uid + ".json"
		if listed[path] != d.Title {
			t.Errorf("plugin.json calls %s %q, not %q: run go tool mage generate", path, listed[path], d.Title)
		}
		delete(files, uid)
		delete(listed, path)
	}
	for uid := range files {
		t.Errorf("no pack defines %s.json: remove it", uid)
	}
	for path := range listed {
		t.Errorf("plugin.json lists %s, which no pack defines: run go tool mage generate", path)
	}
}

// The panels and sections are those of docs/contracts/tessallite.md#dashboard. More may
// be added to them.
func TestTessalliteHasDocumentedPanels(t *testing.T) {
	d := load(t)[tessalliteUID]
	section := ""
	panels := map[string][]int64{}
	for _, p := range d.Panels {
		if p.Type == "row" {
			section = p.Title
			continue
		}
		panels[section] = append(panels[section], p.ID)
	}
	documented := map[string][]int64{
		"Service Health":               {1, 2, 3, 4, 5, 6, 7},
		"Query Routing and Aggregates": {8, 9, 10, 11},
		"Model Health and Usage":       {12, 13, 14, 15, 16, 17, 18},
	}
	for section, ids := range documented {
		for _, id := range ids {
			if !slices.Contains(panels[section], id) {
				t.Errorf("%s has no panel %d", section, id)
			}
		}
	}
	var filters []string
	for _, v := range d.Templating.List {
		if v.Hide == 0 && v.Type == "query" {
			filters = append(filters, v.Name)
		}
	}
	if want := []string{"service", "tenant", "project", "model"}; !slices.Equal(filters, want) {
		t.Errorf("filters are %v, want %v", filters, want)
	}
}

// described returns the dashboards of the packs by uid.
func described(metrics *catalog.Catalog) map[string]*catalog.Dashboard {
	all := map[string]*catalog.Dashboard{}
	for _, pack := range metrics.Packs() {
		for i := range pack.Dashboards {
			all[pack.Dashboards[i].UID] = &pack.Dashboards[i]
		}
	}
	return all
}

// report returns the report panel with the given id.
func report(d *catalog.Dashboard, id int64) (catalog.ReportPanel, bool) {
	if d == nil {
		return catalog.ReportPanel{}, false
	}
	for _, row := range d.Rows {
		for _, p := range row.Reports {
			if int64(p.ID) == id {
				return p, true
			}
		}
	}
	return catalog.ReportPanel{}, false
}

// queries returns the queries of the panel with the given id.
func queries(d *catalog.Dashboard, id int64) []catalog.PanelQuery {
	if d == nil {
		return nil
	}
	for _, row := range d.Rows {
		for _, p := range row.Panels {
			if int64(p.ID) == id {
				return append([]catalog.PanelQuery{p.PanelQuery}, p.And...)
			}
		}
	}
	return nil
}
