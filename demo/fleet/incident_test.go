package fleet_test

import (
	"testing"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/fleet"
)

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
