package packcheck

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/packfile"
)

// shopDashboard is a valid pack. Each case of TestLoadReportsProblemsOfDashboards changes one
// place of it.
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
      - {name: model, label: Model, description: What was ordered, values_of: model, metric: wait_seconds_count, params: {model: ["a", "$tenant"]}, required: true}
    rows:
      - title: Orders
        panels:
          - {id: 1, metric: orders, show: lines, params: {tenant: [$tenant]}}
          - {id: 4, metric: orders, show: bars, title: Orders by tenant, group_by: [model, tenant], bar: model, piece: tenant}
          - {id: 3, metric: wait_buckets, show: heatmap, axis_unit: s, params: {model: {op: =~, values: ["${model:regex}"]}}}
`

func TestLoadDashboard(t *testing.T) {
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

func TestLoadReportsProblemsOfDashboards(t *testing.T) {
	for name, c := range map[string]struct{ old, new, want string }{
		"two variables with the same name": {
			"name: model, label", "name: tenant, label",
			`line 45, Shop Overview, name: The variable name tenant is not unique. Choose another one.`,
		},
		"a variable of an undeclared family": {
			"metric: orders_total}", "metric: order_total}",
			`line 44, Shop Overview, metric: No pack declares a family order_total.`,
		},
		"a variable of a label that the family doesn't have": {
			"values_of: tenant", "values_of: tenants",
			`line 44, Shop Overview, values_of: orders_total has no label tenants.`,
		},
		"a variable filtered by a label that the family doesn't have": {
			`params: {model:`, `params: {version:`,
			`line 45, Shop Overview, params: wait_seconds has no label version.`,
		},
		"a variable filtered by a later variable": {
			`["a", "$tenant"]`, `["a", "$model"]`,
			`line 45, Shop Overview, params: model: $model is not a variable before this one.`,
		},
		"an unknown metric": {
			"id: 1, metric: orders", "id: 1, metric: order",
			`line 49, order, metric: The catalog has no metric "order". Did you mean orders?`,
		},
		"an unknown parameter": {
			"{tenant: [$tenant]}", "{tenants: [$tenant]}",
			`line 49, Orders, params: orders has no parameter "tenants". Did you mean tenant? It takes model, tenant.`,
		},
		"a missing required parameter": {
			`, params: {model: {op: =~, values: ["${model:regex}"]}}`, "",
			`line 51, Waits, params: wait_buckets requires a value for parameter model.`,
		},
		"a required parameter whose formatted variable can be All": {
			"]}, required: true", "]}",
			`line 51, Waits, params: wait_buckets requires a value for model, and $model can be All. Make the variable required.`,
		},
		"a reference to an unknown variable in brackets": {
			"{tenant: [$tenant]}", "{tenant: ['x-[[tenants:raw]]']}",
			`line 49, Orders, params: tenant: $tenants is not a variable of this dashboard.`,
		},
		"a reference to an unknown variable": {
			"{tenant: [$tenant]}", "{tenant: ['${tenants}']}",
			`line 49, Orders, params: tenant: $tenants is not a variable of this dashboard.`,
		},
		"a grouping by an unknown parameter": {
			"group_by: [model, tenant]", "group_by: [model, version]",
			`line 50, Orders by tenant, group_by: orders has no parameter "version".`,
		},
		"bars that would hide series": {
			"group_by: [model, tenant]", "group_by: [model]",
			`line 50, Orders by tenant, group_by: The grouping must be exactly bar and piece, [model, tenant], not [model].`,
		},
		"a key that the visualization doesn't support": {
			"show: lines", "show: lines, axis_unit: s",
			`line 49, Orders, axis_unit: lines doesn't support this key.`,
		},
		"a missing key that the visualization requires": {
			"show: heatmap, axis_unit: s", "show: heatmap",
			`line 51, Waits, axis_unit: heatmap requires this key.`,
		},
		"an unknown unit": {
			"axis_unit: s", "axis_unit: secs",
			`line 51, Waits, axis_unit: Grafana has no unit "secs".`,
		},
		"a metric without a legend": {
			`legend: "{{le}}"`, "legend: ''",
			`line 51, Waits, legend: wait_buckets has no legend. Add one to the panel.`,
		},
		"a heatmap of a gauge": {
			"show: lines", "show: heatmap, axis_unit: s",
			`line 49, Orders, show: A heatmap shows buckets, but orders is a gauge.`,
		},
		"an unknown further metric": {
			"show: lines", "show: lines, and: [{metric: wait_bucket}]",
			`line 49, Orders, metric: The catalog has no metric "wait_bucket".`,
		},
		"a maximum that isn't above the minimum": {
			"show: lines", "show: lines, min: 1, max: 1",
			`line 49, Orders, max: 1 is not greater than min, which is 1.`,
		},
		"two panels with the same id": {
			"id: 4, ", "id: 1, ",
			`line 50, Orders by tenant, id: The panel "Orders" has the same id 1. Choose another id, such as 2.`,
		},
		"two panels with the same title": {
			"title: Orders by tenant", "title: Orders",
			`line 50, Orders, title: The dashboard has another panel with the title "Orders".`,
		},
		"an alert with an unknown dashboard": {
			"{dashboard: shop-overview", "{dashboard: shop",
			`line 38, NoOrders, panel: There is no dashboard shop.`,
		},
		"an alert with an unknown panel": {
			"title: Orders}", "title: Order}",
			`line 38, NoOrders, panel: shop-overview has no panel "Order". Did you mean Orders`,
		},

		// Problems that the schema reports, with their positions.
		"an invalid uid": {
			"uid: shop-overview", "uid: Shop_Overview",
			`line 40, Shop Overview, uid: "Shop_Overview" is invalid. A dashboard's uid is 1 to 40 lower-case letters, digits and dashes.`,
		},
		"an invalid range": {
			"description: What is ordered.", "description: What is ordered.\n    range: a day",
			`line 43, Shop Overview, range: "a day" is invalid. A dashboard's range is`,
		},
		"a variable named datasource": {
			"name: tenant, label", "name: datasource, label",
			`line 44, Shop Overview, name: "datasource" is invalid. A variable's name consists of`,
		},
		"an unknown visualization": {
			"show: lines", "show: line",
			`line 49, Shop Overview, show: "line" is not one of`,
		},
		"a width above the maximum": {
			"show: lines", "show: lines, width: 25",
			`line 49, Shop Overview, width: 25 is invalid. width is 1 to 24.`,
		},
		"a panel without an id": {
			"id: 1, ", "",
			`line 49, Shop Overview, id: id is missing.`,
		},
		"an unknown key": {
			"show: lines", "show: lines, titel: Orders",
			`line 49, Shop Overview, titel: Unknown key titel. Did you mean title`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			changed := strings.Replace(shopDashboard, c.old, c.new, 1)
			if changed == shopDashboard {
				t.Fatalf("the pack has no %q", c.old)
			}
			_, err := Load(packfile.Source{Name: "shop.yaml", Text: []byte(changed)})
			if err == nil {
				t.Fatal("the invalid pack was loaded")
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}

func TestDashboardUIDsAreUnique(t *testing.T) {
	_, again, _ := strings.Cut(shopDashboard, "dashboards:\n")
	_, err := Load(packfile.Source{Name: "shop.yaml", Text: []byte(shopDashboard + again)})
	if err == nil || !strings.Contains(err.Error(), "line 52, Shop Overview, uid: The uid shop-overview is not unique. Choose another one.") {
		t.Errorf("got %v", err)
	}
}

// TestSchemaListsVisualizations checks that the schema and the checks have the same
// visualizations.
func TestSchemaListsVisualizations(t *testing.T) {
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
