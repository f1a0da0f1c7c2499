package packcheck

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/packfile"
)

// shopDetail is a second dashboard, which uses further keys. The tests append it to
// shopDashboard.
const shopDetail = `
  - uid: shop-detail
    title: Shop Detail
    description: What is ordered of one model.
    variables:
      - {name: tenant, label: Tenant, description: Who ordered, param: tenant, metric: orders}
      - {name: one, label: Model, description: What was ordered, param: model, metric: wait_buckets, single: true, required: true}
    rows:
      - title: Orders
        collapsed: true
        panels:
          - id: 1
            metric: orders
            show: lines
            window: 1h
            exemplars: true
            links: [{title: All that they order, dashboard: shop-overview, choose: {model: model}}]
          - {id: 2, metric: wait_buckets, show: heatmap, axis_unit: s, params: {model: [$one]}}
`

func TestLoadReportsProblemsOfDetails(t *testing.T) {
	for name, c := range map[string]struct{ old, new, want string }{
		"a link that leads nowhere": {
			", dashboard: shop-overview, choose: {model: model}", "",
			`line 67, Orders, choose: A link within a dashboard sets at least one variable.`,
		},
		"the worst series of several metrics": {
			"show: lines\n            window: 1h\n            exemplars: true", "show: stat\n            worst: 1\n            and: [{metric: orders}]",
			`line 65, Orders, worst: A panel with further metrics doesn't support this key.`,
		},
		"a text without data that looks healthy": {
			"window: 1h", "no_value: nobody waits",
			`line 65, Shop Detail, no_value: "nobody waits" is invalid. no_value begins with "No data", such as "No data about orders".`,
		},
		"a text of zero in a graph": {
			"window: 1h", "zero: none",
			`line 65, Orders, zero: lines doesn't support this key.`,
		},
		"a variable with neither values_of nor param": {
			"param: tenant, ", "",
			`line 56, Shop Detail, values_of: The variable needs either values_of or param.`,
		},
		"a variable with values_of and param": {
			"param: tenant, ", "param: tenant, values_of: tenant, ",
			`line 56, Shop Detail, param: The variable can have either values_of (tenant) or param (tenant), not both.`,
		},
		"a variable of an unknown metric": {
			"metric: orders}", "metric: orders_total}",
			`line 56, Shop Detail, metric: The catalog has no metric "orders_total".`,
		},
		"a variable of an unknown parameter": {
			"param: tenant, ", "param: tenants, ",
			`line 56, Shop Detail, param: orders has no parameter "tenants". Did you mean tenant`,
		},
		"a variable filtered by an unknown parameter": {
			"metric: wait_buckets, single", "metric: wait_buckets, params: {tenant: [$tenant]}, single",
			`line 57, Shop Detail, params: wait_buckets has no parameter "tenant".`,
		},
		"a required parameter whose variable can be All": {
			", required: true", "",
			`line 68, Waits, params: wait_buckets requires a value for model, and $one can be All. Make the variable required.`,
		},
		"a window of zero": {
			"window: 1h", "window: 0s",
			`line 65, Orders, window: The duration 0s is zero. Write a longer one, such as 5m.`,
		},
		"a window that is too long": {
			"window: 1h", "window: 300y",
			`line 65, Orders, window: The duration 300y is too long for Prometheus. Write a shorter one.`,
		},
		"a minimum step of zero": {
			"window: 1h", "min_step: 0m",
			`line 65, Orders, min_step: The duration 0m is zero. Write a longer one, such as 5m.`,
		},
		"a minimum step that is too long": {
			"window: 1h", "min_step: 300y",
			`line 65, Orders, min_step: The duration 300y is too long for Prometheus. Write a shorter one.`,
		},
		"exemplars in a stat": {
			"show: lines", "show: stat",
			`line 66, Orders, exemplars: stat doesn't support this key.`,
		},
		"a link from a heatmap": {
			"axis_unit: s, params: {model: [$one]}", "axis_unit: s, params: {model: [$one]}, links: [{title: More, choose: {one: model}}]",
			`line 68, Waits, links: heatmap doesn't support this key.`,
		},
		"a column of a label that the rows don't have": {
			"show: lines\n            window: 1h\n            exemplars: true", "show: table\n            columns: [{label: tenant, title: Tenant}]\n            window: 1h",
			`line 65, Orders, columns: The rows of orders have no label tenant. They are grouped by [model].`,
		},
		"two columns of one label": {
			"show: lines\n            window: 1h\n            exemplars: true", "show: table\n            columns: [{label: model, title: Model}, {label: model, title: Name}]\n            window: 1h",
			`line 65, Orders, columns: There are two columns for the label model.`,
		},
		"a link with a label that is not a column": {
			"show: lines\n            window: 1h\n            exemplars: true", "show: table\n            group_by: [model, tenant]\n            columns: [{label: tenant, title: Tenant}]",
			`line 67, Orders, links: The link "All that they order" uses the label model, which is not a column of the table.`,
		},
		"a table of several metrics without headings": {
			"show: lines\n            window: 1h\n            exemplars: true", "show: table\n            legend: Orders\n            and: [{metric: orders}]",
			`line 65, Orders, legend: In a table of several metrics the legend is the heading of orders's column. It must be unique and without labels.`,
		},
		"a table of several metrics whose rows differ": {
			"show: lines\n            window: 1h\n            exemplars: true", "show: table\n            legend: Now\n            and: [{metric: orders, legend: Before, group_by: [tenant]}]",
			`line 66, Orders, and: The rows of all metrics must be joined by one label, but orders is grouped by [tenant].`,
		},
		"decimals on an axis": {
			"window: 1h", "decimals: 1",
			`line 65, Orders, decimals: lines doesn't support this key.`,
		},
		"too many decimals": {
			"window: 1h", "decimals: 7",
			`line 65, Shop Detail, decimals: 7 is invalid. decimals is 0 to 6.`,
		},
		"a link to an unknown dashboard": {
			"dashboard: shop-overview", "dashboard: shop",
			`line 67, Orders, dashboard: There is no dashboard shop.`,
		},
		"a link to a variable of another dashboard": {
			"dashboard: shop-overview, ", "",
			`line 67, Orders, choose: Shop Detail has no variable model.`,
		},
		"a link with a label that the series don't have": {
			"choose: {model: model}", "choose: {model: tenant}",
			`line 67, Orders, choose: The series of orders have no label tenant. They are grouped by [model].`,
		},
		"a link without variables": {
			"choose: {model: model}", "choose: {}",
			`line 67, Shop Detail, choose: The value is invalid. A link sets at least one variable.`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			changed := strings.Replace(shopDetail, c.old, c.new, 1)
			if changed == shopDetail {
				t.Fatalf("the dashboard has no %q", c.old)
			}
			_, err := Load(packfile.Source{Name: "shop.yaml", Text: []byte(shopDashboard[:len(shopDashboard)-1] + changed)})
			if err == nil {
				t.Fatal("the invalid pack was loaded")
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}

func TestLoadDashboardDetails(t *testing.T) {
	c, err := Load(packfile.Source{Name: "shop.yaml", Text: []byte(shopDashboard[:len(shopDashboard)-1] + shopDetail)})
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(c.Packs()[0].Dashboards[1].Rows[0].Panels[0])
	if err != nil {
		t.Fatal(err)
	}
	want := `{"id":1,"metric":"orders","group_by":null,"window":"1h","exemplars":true,"show":"lines",` +
		`"links":[{"title":"All that they order","dashboard":"shop-overview","choose":{"model":"model"}}]}`
	if string(text) != want {
		t.Errorf("got  %s\nwant %s", text, want)
	}
}

// TestLoadReportsUnsupportedQueries checks a window and exemplars that the metric doesn't
// support.
func TestLoadReportsUnsupportedQueries(t *testing.T) {
	const stock = `
pack: stock
title: Stock
owner: shop-team
labels: {model: What there is.}
families: [{name: stock, type: gauge, help: What there is., labels: [model]}]
metrics:
  - name: stock
    title: Stock
    description: What there is.
    unit: short
    query: sum by (__BY__) (stock{__PARAMS__})
    optional_params: [model]
    group_by: [model]
    legend: "{{model}}"
dashboards:
  - uid: stock
    title: Stock
    description: What there is.
    rows: [{title: Stock, panels: [{id: 1, metric: stock, show: lines, window: 5m, exemplars: true}]}]
`
	_, err := Load(packfile.Source{Name: "stock.yaml", Text: []byte(stock)})
	for _, want := range []string{
		"window: The query of stock contains no $__rate_interval, $__interval or $__range, so a window has no effect. Leave it out.",
		"exemplars: stock reads neither a counter nor a histogram, so it has no exemplars.",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}
