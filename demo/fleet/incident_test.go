package fleet_test

import (
	"slices"
	"testing"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/fleet"
)

func TestSeveralIncidentsGoOnTogether(t *testing.T) {
	f := newFleet(t, fleet.Options{Now: end, Incident: "crash-loop, outage", History: 20 * time.Minute})
	met := map[fleet.Condition][]string{}
	play(f, func() {
		for _, target := range f.Targets() {
			if c := target.Scrape().Condition; c != fleet.Serving && !slices.Contains(met[c], target.Job) {
				met[c] = append(met[c], target.Job)
			}
		}
	})
	if got := slices.Sorted(slices.Values(met[fleet.Down])); len(met) != 1 || !slices.Equal(got, []string{"agent-service", "lango"}) {
		t.Errorf("targets met %v, want agent-service and lango down", met)
	}
	if found, err := fleet.FindIncidents(""); len(found) != 0 || err != nil {
		t.Errorf("the quiet fleet has %v, %v", found, err)
	}
}

func TestACrashLoopServesBetweenItsCrashes(t *testing.T) {
	f := newFleet(t, fleet.Options{Now: end, Incident: "crash-loop", History: 20 * time.Minute})
	target := targetOf(t, f, "lango")
	var down []time.Duration // before the end
	play(f, func() {
		if target.Scrape().Condition == fleet.Down {
			down = append(down, end.Sub(f.Now()))
		}
	})
	want := []time.Duration{12 * time.Minute, 11*time.Minute + 45*time.Second, 2 * time.Minute, 1*time.Minute + 45*time.Second}
	if !slices.Equal(down, want) {
		t.Errorf("down %s before the end, want %s", down, want)
	}
}

func TestACutBudgetIsOverspentInANewMonthToo(t *testing.T) {
	for name, now := range map[string]time.Time{
		"in the middle of a month":     end,
		"cut before midnight of a 1st": time.Date(2026, 5, 1, 0, 10, 0, 0, time.UTC),
		"cut after midnight of a 1st":  time.Date(2026, 5, 1, 0, 40, 0, 0, time.UTC),
	} {
		t.Run(name, func(t *testing.T) {
			f := newFleet(t, fleet.Options{Now: now, Incident: "budget-cut", History: time.Hour})
			books := booksOf(t, f)
			play(f, func() {})
			book, overspent := books.read(), 0
			for _, id := range books.endpoints() {
				if book.sum(id, "budget_used_usd") > book.sum(id, "budget_monthly_usd") {
					overspent++
				}
			}
			if overspent != 1 {
				t.Errorf("%d budgets are overspent, want one", overspent)
			}
		})
	}
}
