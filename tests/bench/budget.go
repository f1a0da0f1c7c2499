package main

import "fmt"

// row is one line of the budget: what was measured, and what it may be.
type row struct {
	what     string
	measured float64
	sign     string // ≤ or ≥
	budget   float64
	unit     string
}

func atMost(what string, measured, budget float64, unit string) row {
	return row{what, measured, "≤", budget, unit}
}

func atLeast(what string, measured, budget float64, unit string) row {
	return row{what, measured, "≥", budget, unit}
}

func (r row) kept() bool {
	if r.sign == "≥" {
		return r.measured >= r.budget
	}
	return r.measured <= r.budget
}

// printBudget says of every row whether it is kept. Times are those of the
// machine at hand: a row that is not kept is no failure.
func printBudget(rows []row) {
	t := table{title: "Budget"}
	t.add("what", "measured", "budget", "")
	for _, r := range rows {
		verdict := "ok"
		if !r.kept() {
			verdict = "OVER"
		}
		t.add(r.what, trim(r.measured)+r.unit, fmt.Sprintf("%s %g%s", r.sign, r.budget, r.unit), verdict)
	}
	t.print()
}

// trim prints three digits or so.
func trim(value float64) string {
	switch {
	case value >= 100:
		return fmt.Sprintf("%.0f", value)
	case value >= 10:
		return fmt.Sprintf("%.1f", value)
	default:
		return fmt.Sprintf("%.2f", value)
	}
}
