package catalog

import (
	"slices"
	"strings"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/packfile"
)

// userPacks override a metric, read a family of a built-in pack, and declare a family.
const userPacks = `# Ours.
pack: ours
title: Ours
metrics:
  - name: orders
    title: Our orders
    description: Orders per minute.
    unit: opm
    query: 60 * sum by (__BY__) (rate(orders_total{__PARAMS__}[$__rate_interval]))
    optional_params: [tenant]
    group_by: [tenant]
    legend: "{{tenant}}"
    record: ours:orders
---
pack: more
title: More
labels: {shelf: Where it lies.}
families:
  - {name: shelf_items, type: gauge, help: Items on a shelf., labels: [shelf]}
metrics:
  - name: items
    title: Items
    description: What lies on the shelves.
    unit: suffix:items
    query: sum by (__BY__) (shelf_items{__PARAMS__})
    required_params: [shelf]
    group_by: [shelf]
`

func validCatalog(tb testing.TB) *Catalog {
	tb.Helper()
	c, err := Load([]packfile.Source{{Name: "packs/shop.yaml", Text: []byte(validPack)}})
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

func TestUserPacks(t *testing.T) {
	builtin := validCatalog(t)
	c, problems := builtin.With(t.Context(), userPacks)
	if problems != nil {
		t.Fatal(problems)
	}
	if got := c.Names(); !slices.Equal(got, []string{"items", "orders", "wait"}) {
		t.Errorf("the metrics are %v", got)
	}

	orders, err := c.Metric("orders")
	if err != nil {
		t.Fatal(err)
	}
	if before := orders.Overrides(); before == nil || before.Title != "Orders" {
		t.Errorf("orders overrides %v", before)
	}
	if source, line := orders.Position(); source != "the data source's settings" || line != 5 {
		t.Errorf("orders is at %s, line %d", source, line)
	}
	if families := orders.Families(); len(families) != 1 || families[0].Name != "orders_total" {
		t.Errorf("orders reads %v", families)
	}
	if meaning := orders.Meaning("tenant"); meaning != "Who ordered it." {
		t.Errorf("tenant means %q, want the meaning in the family's pack", meaning)
	}
	if orders.Type != "gauge" {
		t.Errorf("the default type is %q", orders.Type)
	}

	items, err := c.Metric("items")
	if err != nil {
		t.Fatal(err)
	}
	if items.Overrides() != nil {
		t.Error("items overrides a metric")
	}
	if _, line := items.Position(); line != 21 {
		t.Errorf("items is on line %d", line)
	}
	if text, err := items.Preview(); err != nil || text != `sum by (shelf) (shelf_items{shelf="<shelf>"})` {
		t.Errorf("the preview is %s, %v", text, err)
	}
	if meaning := items.Meaning("shelf"); meaning != "Where it lies." {
		t.Errorf("shelf means %q", meaning)
	}

	var listed []string
	for _, pack := range c.Packs() {
		for _, m := range pack.Metrics {
			listed = append(listed, pack.Name+"/"+m.Name)
		}
	}
	if want := []string{"shop/wait", "ours/orders", "more/items"}; !slices.Equal(listed, want) {
		t.Errorf("the packs list %v, want %v", listed, want)
	}

	if m, err := builtin.Metric("orders"); err != nil || m.Title != "Orders" || m.Overrides() != nil {
		t.Errorf("the built-in catalog has changed: %v, %v", m, err)
	}
}

func TestEmptyUserPacks(t *testing.T) {
	for _, text := range []string{"", "\n", "# Nothing yet.\n", "---\n", "---\n---\n"} {
		c, problems := validCatalog(t).With(t.Context(), text)
		if problems != nil || len(c.Names()) != 2 {
			t.Errorf("%q: %v, %v", text, c.Names(), problems)
		}
	}
}

func TestInvalidUserPacks(t *testing.T) {
	const head = "pack: ours\ntitle: Ours\nmetrics:\n"
	const own = "  - {name: own, title: Own, description: Own., unit: short, query: sum(orders_total)}\n"
	for _, test := range []struct {
		name, text string
		problems   []string
		invalid    []string // metrics whose error is fault.Misconfigured
	}{
		{"an invalid query", head + own + "  - {name: orders, title: O, description: O., unit: short, query: sum(orders_totals)}\n",
			[]string{"pack ours, line 5, orders, query: No pack declares a family orders_totals. Did you mean orders_total?"},
			[]string{"orders", "own"}},
		{"a metric without a query", head + "  - {name: orders, title: O, description: O., unit: short}\n",
			[]string{"pack ours, line 4, orders, query: query is missing."},
			[]string{"orders"}},
		{"the name of a built-in pack", "pack: shop\ntitle: Ours\nmetrics:\n" + own,
			[]string{"pack shop, line 1, pack: The pack name shop is not unique. Choose another name."},
			[]string{"own"}},
		{"one name for two packs", head + own + "---\n" + head + strings.ReplaceAll(own, "own,", "other,"),
			[]string{"pack ours, line 6, pack: The pack name ours is not unique. Choose another name."},
			[]string{"other"}},
		{"one metric in two packs", head + own + "---\npack: more\ntitle: More\nmetrics:\n" + own,
			[]string{"pack more, line 9, own, name: Pack ours already defines own on line 4. Choose another name."},
			[]string{"own"}},
		{"alerts and dashboards", head + own + "alert_interval: 5m\nalerts: [{name: A, metric: own, condition: '> 1', for: 5m, severity: info, no_data: OK, summary: S, description: D}]\ndashboards: [{uid: d, title: D, description: D, rows: [{title: R, panels: [{id: 1, metric: own, show: lines}]}]}]\n",
			[]string{
				"pack ours, line 5, alert_interval: User packs can't have alert_interval: alert rules are generated when the plugin is built.",
				"pack ours, line 6, alerts: User packs can't have alerts: alert rules are generated when the plugin is built. Create a rule in Grafana that queries the metric.",
				"pack ours, line 7, dashboards: User packs can't have dashboards: dashboards are generated when the plugin is built. Create one in Grafana whose panels query the metrics.",
			},
			[]string{"own"}},
		{"a reserved parameter", head + "  - {name: own, title: Own, description: Own., unit: short, query: 'sum(x{__PARAMS__})', optional_params: [limit]}\nfamilies: [{name: x, type: gauge, help: X., labels: [limit]}]\n",
			[]string{"pack ours, line 4, own, optional_params: The API uses the name limit. Choose another name for the parameter."},
			[]string{"own"}},
		{"a family of another type", head + own + "families: [{name: stock, type: counter, help: Stock.}]\n",
			[]string{"pack ours, line 5, stock, type: Pack shop declares stock as a gauge. Write the same type here."},
			[]string{"own"}},
		{"only a family", "pack: ours\ntitle: Ours\nfamilies: [{name: x, type: gauge, help: X.}]\n",
			[]string{"pack ours, line 1, metrics: metrics is missing."},
			nil},
		{"one invalid pack of two", head + own + "---\npack: more\ntitle: More\nmetrics: [{name: orders}]\n",
			[]string{"pack more, line 8, orders, title: title is missing.", "pack more, line 8, orders, description: description is missing.", "pack more, line 8, orders, unit: unit is missing.", "pack more, line 8, orders, query: query is missing."},
			[]string{"orders"}},

		// Texts from which the names of the metrics can't be determined: every metric fails.
		{"invalid YAML", head + own + "   x: [",
			[]string{"the data source's settings, line 5: Invalid YAML: did not find expected '-' indicator."},
			[]string{"orders", "wait", "own", "other"}},
		{"not a pack", "orders",
			[]string{`the data source's settings, line 1: "orders" must be keys with values.`},
			[]string{"orders", "wait", "own", "other"}},
		{"metrics that aren't a list", "pack: ours\ntitle: Ours\nmetrics: orders\n",
			[]string{`pack ours, line 3, metrics: "orders" must be a list.`},
			[]string{"orders", "wait", "own", "other"}},
		{"metrics under a misspelt key", "pack: ours\ntitle: Ours\nmetrcs:\n" + own,
			[]string{"pack ours, line 3, metrcs: Unknown key metrcs. Did you mean metrics?"},
			[]string{"orders", "wait", "own", "other"}},
		{"a text that is too long", head + own + strings.Repeat("# Filler.\n", 110_000),
			[]string{"the data source's settings: The text is longer than 1 MiB. Make it shorter."},
			[]string{"orders", "wait", "own", "other"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, problems := validCatalog(t).With(t.Context(), test.text)
			var got []string
			for _, problem := range problems {
				got = append(got, problem.String())
			}
			if !slices.Equal(got, test.problems) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(test.problems, "\n"))
			}
			for _, name := range []string{"orders", "wait", "own", "other"} {
				_, err := c.Metric(name)
				if invalid := slices.Contains(test.invalid, name); invalid != (fault.As(err).Kind == fault.Misconfigured) {
					t.Errorf("%s: got the error %v", name, err)
				} else if place, _, _ := strings.Cut(problems[0].String(), ": "); invalid && !strings.Contains(err.Error(), place) {
					t.Errorf("%s: the error has no position: %v", name, err)
				}
			}
		})
	}
}

