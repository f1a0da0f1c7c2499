package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/fleet/incident"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/provision"
)

func provisionedSet(t *testing.T) *provision.Set {
	t.Helper()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	set, err := provision.Read(filepath.Join(root, "provisioning"), provision.MapEnv(map[string]string{
		"PROMETHEUS_URL": "http://localhost:9090", "DASHBOARDS_PATH": filepath.Join(root, "dashboards"),
	}))
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func linkTo(d provision.Dashboard) string { return "/d/" + d.UID }

func TestDescribeIncidents(t *testing.T) {
	text, err := describeIncidents("latency, stalled", "", provisionedSet(t), linkTo)
	if err != nil {
		t.Fatal(err)
	}
	want := `Incident latency, for 45m: query-router, two Tessallite models and one inference model answer slowly
  Open    Tessallite Platform Overview: /d/tessallite-overview
  Open    Inference Overview: /d/inference-overview
  Alerts  TessalliteHighLatencyP95 fires after 10m: panel Latency p95
`
	if !strings.HasPrefix(text, want) {
		t.Errorf("got\n%s\nwant\n%s", text, want)
	}
	if !strings.Contains(text, "\nIncident stalled, for 1h10m: ") || !strings.Contains(text, "\n  No data in the panels Failure rate, 1 h, ") {
		t.Errorf("got\n%s", text)
	}
}

// TestEachIncidentNamesItsAlertsAndDashboards checks the text of each incident. Package fleet
// tests that exactly the alerts in Raises follow an incident.
func TestEachIncidentNamesItsAlertsAndDashboards(t *testing.T) {
	set := provisionedSet(t)
	for _, i := range incident.All {
		text, err := describeIncidents(i.Name, "0s", set, linkTo)
		if err != nil {
			t.Error(err)
			continue
		}
		opens := 0
		for line := range strings.Lines(text) {
			if uid, ok := strings.CutPrefix(line, "  Open    "); ok {
				opens++
				_, uid, _ = strings.Cut(strings.TrimSpace(uid), ": /d/")
				checkDashboardShowsAlert(t, set, uid, i.Raises)
			}
		}
		if opens == 0 {
			t.Errorf("%s: no dashboard to open:\n%s", i.Name, text)
		}
		for _, alert := range i.Raises {
			if strings.Count(text, alert+" fires immediately") != 1 {
				t.Errorf("%s: the alert %s is not listed once:\n%s", i.Name, alert, text)
			}
		}
		if got := strings.Count(text, " fires immediately"); got != len(i.Raises) {
			t.Errorf("%s: %d alerts are listed, want %d", i.Name, got, len(i.Raises))
		}
	}
}

func checkDashboardShowsAlert(t *testing.T, set *provision.Set, uid string, alerts []string) {
	t.Helper()
	if !slices.ContainsFunc(alerts, func(title string) bool {
		rule, _ := set.Rule(title)
		dashboard, _, err := rule.Panel()
		return err == nil && dashboard == uid
	}) {
		t.Errorf("the dashboard %s shows none of the alerts %v", uid, alerts)
	}
}

func TestDescribeIncidentsWithUnknownAlert(t *testing.T) {
	if _, err := describeIncidents("latency", "", &provision.Set{}, linkTo); err == nil || !strings.Contains(err.Error(), "isn't provisioned") {
		t.Errorf("got %v", err)
	}
}
