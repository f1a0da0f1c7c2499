package faults

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// answersDocument returns docs/server-answers.md.
func answersDocument(table map[cell]shown) string {
	var page strings.Builder
	page.WriteString(`# Responses of a server

This page lists the errors that the plugin shows if the server, or a proxy in front of it,
sends an error or an invalid response. ` + "`prometheus:9090`" + ` stands for the host of the data
source, and *too many series* for the text in the body. The text is shown as one line of at
most 500 characters without tags, control characters and credentials. In these tests, every
response has the header ` + "`Retry-After: 31`" + `. This wait is longer than half of the query
timeout, so the plugin doesn't retry.

The tests write this page from the responses of the compiled plugin: run
` + "`go test ./faults -run TestServerAnswers -update`" + ` in ` + "`tests`" + `.

## Statuses

The table lists the status of the error in each place that reports it. If only the exemplars
of a graph fail, the graph keeps its status and shows a warning with the text. *Save & test*
has no status.

`)
	writeStatuses(&page, table)
	for s, status := range sentStatuses {
		_, _ = fmt.Fprintf(&page, "\n## %d %s\n\n| the server sends | the plugin shows |\n| --- | --- |\n", status, http.StatusText(status))
		for _, row := range rowsOf(table, s) {
			_, _ = fmt.Fprintf(&page, "| %s | %s |\n", strings.ReplaceAll(row.sent, "|", `\|`), strings.ReplaceAll(row.text, "|", `\|`))
		}
	}
	return page.String()
}

// writeStatuses writes a table with a line for each status that the server sends. Places
// that report the same statuses share a column.
func writeStatuses(page *strings.Builder, table map[cell]shown) {
	var columns [][]int
	statuses := func(s, place int) string {
		seen := map[int]bool{}
		for b := range sentBodies {
			seen[table[cell{s, b, place}].status] = true
		}
		var texts []string
		for _, status := range slices.Sorted(maps.Keys(seen)) {
			texts = append(texts, strconv.Itoa(status))
		}
		return strings.Join(texts, ", ")
	}
	same := func(a, b int) bool {
		for s := range sentStatuses {
			if statuses(s, a) != statuses(s, b) {
				return false
			}
		}
		return true
	}
	for p, place := range shownAt {
		if place.name == "Save & test" {
			continue
		}
		i := slices.IndexFunc(columns, func(column []int) bool { return same(column[0], p) })
		if i < 0 {
			columns = append(columns, []int{p})
		} else {
			columns[i] = append(columns[i], p)
		}
	}
	page.WriteString("| server |")
	for _, column := range columns {
		page.WriteString(" " + placeNames(column) + " |")
	}
	page.WriteString("\n|" + strings.Repeat(" --- |", len(columns)+1) + "\n")
	for s, status := range sentStatuses {
		_, _ = fmt.Fprintf(page, "| %d |", status)
		for _, column := range columns {
			page.WriteString(" " + statuses(s, column[0]) + " |")
		}
		page.WriteString("\n")
	}
}

func placeNames(places []int) string {
	var names []string
	for _, p := range places {
		name := shownAt[p].name
		if strings.Contains(name, "/") {
			name = "`" + name + "`"
		}
		names = append(names, name)
	}
	return strings.Join(names, "; ")
}

type row struct{ sent, text string }

// rowsOf returns the texts that are shown for one status, each with the bodies that cause
// it. If not all places show a text, its row also names the places that show it, or those
// that don't.
func rowsOf(table map[cell]shown, s int) []row {
	type group struct {
		text   string
		places []int
		bodies []string
	}
	var groups []group
	add := func(text string, places []int, body string) {
		i := slices.IndexFunc(groups, func(g group) bool { return g.text == text && slices.Equal(g.places, places) })
		if i < 0 {
			groups, i = append(groups, group{text: text, places: places}), len(groups)
		}
		groups[i].bodies = append(groups[i].bodies, body)
	}
	for b, body := range sentBodies {
		var order []string
		places := map[string][]int{}
		for p := range shownAt {
			text := table[cell{s, b, p}].text
			if places[text] == nil {
				order = append(order, text)
			}
			places[text] = append(places[text], p)
		}
		for _, text := range order {
			name := body.name
			if strings.HasPrefix(name, "{") {
				name = "`" + name + "`"
			}
			add(text, places[text], name)
		}
	}
	var rows []row
	for _, g := range groups {
		sent := strings.Join(g.bodies, "; ")
		if len(g.bodies) == len(sentBodies) {
			sent = "anything"
		}
		var others []int
		for p := range shownAt {
			if !slices.Contains(g.places, p) {
				others = append(others, p)
			}
		}
		switch {
		case len(others) > len(g.places):
			sent += " (" + placeNames(g.places) + ")"
		case len(others) > 0:
			sent += " (everywhere but " + placeNames(others) + ")"
		}
		rows = append(rows, row{sent, g.text})
	}
	return rows
}
