package main

import "fmt"

// row is one line of the table of budgets: a measured value with its limit.
type row struct {
	name     string
	measured float64
	sign     string // ≤ or ≥
	budget   float64
	unit     string
}

func atMost(name string, measured, budget float64, unit string) row {
	return row{name, measured, "≤", budget, unit}
}

func atLeast(name string, measured, budget float64, unit string) row {
	return row{name, measured, "≥", budget, unit}
}

func (r row) withinBudget() bool {
	if r.sign == "≥" {
		return r.measured >= r.budget
	}
	return r.measured <= r.budget
}

// printBudget prints whether each value is within its limit. A value outside its limit
// isn't an error, because times depend on the machine.
func printBudget(rows []row) {
	t := table{title: "Budget"}
	t.add("value", "measured", "budget", "")
	for _, r := range rows {
		verdict := "ok"
		if !r.withinBudget() {
			verdict = "OVER"
		}
		t.add(r.name, trim(r.measured)+r.unit, fmt.Sprintf("%s %g%s", r.sign, r.budget, r.unit), verdict)
	}
	t.print()
}

// trim formats a value with about three digits.
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
