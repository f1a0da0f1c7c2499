package catalog

import (
	"slices"
	"strings"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/packfile"
)

const searchPack = `
pack: kiosk
title: Kiosk
metrics:
  - {name: orders_latency, title: Wait, description: How long people wait., unit: s, query: x, tags: [slow]}
  - {name: latency_p95, title: Tail, description: The slow ones., unit: s, query: x, tags: [slo]}
  - {name: latency, title: Mean, description: Mean of all., unit: s, query: x}
  - {name: speed, title: Speed, description: The inverse of latency., unit: s, query: x}
  - {name: pace, title: Pace, description: Steps., unit: s, query: x, tags: [Latency, slo]}
  - {name: umsatz, title: Umsatz der Straße, description: Λόγος ΣΟΦΟΣ., unit: currencyEUR, query: x}
families: [{name: x, type: gauge, help: X.}]
`

func TestSearch(t *testing.T) {
	c, err := Load([]packfile.Source{{Text: []byte(searchPack)}, {Text: []byte(validPack)}})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name   string
		search Search
		want   string
		total  int
	}{
		{"name, prefix of names, names and titles, tags, descriptions", Search{Text: "latency"}, "latency latency_p95 orders_latency pace speed", 5},
		{"title like a name", Search{Text: "WAIT"}, "orders_latency wait", 2},
		{"upper and lower case", Search{Text: "LaTeNcY"}, "latency latency_p95 orders_latency pace speed", 5},
		{"all words must occur", Search{Text: "latency slow"}, "orders_latency latency_p95", 2},
		{"in any order", Search{Text: "  people   orders "}, "orders_latency", 1},
		{"in the pack's name", Search{Text: "kiosk umsatz"}, "umsatz", 1},
		{"in other scripts", Search{Text: "σοφος"}, "umsatz", 1},
		{"a part of a word", Search{Text: "traße"}, "umsatz", 1},
		{"a pack", Search{Pack: "shop"}, "orders wait", 2},
		{"a tag", Search{Tag: "slo"}, "latency_p95 pace", 2},
		{"a tag in another case", Search{Tag: "LATENCY"}, "pace", 1},
		{"a pack, a tag and a text", Search{Pack: "kiosk", Tag: "slo", Text: "tail"}, "latency_p95", 1},
		{"everything", Search{}, "orders_latency latency_p95 latency speed pace umsatz orders wait", 8},
		{"a page", Search{Limit: 2, Offset: 1}, "latency_p95 latency", 8},
		{"the last page", Search{Limit: 5, Offset: 6}, "orders wait", 8},
		{"a page after the last", Search{Limit: 5, Offset: 100}, "", 8},
		{"a negative page", Search{Limit: -1, Offset: -1, Text: "pace"}, "pace", 1},
		{"nothing", Search{Text: "zebra"}, "", 0},
		{"no such pack", Search{Pack: "zebra"}, "", 0},
		{"a regular expression is not interpreted", Search{Text: ".*"}, "", 0},
		{"a long text", Search{Text: strings.Repeat("a ", 100_000)}, "orders_latency latency_p95 latency pace umsatz wait orders speed", 8},
		{"invalid UTF-8", Search{Text: "\xff\xfe"}, "", 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			page, total := c.Search(test.search)
			var names []string
			for _, m := range page {
				names = append(names, m.Name)
			}
			if got := strings.Join(names, " "); got != test.want || total != test.total {
				t.Errorf("got %q of %d, want %q of %d", got, total, test.want, test.total)
			}
			if page == nil {
				t.Error("the page is nil, which is null in JSON")
			}
		})
	}
}

func TestSearchFindsUserMetrics(t *testing.T) {
	c, problems := validCatalog(t).With(t.Context(), userPacks)
	if problems != nil {
		t.Fatal(problems)
	}
	page, _ := c.Search(Search{Text: "orders"})
	if at := slices.IndexFunc(page, func(m *Metric) bool { return m.Name == "orders" }); at != 0 || page[0].Title != "Our orders" || len(page) != 1 {
		t.Errorf("found %v", page)
	}
}
