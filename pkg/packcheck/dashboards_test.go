package packcheck

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/packfile"
)

// The pack that the tests below spoil, one place at a time.
const shopDashboard = `
pack: shop
title: Shop
owner: shop-team
labels: {model: What was ordered., tenant: Who ordered.}
families:
  - {name: orders_total, type: counter, help: Orders., labels: [model, tenant]}
  - {name: wait_seconds, type: histogram, unit: s, help: Wait., buckets: [1, 5], labels: [model]}
metrics:
  - name: orders
    title: Orders
    description: Orders per second.
    unit: ops
    type: gauge
    query: sum by (__BY__) (rate(orders_total{__PARAMS__}[$__rate_interval]))
    required_params: []
    optional_params: [model, tenant]
    group_by: [model]
    legend: "{{model}}"
  - name: wait_buckets
    title: Waits
    description: Orders per second by how long they waited.
    unit: ops
    type: histogram
    query: sum by (le) (rate(wait_seconds_bucket{__PARAMS__}[$__rate_interval]))
    required_params: [model]
    optional_params: []
    legend: "{{le}}"
alerts:
  - name: NoOrders
    metric: orders
    condition: "< 1"
    for: 5m
    severity: info
    no_data: OK
    summary: Nobody orders.
    description: "{{ $labels.model }} is not ordered."
    panel: {dashboard: shop-overview, title: Orders}
dashboards:
  - uid: shop-overview
    title: Shop Overview
    description: What is ordered.
    variables:
      - {name: tenant, label: Tenant, description: Who ordered, values_of: tenant, metric: orders_total}
      - {name: model, label: Model, description: What was ordered, values_of: model, metric: wait_seconds_count, params: {model: ["a", "$tenant"]}}
    rows:
      - title: Orders
        panels:
          - {id: 1, metric: orders, show: lines, params: {tenant: [$tenant]}}
          - {id: 4, metric: orders, show: bars, title: Orders by tenant, group_by: [model, tenant], bar: model, piece: tenant}
          - {id: 3, metric: wait_buckets, show: heatmap, axis_unit: s, params: {model: ["${model:regex}"]}}
`

func TestADashboardIsReadAsItIsWritten(t *testing.T) {
	c, err := Load(packfile.Source{Name: "shop.yaml", Text: []byte(shopDashboard)})
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(c.Packs()[0].Dashboards[0].Rows[0].Panels[1])
	if err != nil {
		t.Fatal(err)
	}
	want := `{"id":4,"metric":"orders","group_by":["model","tenant"],"show":"bars","title":"Orders by tenant","bar":"model","piece":"tenant"}`
	if string(text) != want {
		t.Errorf("got  %s\nwant %s", text, want)
	}
}

