package faults

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// answersDocument returns the text of docs/server-answers.md.
func answersDocument(table map[cell]shown) string {
	var page strings.Builder
	page.WriteString(`# Responses of a server

This page lists the errors that the plugin shows if the server of a data source, or a proxy in
front of the server, sends an error or an invalid response. A test writes the page from the
responses of the compiled plugin: run
` + "`go test ./faults -run TestServerAnswers -update`" + ` in ` + "`tests`" + `.

In the tables, ` + "`prometheus:9090`" + ` is the host in the data source's URL, and *too many series* is
the text in the body of the server's response. The plugin shows this text as one line of at
most 500 characters, without tags, control characters and credentials. In the test, every
response has the header ` + "`Retry-After: 31`" + `. The plugin reads this header if the status is 429 or
503. The wait of 31 seconds is longer than half of the query timeout, so the plugin doesn't
retry in these cases.

## Statuses

The first column of this table is the status that the server sends. The other columns contain
the status that the plugin returns for each kind of query and for each route. If the plugin's
status depends on the body of the server's response, the cell lists all possible statuses. If only the request
for the exemplars of a graph fails, the graph has the status 200 and shows a warning with the
error's text. *Save & test* has no status.

`)
	writeStatuses(&page, table)
	page.WriteString(`
Each of the following sections is about one status of the server. The first column of its table
is the body of the server's response, and the second column is the text of the error. The error
can appear in every place in the header of the previous table, and in *Save & test*. If a text
doesn't appear in all places, the first column also contains the names of the places, in
parentheses. If the request for exemplars fails with 404, the graph has no exemplars and no
warning, because a server without exemplars sends this status.
`)
	for s, status := range sentStatuses {
		_, _ = fmt.Fprintf(&page, "\n## %d %s\n\n| body of the server's response | text of the error |\n| --- | --- |\n", status, http.StatusText(status))
		for _, row := range rowsOf(table, s) {
			_, _ = fmt.Fprintf(&page, "| %s | %s |\n", strings.ReplaceAll(row.sent, "|", `\|`), strings.ReplaceAll(row.text, "|", `\|`))
		}
	}
	return page.String()
}

// writeStatuses writes a table with a line for each status that the server sends. The columns
// are the places in shownAt, except Save & test. Places that report the same statuses share a
// column.
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
	page.WriteString("| status of the server |")
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

// rowsOf returns the rows of the table for one status of the server. A row has a text and the
// bodies for which the same places show this text. If these places are less than half of all
// places, the row names them. Otherwise the row names the other places as exceptions, if there
// are any.
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
			sent = "any body"
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
			sent += " (in all places except " + placeNames(others) + ")"
		}
		rows = append(rows, row{sent, g.text})
	}
	return rows
}
