package main

import (
	"fmt"
	"slices"
	"strings"
)

// table is a table that is printed as Markdown with aligned columns.
type table struct {
	title string
	note  string
	rows  [][]string // the first one is the header
}

func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

func (t *table) print() {
	widths := make([]int, len(t.rows[0]))
	for _, row := range t.rows {
		for i, cell := range row {
			widths[i] = max(widths[i], len([]rune(cell)))
		}
	}
	fmt.Printf("\n### %s\n\n", t.title)
	if t.note != "" {
		fmt.Printf("%s\n\n", t.note)
	}
	for n, row := range t.rows {
		fmt.Print("|")
		for i, cell := range row {
			padding := strings.Repeat(" ", widths[i]-len([]rune(cell)))
			if i == 0 {
				fmt.Printf(" %s%s |", cell, padding)
			} else {
				fmt.Printf(" %s%s |", padding, cell)
			}
		}
		fmt.Println()
		if n > 0 {
			continue
		}
		fmt.Print("|")
		for i, width := range widths {
			if i == 0 {
				fmt.Printf(" %s |", strings.Repeat("-", width))
			} else {
				fmt.Printf(" %s: |", strings.Repeat("-", width-1))
			}
		}
		fmt.Println()
	}
}

func median[T ~int | ~int64 | ~float64](all []T) T {
	sorted := slices.Sorted(slices.Values(all))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}