func TestWhatIsWrongWithADashboard(t *testing.T) {
	for name, c := range map[string]struct{ old, new, want string }{
		"two variables of one name": {
			"name: model, label", "name: tenant, label",
			`line 45, Shop Overview, name: The variable name tenant is not unique. Choose another one.`,
		},
		"a variable over a family that nobody declares": {
			"metric: orders_total}", "metric: order_total}",
			`line 44, Shop Overview, metric: No pack declares a family order_total.`,
		},
		"a variable over a label that the family lacks": {
			"values_of: tenant", "values_of: tenants",
			`line 44, Shop Overview, values_of: orders_total has no label tenants.`,
		},
		"a variable that filters by a label that the family lacks": {
			`params: {model:`, `params: {version:`,
			`line 45, Shop Overview, params: wait_seconds has no label version.`,
		},
		"a variable that filters by one after it": {
			`["a", "$tenant"]`, `["a", "$model"]`,
			`line 45, Shop Overview, params: model: $model is not a variable before this one.`,
		},
		"an unknown metric": {
			"id: 1, metric: orders", "id: 1, metric: order",
			`line 49, order, metric: The catalog has no metric "order". Did you mean orders?`,
		},
		"a parameter that the metric lacks": {
			"{tenant: [$tenant]}", "{tenants: [$tenant]}",
			`line 49, Orders, params: orders has no parameter "tenants". Did you mean tenant? It takes model, tenant.`,
		},
		"a required parameter left out": {
			`, params: {model: ["${model:regex}"]}`, "",
			`line 51, Waits, params: wait_buckets requires a value for parameter model.`,
		},
		"a value that refers to no variable": {
			"{tenant: [$tenant]}", "{tenant: ['${tenants}']}",
			`line 49, Orders, params: tenant: $tenants is not a variable of this dashboard.`,
		},
		"a grouping that the metric lacks": {
			"group_by: [model, tenant]", "group_by: [model, version]",
			`line 50, Orders by tenant, group_by: orders has no parameter "version".`,
		},
		"bars that would hide series": {
			"group_by: [model, tenant]", "group_by: [model]",
			`line 50, Orders by tenant, group_by: The grouping must be exactly bar and piece, [model, tenant], not [model].`,
		},
		"a key that means nothing": {
			"show: lines", "show: lines, axis_unit: s",
			`line 49, Orders, axis_unit: lines doesn't support this key.`,
		},
		"a key left out": {
			"show: heatmap, axis_unit: s", "show: heatmap",
			`line 51, Waits, axis_unit: heatmap requires this key.`,
		},
		"a unit that Grafana doesn't know": {
			"axis_unit: s", "axis_unit: secs",
			`line 51, Waits, axis_unit: Grafana has no unit "secs".`,
		},
		"a metric without a legend": {
			`legend: "{{le}}"`, "legend: ''",
			`line 51, Waits, legend: wait_buckets has no legend. Add one to the panel.`,
		},
		"a heatmap of numbers": {
			"show: lines", "show: heatmap, axis_unit: s",
			`line 49, Orders, show: A heatmap shows buckets, but orders is a gauge.`,
		},
		"a faulty further metric": {
			"show: lines", "show: lines, and: [{metric: wait_bucket}]",
			`line 49, Orders, metric: The catalog has no metric "wait_bucket".`,
		},
		"an empty scale": {
			"show: lines", "show: lines, min: 1, max: 1",
			`line 49, Orders, max: 1 is not greater than min, which is 1.`,
		},
		"two panels of one number": {
			"id: 4, ", "id: 1, ",
			`line 50, Orders by tenant, id: The id 1 is that of the panel "Orders". 2 is free.`,
		},
		"two panels of one title": {
			"title: Orders by tenant", "title: Orders",
			`line 50, Orders, title: The dashboard has another panel with the title "Orders".`,
		},
		"an alert on a dashboard that is not there": {
			"{dashboard: shop-overview", "{dashboard: shop",
			`line 38, NoOrders, panel: There is no dashboard shop.`,
		},
		"an alert on a panel that is not there": {
			"title: Orders}", "title: Order}",
			`line 38, NoOrders, panel: shop-overview has no panel "Order". Did you mean Orders`,
		},

		// What the schema says, in the place where it is wrong.
		"a uid that Grafana refuses": {
			"uid: shop-overview", "uid: Shop_Overview",
			`line 40, Shop Overview, uid: "Shop_Overview" is invalid. A dashboard's uid is 1 to 40 lower-case letters, digits and dashes.`,
		},
		"a range that is no duration": {
			"description: What is ordered.", "description: What is ordered.\n    range: a day",
			`line 43, Shop Overview, range: "a day" is invalid. A dashboard's range is`,
		},
		"the data source's variable": {
			"name: tenant, label", "name: datasource, label",
			`line 44, Shop Overview, name: "datasource" is invalid. A variable's name consists of`,
		},
		"an unknown way to show": {
			"show: lines", "show: line",
			`line 49, Shop Overview, show: "line" is not one of`,
		},
		"wider than the grid": {
			"show: lines", "show: lines, width: 25",
			`line 49, Shop Overview, width: 25 is invalid. width is 1 to 24.`,
		},
		"a panel without a number": {
			"id: 1, ", "",
			`line 49, Shop Overview, id: id is missing.`,
		},
		"a key that the format lacks": {
			"show: lines", "show: lines, titel: Orders",
			`line 49, Shop Overview, titel: Unknown key titel. Did you mean title`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			spoilt := strings.Replace(shopDashboard, c.old, c.new, 1)
			if spoilt == shopDashboard {
				t.Fatalf("the pack has no %q", c.old)
			}
			_, err := Load(packfile.Source{Name: "shop.yaml", Text: []byte(spoilt)})
			if err == nil {
				t.Fatal("loaded")
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}

// What else a dashboard can have, beside shopDashboard's.
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

func TestWhatIsWrongWithLinksWindowsAndParameters(t *testing.T) {
	for name, c := range map[string]struct{ old, new, want string }{
		"a variable of nothing": {
			"param: tenant, ", "",
			`line 56, Shop Detail, values_of: The variable needs either values_of or param.`,
		},
		"a variable of two things": {
			"param: tenant, ", "param: tenant, values_of: tenant, ",
			`line 56, Shop Detail, param: The variable can have either values_of (tenant) or param (tenant), not both.`,
		},
		"a variable over a metric that the catalog lacks": {
			"metric: orders}", "metric: orders_total}",
			`line 56, Shop Detail, metric: The catalog has no metric "orders_total".`,
		},
		"a variable over a parameter that the metric lacks": {
			"param: tenant, ", "param: tenants, ",
			`line 56, Shop Detail, param: orders has no parameter "tenants". Did you mean tenant`,
		},
		"a variable that filters by a parameter that the metric lacks": {
			"metric: wait_buckets, single", "metric: wait_buckets, params: {tenant: [$tenant]}, single",
			`line 57, Shop Detail, params: wait_buckets has no parameter "tenant".`,
		},
		"a required parameter that may be All": {
			", required: true", "",
			`line 68, Waits, params: wait_buckets requires a value for model, and $one can be All. Make the variable required.`,
		},
		"a window that changes nothing": {
			"window: 1h", "window: 0s",
			`line 65, Orders, window: The duration 0s is zero. Write a longer one, such as 5m.`,
		},
		"a window that nothing can be computed over": {
			"window: 1h", "window: 300y",
			`line 65, Orders, window: The duration 300y is too long for Prometheus. Write a shorter one.`,
		},
		"a step that leads nowhere": {
			"window: 1h", "min_step: 0m",
			`line 65, Orders, min_step: The duration 0m is zero. Write a longer one, such as 5m.`,
		},
		"a step that is none": {
			"window: 1h", "min_step: 300y",
			`line 65, Orders, min_step: The duration 300y is too long for Prometheus. Write a shorter one.`,
		},
		"exemplars of the last value": {
			"show: lines", "show: stat",
			`line 66, Orders, exemplars: stat doesn't support this key.`,
		},
		"a link from what is no series": {
			"axis_unit: s, params: {model: [$one]}", "axis_unit: s, params: {model: [$one]}, links: [{title: More, choose: {one: model}}]",
			`line 68, Waits, links: heatmap doesn't support this key.`,
		},
		"a column that the rows lack": {
			"show: lines\n            window: 1h\n            exemplars: true", "show: table\n            columns: [{label: tenant, title: Tenant}]\n            window: 1h",
			`line 65, Orders, columns: The rows of orders have no label tenant. They are grouped by [model].`,
		},
		"two columns of one label": {
			"show: lines\n            window: 1h\n            exemplars: true", "show: table\n            columns: [{label: model, title: Model}, {label: model, title: Name}]\n            window: 1h",
			`line 65, Orders, columns: There are two columns of model.`,
		},
		"a link from a column that is not there": {
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
		"a link to a dashboard that is not there": {
			"dashboard: shop-overview", "dashboard: shop",
			`line 67, Orders, dashboard: There is no dashboard shop.`,
		},
		"a link to a variable of another dashboard": {
			"dashboard: shop-overview, ", "",
			`line 67, Orders, choose: Shop Detail has no variable model.`,
		},
		"a link by a label that the series lack": {
			"choose: {model: model}", "choose: {model: tenant}",
			`line 67, Orders, choose: The series of orders have no label tenant. They are grouped by [model].`,
		},
		"a link that chooses nothing": {
			"choose: {model: model}", "choose: {}",
			`line 67, Shop Detail, choose: The value is invalid. A link sets at least one variable.`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			spoilt := strings.Replace(shopDetail, c.old, c.new, 1)
			if spoilt == shopDetail {
				t.Fatalf("the dashboard has no %q", c.old)
			}
			_, err := Load(packfile.Source{Name: "shop.yaml", Text: []byte(shopDashboard[:len(shopDashboard)-1] + spoilt)})
			if err == nil {
				t.Fatal("loaded")
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}

func TestADashboardWithLinksWindowsAndParameters(t *testing.T) {
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

// Neither of a gauge nor with a fixed window: only metrics can show these.
func TestWhatAMetricCannotGive(t *testing.T) {
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

func TestTwoDashboardsOfOneUID(t *testing.T) {
	_, again, _ := strings.Cut(shopDashboard, "dashboards:\n")
	_, err := Load(packfile.Source{Name: "shop.yaml", Text: []byte(shopDashboard + again)})
	if err == nil || !strings.Contains(err.Error(), "line 52, Shop Overview, uid: The uid shop-overview is not unique. Choose another one.") {
		t.Errorf("got %v", err)
	}
}

// An editor offers what the schema lists, and loading takes what the code knows.
func TestTheSchemaListsTheWaysToShow(t *testing.T) {
	var schema struct {
		Defs struct {
			Panel struct {
				Properties struct {
					Show struct {
						Enum []string `json:"enum"`
					} `json:"show"`
				} `json:"properties"`
			} `json:"panel"`
		} `json:"$defs"`
	}
	if err := json.Unmarshal(packfile.Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	if got, want := schema.Defs.Panel.Properties.Show.Enum, slices.Sorted(maps.Keys(visualizations)); !slices.Equal(got, want) {
		t.Errorf("the schema has %v, want %v", got, want)
	}
}

const shopAnnotations = `
    annotations:
      - {name: Many orders, metric: orders, params: {tenant: [$tenant]}, title: "{{model}}", text: "{{value}} a second", tags: [orders, "{{model}}"]}
      - {name: Waiting, metric: orders, group_by: [tenant], window: 5m, min_step: 1m, title: "{{tenant}} waits", panels: [1, 4], color: red, disabled: true}
`

func TestADashboardWithAnnotations(t *testing.T) {
	c, err := Load(packfile.Source{Name: "shop.yaml", Text: []byte(shopDashboard[:len(shopDashboard)-1] + shopAnnotations)})
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(c.Packs()[0].Dashboards[0].Annotations[1])
	if err != nil {
		t.Fatal(err)
	}
	want := `{"name":"Waiting","metric":"orders","group_by":["tenant"],"window":"5m","min_step":"1m","title":"{{tenant}} waits","tags":null,"panels":[1,4],"color":"red","disabled":true}`
	if string(text) != want {
		t.Errorf("got  %s\nwant %s", text, want)
	}
}

func TestWhatIsWrongWithAnnotations(t *testing.T) {
	for name, c := range map[string]struct{ old, new, want string }{
		"two of one name": {
			"name: Waiting", "name: Many orders",
			`line 54, Many orders, name: The annotation name "Many orders" is not unique. Choose another one.`,
		},
		"an unknown metric": {
			"metric: orders, params", "metric: order, params",
			`line 53, Many orders, metric: The catalog has no metric "order". Did you mean orders?`,
		},
		"a variable that the dashboard lacks": {
			"[$tenant]", "[$tenants]",
			`line 53, Many orders, params: tenant: $tenants is not a variable of this dashboard.`,
		},
		"a grouping that the metric lacks": {
			"group_by: [tenant]", "group_by: [version]",
			`line 54, Waiting, group_by: orders has no parameter "version".`,
		},
		"a window of nothing": {
			"window: 5m", "window: 0m",
			`line 54, Waiting, window: The duration 0m is zero. Write a longer one, such as 5m.`,
		},
		"a step that leads nowhere": {
			"min_step: 1m", "min_step: 0m",
			`line 54, Waiting, min_step: The duration 0m is zero. Write a longer one, such as 5m.`,
		},
		"a title of a label that the series lack": {
			"{{tenant}} waits", "{{model}} waits",
			`line 54, Waiting, title: {{model}} is always empty: the result of orders has the label tenant.`,
		},
		"a text of one": {
			"{{value}} a second", "{{values}} a second",
			`line 53, Many orders, text: {{values}} is always empty: the result of orders has the label model.`,
		},
		"a tag of one": {
			`"{{model}}"]`, `"{{tenant}}"]`,
			`line 53, Many orders, tags: {{tenant}} is always empty: the result of orders has the label model.`,
		},
		"a tag that would be two": {
			"tags: [orders", `tags: ["orders, many"`,
			`line 53, Many orders, tags: "orders, many" would be several tags: Grafana splits tags at commas.`,
		},
		"a panel that the dashboard lacks": {
			"panels: [1, 4]", "panels: [1, 2]",
			`line 54, Waiting, panels: The dashboard has no panel 2.`,
		},
		"one that nobody could see": {
			"disabled: true", "disabled: true, hidden: true",
			`line 54, Waiting, hidden: A disabled annotation can't be hidden, because nobody could enable it.`,
		},
		"no title": {
			`, title: "{{tenant}} waits"`, "",
			`line 54, Shop Overview, title: title is missing.`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			spoilt := strings.Replace(shopAnnotations, c.old, c.new, 1)
			if spoilt == shopAnnotations {
				t.Fatalf("the annotations have no %q", c.old)
			}
			_, err := Load(packfile.Source{Name: "shop.yaml", Text: []byte(shopDashboard[:len(shopDashboard)-1] + spoilt)})
			if err == nil {
				t.Fatal("loaded")
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}
