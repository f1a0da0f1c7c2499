package packcheck

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/packfile"
)

// shopReports is a row with panels of a report. The tests append it to shopDashboard.
const shopReports = `
      - title: Report
        reports:
          - id: 2
            section: costs.budgetAnalysis
            endpoints: [$model]
            show: table
            title: Budget
            description: What is left.
            columns: [{field: endpoint_id, title: Endpoint}, {field: monthlyBudget, title: Budget, width: 90}]
            links: [{title: Only this one, choose: {model: endpoint_id}}]
          - {id: 5, section: summary.successRate, endpoints: [ep_1], timeframe: 7d, show: stat, title: Success, description: Of requests.}
          - {id: 6, section: performance.latency.timeSeries, endpoints: [ep_1], show: lines, title: Latency, description: Of requests.}
`

func TestLoadReports(t *testing.T) {
	c, err := Load(packfile.Source{Name: "shop.yaml", Text: []byte(strings.TrimSuffix(shopDashboard, "\n") + shopReports)})
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(c.Packs()[0].Dashboards[0].Rows[1].Reports[1])
	if err != nil {
		t.Fatal(err)
	}
	want := `{"id":5,"section":"summary.successRate","endpoints":["ep_1"],"timeframe":"7d","show":"stat","title":"Success","description":"Of requests.","columns":null}`
	if string(text) != want {
		t.Errorf("got  %s\nwant %s", text, want)
	}
}

func TestLoadReportsProblemsOfReports(t *testing.T) {
	for name, c := range map[string]struct{ old, new, want string }{
		"an unknown section":                {"section: costs.budgetAnalysis", "section: costs.budget", `section: The report has no section "costs.budget". Did you mean costs.budgetAnalysis`},
		"an id of another panel":            {"id: 5, section", "id: 4, section", `id: The panel "Orders by tenant" has the same id 4.`},
		"a title of another panel":          {"title: Success", "title: Orders", `title: The dashboard has another panel with the title "Orders".`},
		"a number as a table":               {"show: stat", "show: table", `show: table doesn't support the section summary.successRate, whose kind is number.`},
		"a table as lines":                  {"section: performance.latency.timeSeries", "section: insights", `show: lines doesn't support the section insights, whose kind is groups.`},
		"a variable that isn't there":       {"endpoints: [$model]", "endpoints: [$endpoint]", `endpoints: `},
		"a column that isn't there":         {"field: monthlyBudget", "field: budget", `columns: The table of costs.budgetAnalysis has no column "budget".`},
		"a column twice":                    {"field: monthlyBudget", "field: endpoint_id", `columns: There are two columns for the field endpoint_id.`},
		"columns of a number":               {"title: Success,", "title: Success, columns: [{field: x, title: X}],", `columns: stat doesn't support this key.`},
		"a link by a column that is hidden": {"choose: {model: endpoint_id}", "choose: {model: onTrack}", `links: The link "Only this one" uses the field onTrack`},
		"a link to an unknown dashboard":    {"title: Only this one, choose", "title: Only this one, dashboard: modelmetrics-nowhere, choose", `dashboard: There is no dashboard modelmetrics-nowhere.`},
		"a link to an unknown variable":     {"choose: {model: endpoint_id}", "choose: {model2: endpoint_id}", `choose: Shop Overview has no variable model2. Did you mean model`},
		"an unknown visualization":          {"show: stat", "show: pie", `show`},
		"an unknown timeframe":              {"timeframe: 7d", "timeframe: 2d", `timeframe`},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.TrimSuffix(shopDashboard, "\n") + shopReports
			if !strings.Contains(text, c.old) {
				t.Fatalf("the pack doesn't contain %q", c.old)
			}
			_, err := Load(packfile.Source{Name: "shop.yaml", Text: []byte(strings.Replace(text, c.old, c.new, 1))})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestRowWithoutPanels(t *testing.T) {
	_, err := Load(packfile.Source{Name: "shop.yaml", Text: []byte(strings.TrimSuffix(shopDashboard, "\n") + "\n      - title: Empty\n")})
	if err == nil || !strings.Contains(err.Error(), "The row has no panels. Add panels, reports or alerts.") {
		t.Errorf("got %v", err)
	}
}

// TestSchemaListsReportShows checks that the schema and the checks have the same visualizations
// of sections.
func TestSchemaListsReportShows(t *testing.T) {
	var schema struct {
		Defs struct {
			ReportPanel struct {
				Properties struct {
					Show struct {
						Enum []string `json:"enum"`
					} `json:"show"`
				} `json:"properties"`
			} `json:"reportPanel"`
		} `json:"$defs"`
	}
	if err := json.Unmarshal(packfile.Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	if got, want := schema.Defs.ReportPanel.Properties.Show.Enum, slices.Sorted(maps.Keys(reportShows)); !slices.Equal(got, want) {
		t.Errorf("the schema has %v, want %v", got, want)
	}
}
