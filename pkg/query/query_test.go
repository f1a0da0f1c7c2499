package query

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/packfile"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func source() Source {
	return Source{From: noon.Add(-time.Hour), To: noon, MaxDataPoints: 1000, ScrapeInterval: 15 * time.Second}
}

func parse(t *testing.T, text string, s Source) *Query {
	t.Helper()
	q, err := Parse([]byte(text), s)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func TestTypes(t *testing.T) {
	for _, test := range []struct {
		name, sdk, text string
		want            Type
	}{
		{"queryType in the JSON", "", `{"queryType":"catalog","metric":"m"}`, Catalog},
		{"query type of the SDK", "catalog", `{"queryType":"","metric":"m"}`, Catalog},
		{"no type, expression", "", `{"expr":"up"}`, PromQL},
		{"unknown type, expression", "randomWalk", `{"expr":"up"}`, PromQL},
		{"no type, metric", "", `{"metric":"m"}`, Catalog},
		{"no type", "", `{}`, PromQL},
		{"annotation", "", `{"queryType":"annotation","expr":"up"}`, Annotation},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := source()
			s.QueryType = test.sdk
			if got := parse(t, test.text, s).Type; got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestKinds(t *testing.T) {
	for _, test := range []struct {
		name, text         string
		isRange, isInstant bool
	}{
		{"no fields", `{"expr":"up"}`, true, false},
		{"range", `{"expr":"up","range":true}`, true, false},
		{"instant", `{"expr":"up","instant":true}`, false, true},
		{"instant, not range", `{"expr":"up","range":false,"instant":true}`, false, true},
		{"range and instant", `{"expr":"up","range":true,"instant":true}`, true, true},
		{"not range, as in new alert rules of Grafana 12.3", `{"expr":"up","range":false}`, false, true},
		{"not range, instant null", `{"metric":"m","range":false,"instant":null}`, false, true},
		{"neither range nor instant, a range query as in Grafana's Prometheus data source", `{"expr":"up","range":false,"instant":false}`, true, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if q := parse(t, test.text, source()); q.Range != test.isRange || q.Instant != test.isInstant {
				t.Errorf("got range %t and instant %t, want %t and %t", q.Range, q.Instant, test.isRange, test.isInstant)
			}
		})
	}
}

func TestParseErrors(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"not JSON", `{`, "not valid JSON"},
		{"type", `{"queryType":"sql"}`, "Use one of promql, catalog"},
		{"format", `{"expr":"up","format":"pie"}`, "Use one of time_series, time_series_wide, table"},
		{"instant format", `{"expr":"up","instantFormat":"pie"}`, "Use one of time_series, time_series_wide, table"},
		{"names of labels", `{"metric":"m","displayNames":"labels"}`, `displayNames is "labels". It must be cells or label.`},
		{"window", `{"metric":"m","window":"5 minutes"}`, "is not a duration of at least 1ms. Write a number with a unit, such as 5m"},
		{"window of 0", `{"metric":"m","window":"0"}`, "is not a duration of at least 1ms"},
		{"window of less than a millisecond", `{"metric":"m","window":"1ns"}`, "is not a duration of at least 1ms"},
		{"negative window", `{"metric":"m","window":"-5m"}`, "is not a duration of at least 1ms"},
		{"min step", `{"expr":"up","interval":"soon"}`, "is not a duration of at most a year. Write a number with a unit, such as 15s."},
		{"time zone", `{"expr":"up","timezone":"Mars/Olympus"}`, "Use an IANA name"},
		{"offset", `{"expr":"up","utcOffsetSec":1000000000000}`, "It must be between -86400 and 86400."},
		{"time zone of the server", `{"expr":"up","timezone":"Local"}`, "Use an IANA name"},
		{"long min step", `{"expr":"up","interval":"290y"}`, "of at most a year"},
		{"list", `[]`, "The query is a JSON array. It must be a JSON object."},
		{"object instead of a list", `{"metric":"m","groupBy":{"a":1}}`, "field groupBy can't be a JSON object. Use a list of strings."},
		{"string instead of a boolean", `{"expr":"up","instant":"maybe"}`, `field instant can't be a JSON string "maybe". Use true or false.`},
		{"string instead of a number", `{"expr":"up","intervalFactor":"some"}`, `field intervalFactor can't be a JSON string "some". Use a number.`},
		{"list instead of a text", `{"expr":["up"]}`, "field expr can't be a JSON array. Use a string."},
		{"object in a filter", `{"expr":"up","adhocFilters":[{"key":"a","value":{}}]}`, "field adhocFilters.value can't be a JSON object. Use a string."},
		{"boolean in params", `{"metric":"m","params":{"a":true}}`, "a parameter must be a string"},
		{"number instead of tags", `{"queryType":"annotation","expr":"up","tags":5}`, "field tags can't be a JSON number 5. Use a list of strings."},
		{"string instead of a boolean in an annotation", `{"queryType":"annotation","expr":"up","useValueForTime":"often"}`, `field useValueForTime can't be a JSON string "often". Use true or false.`},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Parse([]byte(test.text), source())
			if f := fault.As(err); f.Kind != fault.BadQuery || !strings.Contains(f.Text, test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

// TestFieldsOfOtherTypes: earlier versions of Grafana, and programs that write dashboards, store
// fields in other types.
func TestFieldsOfOtherTypes(t *testing.T) {
	for _, test := range []struct{ name, text, same string }{
		{"booleans as texts", `{"expr":"up","instant":"true","range":"false","exemplar":"on"}`, `{"expr":"up","instant":true,"exemplar":true}`},
		{"no value", `{"expr":"up","exemplar":null,"instant":"","legendFormat":null,"interval":null,"intervalFactor":null,"format":null}`, `{"expr":"up"}`},
		{"numbers as texts", `{"expr":"up","intervalFactor":"2","utcOffsetSec":"3600"}`, `{"expr":"up","intervalFactor":2,"utcOffsetSec":3600}`},
		{"min step as a number", `{"expr":"up","interval":30}`, `{"expr":"up","interval":"30s"}`},
		{"min step of 0", `{"expr":"up","interval":0}`, `{"expr":"up"}`},
		{"min step of 0 as a text", `{"expr":"up","interval":"0"}`, `{"expr":"up","interval":"0s"}`},
		{"step of old panels", `{"expr":"up","step":"60"}`, `{"expr":"up"}`},
		{"legend as a number", `{"expr":"up","legendFormat":99}`, `{"expr":"up","legendFormat":"99"}`},
		{"expression as a number", `{"expr":1}`, `{"expr":"1"}`},
		{"other spelling of a format", `{"expr":"up","format":"timeseries"}`, `{"expr":"up","format":"time_series"}`},
		{"format as displayed", `{"expr":"up","format":"Time series","instantFormat":"Table"}`, `{"expr":"up","instantFormat":"table"}`},
		{"empty format", `{"expr":"up","format":""}`, `{"expr":"up"}`},
		{"list as a text", `{"metric":"m","groupBy":"a, b"}`, `{"metric":"m","groupBy":["a","b"]}`},
		{"numbers as parameters", `{"metric":"m","params":{"a":1,"b":[2,"c"],"d":{"op":"!=","values":[3]}}}`, `{"metric":"m","params":{"a":"1","b":["2","c"],"d":{"op":"!=","values":["3"]}}}`},
		{"number as the value of a filter", `{"expr":"up","adhocFilters":[{"key":"a","operator":null,"value":5}]}`, `{"expr":"up","adhocFilters":[{"key":"a","value":"5"}]}`},
		{"annotation, boolean on", `{"queryType":"annotation","expr":"up","useValueForTime":"on","tags":"a,b"}`, `{"queryType":"annotation","expr":"up","useValueForTime":true,"tags":["a","b"]}`},
		{"annotation, boolean empty", `{"queryType":"annotation","expr":"up","useValueForTime":"","title":null}`, `{"queryType":"annotation","expr":"up"}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got, want := parse(t, test.text, source()), parse(t, test.same, source()); !reflect.DeepEqual(got, want) {
				t.Errorf("got %+v, want %+v", got, want)
			}
		})
	}
}

func TestStep(t *testing.T) {
	for _, test := range []struct {
		name, text string
		change     func(*Source)
		want       time.Duration
	}{
		{"short range", `{"expr":"up"}`, nil, 15 * time.Second},
		{"long range", `{"expr":"up"}`, func(s *Source) { s.From = s.To.Add(-24 * time.Hour) }, 2 * time.Minute},
		{"maxDataPoints", `{"expr":"up"}`, func(s *Source) { s.From, s.MaxDataPoints = s.To.Add(-24*time.Hour), 500 }, 3 * time.Minute},
		{"maxDataPoints, range of whole steps", `{"expr":"up"}`, func(s *Source) { s.From, s.MaxDataPoints = s.To.Add(-24*time.Hour), 24 }, 2 * time.Hour},
		{"min step with too many points", `{"expr":"up","interval":"1m"}`, func(s *Source) { s.From, s.MaxDataPoints = s.To.Add(-24*time.Hour), 500 }, 3 * time.Minute},
		{"min step", `{"expr":"up","interval":"7m"}`, func(s *Source) { s.From, s.MaxDataPoints = s.To.Add(-24*time.Hour), 500 }, 7 * time.Minute},
		{"interval of Grafana", `{"expr":"up"}`, func(s *Source) { s.Interval = time.Minute }, time.Minute},
		{"interval of an alert rule", `{"expr":"up","instant":true}`, func(s *Source) { s.Interval, s.MaxDataPoints = time.Second, 43200 }, 15 * time.Second},
		{"min step below the scrape interval", `{"expr":"up","interval":"5s"}`, func(s *Source) { s.From = s.To.Add(-time.Hour) }, 5 * time.Second},
		{"$__interval as min step", `{"expr":"up","interval":"$__interval"}`, nil, 15 * time.Second},
		{"min step of 0", `{"expr":"up","interval":"0s"}`, nil, 15 * time.Second},
		{"min step in the syntax of old panels", `{"expr":"up","interval":">30s"}`, nil, 30 * time.Second},
		{"$__rate_interval as min step", `{"expr":"up","interval":"$__rate_interval","intervalFactor":2}`, nil, time.Minute},
		{"resolution 1/2", `{"expr":"up","intervalFactor":2}`, nil, 30 * time.Second},
		{"limit of Prometheus", `{"expr":"up","interval":"1s"}`, func(s *Source) {
			s.From, s.MaxDataPoints = s.To.Add(-30*24*time.Hour), 0
		}, 5 * time.Minute},
		{"large factor", `{"expr":"up","interval":"365d","intervalFactor":9000000000000000000}`, func(s *Source) { s.From = s.To }, 100 * 365 * 24 * time.Hour},
		{"large interval of Grafana", `{"expr":"up"}`, func(s *Source) { s.Interval = 1<<63 - 1 }, 366 * 24 * time.Hour},
		{"milliseconds", `{"expr":"up","interval":"1ms"}`, func(s *Source) { s.From, s.MaxDataPoints = s.To.Add(-12*time.Second), 0 }, 2 * time.Millisecond},
		{"factor as a float", `{"expr":"up","intervalFactor":2.0,"utcOffsetSec":3600.0}`, nil, 30 * time.Second},
		{"empty range", `{"expr":"up"}`, func(s *Source) { s.From = s.To }, 15 * time.Second},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := source()
			if test.change != nil {
				test.change(&s)
			}
			q := parse(t, test.text, s)
			if q.Step != test.want {
				t.Errorf("got %s, want %s", q.Step, test.want)
			}
			if points, limit := pointsOf(q), maxPointsOf(s); points > limit {
				t.Errorf("%d points, more than %d", points, limit)
			}
		})
	}
}

func TestInvalidRanges(t *testing.T) {
	for _, test := range []struct{ from, to time.Time }{
		{time.UnixMilli(9300000000000), time.UnixMilli(9300000060000)},
		{noon.AddDate(-900, 0, 0), noon},
		{noon, noon.Add(-time.Second)},
	} {
		s := source()
		s.From, s.To = test.from, test.to
		if _, err := Parse([]byte(`{"expr":"up"}`), s); err == nil || fault.As(err).Kind != fault.BadQuery {
			t.Errorf("%s to %s: got %v", test.from, test.to, err)
		}
	}
}

func TestCompile(t *testing.T) {
	c, err := catalog.Load([]packfile.Source{{Text: []byte(`
pack: shop
title: Shop
owner: shop-team
label_names: [{label: model, family: model_info, value: title}]
families:
  - {name: orders_total, type: counter, help: Orders., labels: [model]}
  - {name: model_info, type: gauge, help: Always 1., labels: [model, title]}
metrics:
  - {name: orders, title: Orders, description: d, unit: ops, type: gauge, required_params: [], optional_params: [model], group_by: [model], legend: "{{model}}",
     query: "sum by (__BY__) (rate(orders_total{__PARAMS__}[$__rate_interval]))"}
  - {name: orders_10m, title: Orders, description: d, unit: ops, type: gauge, window: 10m, required_params: [], optional_params: [model],
     query: "sum(rate(orders_total{__PARAMS__}[$__rate_interval]))"}
  - {name: orders_step, title: Orders, description: d, unit: ops, type: gauge, window: 10m,
     query: "sum(increase(orders_total[$__interval])) / $__interval_ms"}
`)}})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, text   string
		instant      bool
		expr, legend string
	}{
		{"range", `{"metric":"orders"}`, false, `sum by (model) (rate(orders_total{}[1m]))`, "{{model}}"},
		{"instant, default window", `{"metric":"orders"}`, true, `sum by (model) (rate(orders_total{}[5m]))`, "{{model}}"},
		{"instant, window of the metric", `{"metric":"orders_10m"}`, true, `sum(rate(orders_total{}[10m]))`, ""},
		{"instant, window of the query", `{"metric":"orders_10m","window":"1h"}`, true, `sum(rate(orders_total{}[1h]))`, ""},
		{"window in seconds", `{"metric":"orders_10m","window":"300"}`, true, `sum(rate(orders_total{}[5m]))`, ""},
		{"window in seconds, as a number", `{"metric":"orders_10m","window":0.5}`, true, `sum(rate(orders_total{}[500ms]))`, ""},
		{"window in hours", `{"metric":"orders_10m","window":" 1.5h "}`, true, `sum(rate(orders_total{}[1h30m]))`, ""},
		{"window in months", `{"metric":"orders_10m","window":"1M"}`, true, `sum(rate(orders_total{}[30d10h30m]))`, ""},
		{"range, window of the query", `{"metric":"orders","window":"1h"}`, false, `sum by (model) (rate(orders_total{}[1h]))`, "{{model}}"},
		{"instant, $__interval", `{"metric":"orders_step"}`, true, `sum(increase(orders_total[10m])) / 600000`, ""},
		{"instant, $__interval and window of the query", `{"metric":"orders_step","window":"1h"}`, true, `sum(increase(orders_total[1h])) / 3600000`, ""},
		{"range, $__interval", `{"metric":"orders_step","window":"1h"}`, false, `sum(increase(orders_total[15s])) / 15000`, ""},
		{"instant PromQL, $__interval", `{"expr":"rate(x[$__interval])"}`, true, `rate(x[15s])`, ""},
		{"names in cells", `{"metric":"orders","displayNames":"cells"}`, false, `sum by (model) (rate(orders_total{}[1m]))`, "{{model}}"},
		{"names as a label", `{"metric":"orders","displayNames":"label","params":{"model":"$__range"}}`, true,
			"(\nsum by (model) (rate(orders_total{model=\"$__range\"}[5m]))\n)\n+ on (model) group_left (title)\n" +
				"0 * topk by (model) (1, max by (model, title) (max_over_time(timestamp(model_info)[1h:1m])))\n" +
				"or ignoring (title)\n(\nsum by (model) (rate(orders_total{model=\"$__range\"}[5m]))\n)", "{{model}}"},
		{"legend of another grouping", `{"metric":"orders","groupBy":[]}`, false, `sum by () (rate(orders_total{}[1m]))`, "__auto"},
		{"legend of the query", `{"metric":"orders","legendFormat":"x"}`, false, `sum by (model) (rate(orders_total{}[1m]))`, "x"},
		{"macro in a value", `{"metric":"orders","params":{"model":"$__range"}}`, false, `sum by (model) (rate(orders_total{model="$__range"}[1m]))`, "{{model}}"},
		{"annotation, catalog metric", `{"queryType":"annotation","metric":"orders","params":{"model":"a"}}`, false, `sum by (model) (rate(orders_total{model="a"}[1m]))`, "{{model}}"},
		{"annotation, expression", `{"queryType":"annotation","metric":"orders","expr":"changes(x[$__interval])","adhocFilters":[{"key":"job","operator":"=","value":"a"}]}`, false,
			`changes(x{job="a"}[15s])`, ""},
		{"$__rate_interval as min step", `{"expr":"rate(x[$__interval]) + rate(x[$__rate_interval])","interval":"${__rate_interval}"}`, false, `rate(x[1m]) + rate(x[1m])`, ""},
		{"$__interval as min step", `{"expr":"rate(x[$__rate_interval])","interval":"$__interval","intervalFactor":2}`, false, `rate(x[2m])`, ""},
		{"macros of PromQL", `{"expr":"rate(x[$__rate_interval]) / $__range_s"}`, false, `rate(x[1m]) / 3600`, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			q := parse(t, test.text, source())
			var metric *catalog.Metric
			if q.FromCatalog() {
				var err error
				if metric, err = c.Metric(q.Metric); err != nil {
					t.Fatal(err)
				}
			}
			got, err := q.Compile(metric, test.instant)
			if err != nil {
				t.Fatal(err)
			}
			if got.Expr != test.expr || got.Legend != test.legend {
				t.Errorf("got %q with legend %q, want %q with %q", got.Expr, got.Legend, test.expr, test.legend)
			}
		})
	}
}

func TestFieldsOfOtherDataSourcesAreIgnored(t *testing.T) {
	q := parse(t, `{"expr":"up","groupBy":[{"params":["$__interval"],"type":"time"}],"metric":{"a":1},"params":[1],"window":5,"label":[],"queryType":"randomWalk"}`, Source{From: at(t, "2026-01-02T12:00Z"), To: at(t, "2026-01-02T13:00Z")})
	if q.Type != PromQL || q.Expr != "up" || q.GroupBy != nil {
		t.Errorf("%+v", q)
	}
}
