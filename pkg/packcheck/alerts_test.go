package packcheck

import (
	"strings"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/packfile"
)

// alertPack is a valid pack. Each case of TestLoadReportsProblemsOfAlerts changes one place of
// it.
const alertPack = `pack: shop
title: Shop
families:
  - {name: orders_total, type: counter, help: Orders., labels: [model, tenant, status]}
  - {name: wait_seconds, type: histogram, unit: s, help: Wait., labels: [model, tenant]}
metrics:
  - name: orders
    title: Orders
    description: Orders per second.
    unit: ops
    query: sum by (__BY__) (rate(orders_total{__PARAMS__}[$__rate_interval]))
    required_params: [model]
    optional_params: [tenant]
  - name: wait
    title: Wait
    description: 95 of 100 orders wait less.
    unit: s
    query: histogram_quantile(0.95, sum by (le, __BY__) (rate(wait_seconds_bucket{__PARAMS__}[$__rate_interval])))
    optional_params: [model, tenant]
    group_by: [model]
    legend: "{{model}}"
alerts:
  - name: ShopSlow
    metric: wait
    params: {tenant: [a, b]}
    group_by: [model]
    window: 5m
    condition: "> 10"
    for: 5m
    severity: warning
    no_data: OK
    summary: Orders wait.
    description: "{{ $labels.model }} waits {{ humanizeDuration $values.A.Value }}."
`

func TestLoadReportsProblemsOfAlerts(t *testing.T) {
	if _, err := Load(packfile.Source{Text: []byte(alertPack)}); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ name, old, new, want string }{
		{"an alert interval that is not a multiple of Grafana's", "alerts:\n", "alert_interval: 15s\nalerts:\n",
			`pack shop, line 22, alert_interval: Grafana evaluates rules at multiples of 10s. Choose a multiple, such as 1m.`},
		{"an alert interval of zero", "alerts:\n", "alert_interval: 0s\nalerts:\n",
			`pack shop, line 22, alert_interval: Grafana evaluates rules at multiples of 10s. Choose a multiple, such as 1m.`},
		{"an alert interval that overflows", "alerts:\n", "alert_interval: 99999999999y\nalerts:\n",
			`pack shop, line 22, alert_interval: Grafana evaluates rules at multiples of 10s. Choose a multiple, such as 1m.`},
		{"an unknown metric", "metric: wait", "metric: wiat",
			`pack shop, line 24, ShopSlow, metric: The catalog has no metric "wiat". Did you mean wait?`},
		{"an unknown parameter", "params: {tenant: [a, b]}", "params: {tenants: [a, b]}",
			`pack shop, line 25, ShopSlow, params: wait has no parameter "tenants". Did you mean tenant? It takes model, tenant.`},
		{"a grouping by an unknown parameter", "group_by: [model]\n    window: 5m", "group_by: [status]\n    window: 5m",
			`pack shop, line 26, ShopSlow, group_by: wait has no parameter "status". It takes model, tenant.`},
		{"a missing required parameter", "metric: wait", "metric: orders",
			`pack shop, line 25, ShopSlow, params: orders requires a value for parameter model. Required parameters: model.`},
		{"a window of zero", "window: 5m", "window: 0s",
			`pack shop, line 27, ShopSlow, window: The duration 0s is zero. Write a longer one, such as 5m.`},
		{"a description with a label that the grouping removes", "{{ $labels.model }} waits", "{{ $labels.tenant }} waits",
			`pack shop, line 33, ShopSlow, description: With the grouping of the alert, the series of wait have no label tenant. Their labels: model.`},
		{"a description with a label and an empty grouping", "group_by: [model]\n    window: 5m", "group_by: []\n    window: 5m",
			`pack shop, line 33, ShopSlow, description: With the grouping of the alert, the series of wait have no label model. Their labels: none.`},
		{"a runbook with a heading", "summary: Orders wait.", `runbook: "Look.\n\n## Then\n\nThink."` + "\n    summary: Orders wait.",
			`pack shop, line 32, ShopSlow, runbook: A runbook can contain paragraphs and lists, but no headings and no HTML.`},
		{"a runbook with HTML", "summary: Orders wait.", "runbook: Look.</details>\n    summary: Orders wait.",
			`pack shop, line 32, ShopSlow, runbook: A runbook can contain paragraphs and lists, but no headings and no HTML.`},
		{"a window without effect", "(rate(wait_seconds_bucket{__PARAMS__}[$__rate_interval]))", "(rate(wait_seconds_bucket{__PARAMS__}[1h]))",
			`pack shop, line 27, ShopSlow, window: The query of wait contains no $__rate_interval, $__interval or $__range, so a window has no effect. Leave it out.`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if strings.Count(alertPack, test.old) != 1 {
				t.Fatalf("%q occurs %d times in the pack", test.old, strings.Count(alertPack, test.old))
			}
			_, err := Load(packfile.Source{Text: []byte(strings.Replace(alertPack, test.old, test.new, 1))})
			if err == nil || err.Error() != test.want {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
}
