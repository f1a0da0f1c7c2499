package catalog

import (
	"os"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

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
		{"a name is before a title", Search{Text: "WAIT"}, "wait orders_latency", 2},
		{"upper and lower case", Search{Text: "LaTeNcY"}, "latency latency_p95 orders_latency pace speed", 5},
		{"all words must occur", Search{Text: "latency tail"}, "latency_p95", 1},
		{"a synonym", Search{Text: "response time"}, "orders_latency latency_p95 latency pace speed", 5},
		{"a word that is only typed", Search{Text: "slowness"}, "orders_latency latency_p95 latency pace speed", 5},
		{"a misspelt word", Search{Text: "latncy"}, "orders_latency latency_p95 latency pace speed", 5},
		{"stems", Search{Text: "inversed of the latencies"}, "speed", 1},
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
		{"a long text", Search{Text: strings.Repeat("tail ", 100_000)}, "latency_p95", 1},
		{"invalid UTF-8", Search{Text: "\xff\xfe"}, "", 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			page, total, _ := c.Search(test.search)
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

func TestNearest(t *testing.T) {
	c, err := Load([]packfile.Source{{Text: []byte(searchPack)}, {Text: []byte(validPack)}})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name   string
		search Search
		want   string // the beginning of the nearest names
	}{
		{"metrics that match some words", Search{Text: "latency of zebras"}, "latency latency_p95 orders_latency pace speed"},
		{"similar names first", Search{Text: "orderslatency"}, "orders_latency"},
		{"no word matches", Search{Text: "zebra"}, ""},
		{"no letters", Search{Text: ".*"}, ""},
		{"invalid UTF-8", Search{Text: "\xff\xfe"}, ""},
		{"within a pack", Search{Text: "zebra", Pack: "shop"}, ""},
		{"with a tag", Search{Text: "zebra tail", Tag: "slow"}, "orders_latency"},
	} {
		t.Run(test.name, func(t *testing.T) {
			page, total, nearest := c.Search(test.search)
			if len(page) > 0 || total > 0 || len(nearest) == 0 || !strings.HasPrefix(strings.Join(nearest, " "), test.want) {
				t.Errorf("found %v of %d, nearest %v", page, total, nearest)
			}
			for _, name := range nearest {
				if m := c.Lookup(name); m == nil || !m.selectedBy(test.search) {
					t.Errorf("%s must not be found", name)
				}
			}
		})
	}
	if _, _, nearest := c.Search(Search{Text: "zebra", Pack: "no_such"}); len(nearest) > 0 {
		t.Errorf("a pack that doesn't exist has %v", nearest)
	}
}

func TestSimilar(t *testing.T) {
	c := validCatalog(t)
	for name, want := range map[string]string{"ordrs": "orders", "waits": "wait", "zebra": "", "": ""} {
		if got := strings.Join(c.Similar(name), " "); got != want {
			t.Errorf("%q is similar to %q, want %q", name, got, want)
		}
	}
}

// TestPhrases runs searches that were written without looking at the catalog.
func TestPhrases(t *testing.T) {
	text, err := os.ReadFile("../search/testdata/phrases.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var phrases []struct {
		Search, Meaning string
		Metrics         []string
	}
	if err := yaml.Unmarshal(text, &phrases); err != nil || len(phrases) < 40 {
		t.Fatalf("%d phrases: %v", len(phrases), err)
	}
	c, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, phrase := range phrases {
		page, _, nearest := c.Search(Search{Text: phrase.Search, Limit: 3})
		first := slices.Clone(nearest[:min(3, len(nearest))])
		for _, m := range page {
			first = append(first, m.Name)
		}
		for _, name := range phrase.Metrics {
			if c.Lookup(name) == nil {
				t.Errorf("the catalog has no metric %s", name)
			}
		}
		if !slices.ContainsFunc(phrase.Metrics, func(name string) bool { return slices.Contains(first, name) }) {
			t.Errorf("%q (%s) finds %v, want one of %v", phrase.Search, phrase.Meaning, first, phrase.Metrics)
		}
	}
}

func TestDisabledPacksAreNotFound(t *testing.T) {
	c := validCatalog(t)
	if _, total, _ := c.Search(Search{Text: "wait"}); total == 0 {
		t.Fatal("the metric is not found in the enabled pack")
	}
	rest, _ := c.Without([]string{"shop"})
	if page, total, nearest := rest.Search(Search{Text: "wait"}); total > 0 || slices.Contains(nearest, "wait") {
		t.Errorf("found %v and %v", page, nearest)
	}
}

func TestSearchFindsUserMetrics(t *testing.T) {
	c, problems := validCatalog(t).With(t.Context(), userPacks)
	if problems != nil {
		t.Fatal(problems)
	}
	page, _, _ := c.Search(Search{Text: "orders"})
	if at := slices.IndexFunc(page, func(m *Metric) bool { return m.Name == "orders" }); at != 0 || page[0].Title != "Our orders" || len(page) != 1 {
		t.Errorf("found %v", page)
	}
}
