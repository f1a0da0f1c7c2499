package integration

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host"
)

// endpointReport is the part of a report that these tests read.
type endpointReport struct {
	EndpointID  string
	GeneratedAt time.Time
	Summary     struct{ TotalExecutions, TotalCost float64 }
	Costs       struct {
		Total          float64
		BudgetAnalysis struct{ MonthlyBudget, ProjectedTotal float64 }
	}
}

var reported = []string{"ep_1234567890abcdef", "ep_2345678901bcdefg", "ep_3456789012cdefgh", "ep_cost_analysis", "ep_4567890123defghi"}

// TestReportEqualsTheCatalog compares the total cost and the projected total in the compiled
// plugin's report with the metrics that panels and alert rules use.
func TestReportEqualsTheCatalog(t *testing.T) {
	for _, id := range reported {
		t.Run(id, func(t *testing.T) {
			var r endpointReport
			status, body := get(t, "v2/endpoints/"+id+"/metrics?granularity=5m&metrics=costs")
			if err := json.Unmarshal([]byte(body), &r); err != nil || status != 200 {
				t.Fatalf("%d %v %.500s", status, err, body)
			}
			at := fmt.Sprintf("endpoint_id=%s&window=24h&time=%d&group_by=", id, r.GeneratedAt.Truncate(5*time.Minute).Unix())
			if want := valueOf(t, "api/metrics/tensorone_cost?"+at); math.Abs(r.Costs.Total-want) > 0.005 || want == 0 {
				t.Errorf("total cost %v, tensorone_cost is %v", r.Costs.Total, want)
			}
			budget := r.Costs.BudgetAnalysis
			projected := valueOf(t, "api/metrics/tensorone_budget_projected?"+at)
			if got := budget.ProjectedTotal / budget.MonthlyBudget; math.Abs(got-projected) > 1e-3 || projected == 0 {
				t.Errorf("projected total %v of %v, tensorone_budget_projected is %v", budget.ProjectedTotal, budget.MonthlyBudget, projected)
			}
		})
	}
}

func valueOf(t *testing.T, path string) float64 {
	t.Helper()
	a, body := lookUp(t, path)
	if len(a.Data.Result) != 1 {
		t.Fatalf("%s: %.500s", path, body)
	}
	text, _ := a.Data.Result[0].Value[1].(string)
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestBatchOfReports(t *testing.T) {
	api := httptest.NewServer(host.Handler(plugin, token))
	defer api.Close()
	body := `{"endpointIds":["` + strings.Join(reported, `","`) + `","ep_unknown"],"timeframe":"24h","metrics":["performance","costs"],"aggregation":"avg"}`
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, api.URL+prefix+"v2/endpoints/metrics/batch", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	var answer struct {
		Results []struct {
			EndpointID string
			Status     int
			Metrics    endpointReport
		}
	}
	if err := json.Unmarshal(text, &answer); err != nil || resp.StatusCode != 200 || len(answer.Results) != len(reported)+1 {
		t.Fatalf("%d %v %.500s", resp.StatusCode, err, text)
	}
	for i, r := range answer.Results {
		if i == len(reported) {
			if r.Status != 404 {
				t.Errorf("%+v", r)
			}
			continue
		}
		if m := r.Metrics; r.Status != 200 || m.EndpointID != reported[i] || m.Summary.TotalExecutions == 0 || m.Summary.TotalCost == 0 {
			t.Errorf("%+v", r)
		}
	}
}