// TestMetricWithoutValidName checks that a built-in metric fails if a user metric has no valid
// name, because the user may have meant to override the built-in metric.
func TestMetricWithoutValidName(t *testing.T) {
	const head = "pack: ours\ntitle: Ours\n"
	for _, test := range []struct{ name, text, want string }{
		{"another key", head + "metrics:\n- {names: orders, title: O}\n", "pack ours, line 4, O: The metric has no valid name."},
		{"a number", head + "metrics:\n- {name: 5}\n", "line 4: The metric has no valid name"},
		{"a list", head + "metrics:\n- {name: [orders]}\n", "line 4: The metric has no valid name"},
		{"a tag", head + "metrics:\n- {name: !x orders}\n", "line 4: The metric has no valid name"},
		{"a tag on the metric", head + "metrics:\n- !x {name: orders}\n", "The metric has no valid name"},
		{"no keys", head + "metrics:\n- orders\n", "line 4: The metric has no valid name"},
		{"two names", head + "metrics:\n- name: own\n  name: orders\n", "pack ours, line 5, own, name: The key name appears twice, on lines 4 and 5."},
		{"two lists", head + "metrics: []\nmetrics:\n- {name: orders}\n", "line 4, metrics: The key metrics appears twice, on lines 3 and 4."},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, problems := validCatalog(t).With(t.Context(), test.text)
			if len(problems) == 0 {
				t.Fatal("no problems")
			}
			_, err := c.Metric("orders")
			if fault.As(err).Kind != fault.Misconfigured || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

func TestInvalidMetricsReturnTheirProblem(t *testing.T) {
	c, _ := validCatalog(t).With(t.Context(), `pack: ours
title: Ours
metrics:
  - {name: first, title: F, description: F., unit: bananas, query: sum(orders_total)}
  - {name: second, title: S, description: S., unit: shart, query: sum(orders_total)}
  - {name: third, title: T, description: T., unit: short, query: sum(orders_total)}
`)
	for name, want := range map[string]string{"first": "bananas", "second": "shart", "third": "bananas"} {
		if _, err := c.Metric(name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
