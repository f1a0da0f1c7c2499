package main

import (
	"strings"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
)

// watched is a pack with an alert that has most fields, and an alert with only a few fields.
const watched = `
pack: p
title: P
owner: somebody
labels: {model: The model., tenant: Whose request it is.}
families: [{name: requests_total, type: counter, help: Requests., labels: [model, tenant]}]
metrics:
  - name: p_rate
    title: Rate
    description: Requests per second.
    unit: reqps
    query: sum by (__BY__) (rate(requests_total{__PARAMS__}[$__rate_interval]))
    required_params: []
    optional_params: [tenant, model]
    group_by: [model]
    legend: "{{model}}"
    thresholds: [{value: 20, color: red}]
alerts:
  - name: PBusy
    metric: p_rate
    params: {tenant: [acme, globex]}
    window: 1h
    condition: "> 20"
    for: 5m
    severity: info
    no_data: Alerting
    summary: A model is *busy*.
    description: "{{ $labels.model }} takes {{ humanize $values.A.Value }} requests."
    runbook: |-
      1. Look at [PIdle](PIdle.md).
      2. Add workers.
    panel: {dashboard: p-overview, title: Rate}
  - name: PIdle
    metric: p_rate
    group_by: []
    condition: "< 1"
    for: 0s
    severity: critical
    no_data: OK
    summary: No requests.
    description: "Only {{ humanize $values.A.Value }} a second. Is the gateway up, <all> of it?"
dashboards:
  - uid: p-overview
    title: P
    description: P.
    tags: []
    variables: []
    rows:
      - title: All
        panels:
          - {id: 4, title: Rate, show: lines, metric: p_rate, width: 12, height: 8}
`

func TestRunbooks(t *testing.T) {
	from := sourcesOf(t, watched)
	from.panels[catalog.PanelRef{Dashboard: "p-overview", Title: "Rate"}] = 4
	made, err := runbooks(from)
	if err != nil {
		t.Fatal(err)
	}
	for page, want := range map[string]string{
		"PBusy.md": `
# 'PBusy'

**A model is \*busy\*.**

- Fires: if ['p_rate'](../catalog/p.md#p_rate) with 'tenant=~"acme|globex"' over the last '1h' is '> 20' for '5m', once for each 'model'
- Severity: info
- Platform: [P](../catalog/p.md), owned by somebody
- Panel: [Rate](../../dashboards/p-overview.json), in Grafana at '/d/p-overview?viewPanel=4'
- Rule: for [Grafana](../../provisioning/alerting/p.yaml), for [Prometheus](../../monitoring/alerts/p.yaml)

## What to do first

1. Look at [PIdle](PIdle.md).
2. Add workers.

## Metric

**Rate.** Requests per second.

~~~promql
sum by (model) (rate(requests_total{tenant=~"acme|globex"}[1h]))
~~~

Colors on panels: red from 20.

## Without data

If the query returns no data, the alert fires in Grafana for each series that the query returned before the data ended. The alert^s texts are then those of the last evaluation with data: either the measurement that raised the alert, or that the data has ended. If there is no such series, the alert fires once, without the labels of a series. In Prometheus, the alert 'PBusyNoData' fires instead. Check whether Prometheus scrapes the platform^s targets, then whether these targets export the metrics of the query.

If the query fails, for example because Prometheus is down, the alert keeps its last state in Grafana, and ['ModelMetricsPrometheusUnreachable'](ModelMetricsPrometheusUnreachable.md) fires.
`,
		"PIdle.md": `
# 'PIdle'

**No requests.**

- Fires: if ['p_rate'](../catalog/p.md#p_rate) over the last '5m' is '< 1'
- Severity: critical
- Platform: [P](../catalog/p.md), owned by somebody
- Rule: for [Grafana](../../provisioning/alerting/p.yaml), for [Prometheus](../../monitoring/alerts/p.yaml)

## What to do first

Only *N* a second. Is the gateway up, \<all> of it?

## Metric

**Rate.** Requests per second.

~~~promql
sum by () (rate(requests_total{}[5m]))
~~~

Colors on panels: red from 20.

## Without data

If the query returns no data, the alert doesn^t fire, neither in Grafana nor in Prometheus.

If the query fails, for example because Prometheus is down, the alert keeps its last state in Grafana, and ['ModelMetricsPrometheusUnreachable'](ModelMetricsPrometheusUnreachable.md) fires.
`,
		"README.md": `
# Runbooks

Each alert has a page that describes the alert^s rule and what to do first. The annotation 'runbook_url' of an alert contains the address of the page.

## P

| Alert | Severity |  |
| --- | --- | --- |
| ['PBusy'](PBusy.md) | info | A model is \*busy\*. |
| ['PIdle'](PIdle.md) | critical | No requests. |
`,
	} {
		t.Run(page, func(t *testing.T) {
			_, got, _ := strings.Cut(string(made[runbooksDir+"/"+page]), "\n")
			if want := strings.NewReplacer("~~~", "```", "'", "`", "^", "'").Replace(want); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func TestProse(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"labels and words": {"{{ $labels.tenant }}/{{ $labels.model }} fails.", "`tenant`/`model` fails."},
		"the value":        {"It takes {{ humanizeDuration $values.A.Value }}.", "It takes *N*."},
		"Markdown":         {"*{{ $labels.job }}* is <b>", "\\*`job`\\* is \\<b>"},
		"no template":      {"All is lost.", "All is lost."},
	} {
		t.Run(name, func(t *testing.T) {
			if got := prose(c.text); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestRunbooksRejectDuplicateNames(t *testing.T) {
	second := strings.ReplaceAll(strings.ReplaceAll(small("b"), "name: bBusy", "name: aBusy"), "summary: It is busy.", "summary: Another.")
	_, err := runbooks(sourcesOf(t, small("a"), second))
	if err == nil || !strings.Contains(err.Error(), "docs/runbooks/aBusy.md, which is another page") {
		t.Errorf("got %v", err)
	}
}
