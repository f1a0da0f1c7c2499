package fleet_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/fleet"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/fleet/incident"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/simulation"
)

func TestIncidentsCombine(t *testing.T) {
	f := newFleet(t, fleet.Options{Now: end, Incident: "crash-loop, outage", History: 20 * time.Minute})
	seen := map[simulation.Condition][]string{}
	play(f, func() {
		for _, target := range f.Targets() {
			if c := target.Scrape().Condition; c != simulation.Serving && !slices.Contains(seen[c], target.Job) {
				seen[c] = append(seen[c], target.Job)
			}
		}
	})
	if got := slices.Sorted(slices.Values(seen[simulation.Down])); len(seen) != 1 || !slices.Equal(got, []string{"agent-service", "lango"}) {
		t.Errorf("conditions %v, want agent-service and lango down", seen)
	}
	if incidents, err := incident.Find(""); len(incidents) != 0 || err != nil {
		t.Errorf("no incident: %v, %v", incidents, err)
	}
}

func TestUnknownIncidentListsKnownOnes(t *testing.T) {
	_, err := fleet.New(fleet.Options{Incident: "latncy"})
	if err == nil {
		t.Fatal("no error")
	}
	for _, i := range incident.All {
		if !strings.Contains(err.Error(), i.Name) {
			t.Errorf("%q does not name %s", err, i.Name)
		}
	}
}

func TestBudgetCutIsOverspentInNewMonth(t *testing.T) {
	for name, now := range map[string]time.Time{
		"in the middle of a month":     end,
		"cut before midnight of a 1st": time.Date(2026, 5, 1, 0, 10, 0, 0, time.UTC),
		"cut after midnight of a 1st":  time.Date(2026, 5, 1, 0, 40, 0, 0, time.UTC),
	} {
		t.Run(name, func(t *testing.T) {
			f := newFleet(t, fleet.Options{Now: now, Incident: "budget-cut", History: time.Hour})
			endpoints := endpointsOf(t, f)
			play(f, func() {})
			values, overspent := endpoints.read(), 0
			for _, id := range endpoints.ids() {
				if values.sum(id, "budget_used_usd") > values.sum(id, "budget_monthly_usd") {
					overspent++
				}
			}
			if overspent != 1 {
				t.Errorf("%d budgets are overspent, want one", overspent)
			}
		})
	}
}

func targetOf(t *testing.T, f *simulation.Fleet, job string) *simulation.Target {
	t.Helper()
	i := slices.IndexFunc(f.Targets(), func(target *simulation.Target) bool { return target.Job == job })
	if i < 0 {
		t.Fatalf("no target has the job %q", job)
	}
	return f.Targets()[i]
}
