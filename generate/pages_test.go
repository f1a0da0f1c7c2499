package main

import (
	"strings"
	"testing"
)

// hostile is a pack whose texts contain Markdown and HTML.
const hostile = "pack: p\n" +
	"title: '# A | <b>pack</b>'\n" +
	"owner: '[us](x)'\n" +
	"labels: {model: 'a | b ``` </details>'}\n" +
	"families: [{name: requests_total, type: counter, help: '<h1>', labels: [model]}]\n" +
	"metrics:\n" +
	"  - name: p_rate\n" +
	"    title: 'A **bold** | title'\n" +
	"    description: \"- [ ] </details> <!--\\n\\n## `Not a heading` __x__\"\n" +
	"    tags: ['a|b', '<i>']\n" +
	"    unit: short\n" +
	"    type: gauge\n" +
	"    query: 'sum(rate(requests_total{__PARAMS__}[5m]))'\n" +
	"    required_params: []\n" +
	"    optional_params: [model]\n" +
	"    thresholds: [{value: 0.0000001, color: '|red|'}, {value: 1000000, color: red}]\n"

func TestPagesEscapeTexts(t *testing.T) {
	from := sourcesOf(t, hostile)
	metric, err := from.Metric("p_rate")
	if err != nil {
		t.Fatal(err)
	}
	metric.Query = `sum(rate(requests_total{model!="` + "\n```\n" + `"}[5m]))`
	made, err := generateAll(from)
	if err != nil {
		t.Fatal(err)
	}
	if text := string(made[contractFile]); !strings.Contains(text, "\n\n\\<h1>\n\n") {
		t.Errorf("the contract lacks the family's help:\n%s", text)
	}
	page := string(made[pagesDir+"/p.md"])
	for _, want := range []string{
		"# \\# A | \\<b>pack\\</b>\n",
		"1 metric · owned by \\[us\\](x) · ",
		"| [`p_rate`](#p_rate) | A \\*\\*bold\\*\\* \\| title | `short` |\n",
		"**A \\*\\*bold\\*\\* | title.** \\- \\[ \\] \\</details> \\<!-- \\#\\# \\`Not a heading\\` \\_\\_x\\_\\_\n",
		"````promql\nsum(rate(requests_total{model!=\"\n```\n\"}[5m]))\n````\n",
		"| `model` | optional | a \\| b \\`\\`\\` \\</details> |\n",
		"- Tags: a|b, \\<i>\n",
		"- Thresholds: |red| from 0.0000001, red from 1000000\n",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if t.Failed() {
		t.Log(page)
	}
}

func TestMetricSections(t *testing.T) {
	from := sourcesOf(t, `
pack: p
title: P
owner: somebody
labels: {model: The model., tenant: Whose request it is.}
families:
  - {name: requests_total, type: counter, help: Requests., labels: [model, tenant]}
  - {name: latency_seconds, type: histogram, unit: s, help: Latency., buckets: [0.5, 1], labels: [model, tenant]}
metrics:
  - name: p_buckets
    title: Latency heatmap
    description: Requests per second in each bucket.
    tags: [latency, slo]
    unit: reqps
    type: histogram
    window: 10m
    query: sum by (le, __BY__) (rate(latency_seconds_bucket{__PARAMS__}[$__rate_interval]))
    required_params: [model]
    optional_params: [tenant]
    group_by: []
  - name: p_rate
    title: Rate
    description: Requests per second.
    unit: reqps
    type: gauge
    query: sum by (__BY__) (rate(requests_total{__PARAMS__}[$__rate_interval]))
    required_params: []
    optional_params: [tenant, model]
    group_by: [model]
    thresholds: [{value: 0.5, color: orange}, {value: 20, color: red}]
    record: model:requests:rate5m
alerts:
  - {name: PBusy, metric: p_rate, params: {tenant: [acme, globex]}, group_by: [], window: 1h, condition: "> 1", for: 5m, severity: info, no_data: OK, summary: Busy., description: "Busy."}
  - {name: PIdle, metric: p_rate, condition: "< 1", for: 0s, severity: critical, no_data: OK, summary: Idle., description: "Idle."}
`)
	made, err := pages(from)
	if err != nil {
		t.Fatal(err)
	}
	_, sections, _ := strings.Cut(string(made[pagesDir+"/p.md"]), "## `p_buckets`")
	want := "\n\n" + `**Latency heatmap.** Requests per second in each bucket.

~~~promql
sum by (le, __BY__) (rate(latency_seconds_bucket{__PARAMS__}[$__rate_interval]))
~~~

| Parameter |  | Meaning |
| --- | --- | --- |
| 'model' | **required** | The model. |
| 'tenant' | optional | Whose request it is. |

- Unit: 'reqps'
- Type: histogram
- Tags: latency, slo
- Grouped by: no labels
- Window: '10m'
- Reads: ['latency_seconds'](../metrics-contract.md#latency_seconds)

<details><summary>Example</summary>

~~~sh
curl -H "Authorization: Bearer $TOKEN" "$GRAFANA/api/datasources/uid/modelmetrics/resources/api/metrics/p_buckets?model=MODEL"
~~~

~~~json
{"refId":"A","queryType":"catalog","metric":"p_buckets","params":{"model":["$model"]},"range":true,"format":"heatmap"}
~~~

~~~promql
sum by (le) (rate(latency_seconds_bucket{model="MODEL"}[$__rate_interval]))
~~~

</details>

## 'p_rate'

**Rate.** Requests per second.

~~~promql
sum by (__BY__) (rate(requests_total{__PARAMS__}[$__rate_interval]))
~~~

| Parameter |  | Meaning |
| --- | --- | --- |
| 'tenant' | optional | Whose request it is. |
| 'model' | optional | The model. |

- Unit: 'reqps'
- Type: gauge
- Grouped by: 'model'
- Window: '5m'
- Thresholds: orange from 0.5, red from 20
- Recorded as: ['model:requests:rate5m'](../../monitoring/rules/p.yaml)
- Alert: ['PBusy'](../runbooks/PBusy.md), severity info, fires if the value is '> 1' for '5m', grouped by no labels, window '1h', filter 'tenant=~"acme|globex"'
- Alert: ['PIdle'](../runbooks/PIdle.md), severity critical, fires if the value is '< 1'
- Reads: ['requests_total'](../metrics-contract.md#requests_total)
`
	want = strings.NewReplacer("~~~", "```", "'", "`").Replace(want)
	if !strings.HasPrefix(sections, want) {
		t.Errorf("the sections are\n%s\nwant\n%s", sections, want)
	}
}

func TestContractSections(t *testing.T) {
	from := sourcesOf(t, `
pack: p
title: P
owner: somebody
labels: {model: The model., job: The scrape job.}
families:
  - {name: up, type: gauge, help: 1 where it answers., labels: [job], synthetic: true}
  - {name: latency_seconds, type: histogram, unit: s, help: Latency., buckets: [0.05, 1000000], labels: [model]}
  - {name: closed_sessions, type: counter, help: Sessions., labels: []}
metrics:
  - {name: p_up, title: Up, description: Up., unit: short, type: gauge, query: 'min(up{__PARAMS__})', required_params: [], optional_params: [job]}
`)
	made, err := contract(from)
	if err != nil {
		t.Fatal(err)
	}
	_, got, _ := strings.Cut(string(made[contractFile]), "## P\n")
	want := strings.ReplaceAll(`
Owned by somebody · [metrics computed from these families](catalog/p.md)

| Label | Meaning |
| --- | --- |
| 'job' | The scrape job. |
| 'model' | The model. |

### 'up'

1 where it answers.

- Type: gauge. Prometheus itself writes this family, so the platform doesn~t export it
- Labels: 'job'
- Read by: ['p_up'](catalog/p.md#p_up)

### 'latency_seconds'

Latency.

- Type: histogram
- Unit: 's'
- Labels: 'model'
- Bounds of the buckets: 0.05, 1000000, +Inf

### 'closed_sessions'

Sessions.

- Type: counter
- Name: without the suffix '_total' of a counter. Export the family in Prometheus~s text format, because OpenMetrics would add the suffix
`, "'", "`")
	if want = strings.ReplaceAll(want, "~", "'"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
