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
		{"ours", "", `{"queryType":"catalog","metric":"m"}`, Catalog},
		{"the SDK's comes first", "catalog", `{"queryType":"","metric":"m"}`, Catalog},
		{"none with an expression", "", `{"expr":"up"}`, PromQL},
		{"a relic beside an expression", "randomWalk", `{"expr":"up"}`, PromQL},
		{"none with a metric", "", `{"metric":"m"}`, Catalog},
		{"none at all", "", `{}`, PromQL},
		{"an annotation", "", `{"queryType":"annotation","expr":"up"}`, Annotation},
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
		name, text     string
		atSteps, atEnd bool
	}{
		{"neither field is a range query", `{"expr":"up"}`, true, false},
		{"a range query", `{"expr":"up","range":true}`, true, false},
		{"an instant query", `{"expr":"up","instant":true}`, false, true},
		{"an instant query with both fields", `{"expr":"up","range":false,"instant":true}`, false, true},
		{"both kinds", `{"expr":"up","range":true,"instant":true}`, true, true},
		{"a new alert rule of Grafana 12.3", `{"expr":"up","range":false}`, false, true},
		{"the same with null", `{"metric":"m","range":false,"instant":null}`, false, true},
		{"neither kind, which Grafana's Prometheus data source reads as a range query", `{"expr":"up","range":false,"instant":false}`, true, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if q := parse(t, test.text, source()); q.Range != test.atSteps || q.Instant != test.atEnd {
				t.Errorf("got range %t and instant %t, want %t and %t", q.Range, q.Instant, test.atSteps, test.atEnd)
			}
		})
	}
}

func TestParseSaysWhatIsWrong(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"not JSON", `{`, "not valid JSON"},
		{"type", `{"queryType":"sql"}`, "Use one of promql, catalog"},
		{"format", `{"expr":"up","format":"pie"}`, "Use one of time_series, time_series_wide, table"},
		{"format at the end", `{"expr":"up","instantFormat":"pie"}`, "Use one of time_series, time_series_wide, table"},
		{"window", `{"metric":"m","window":"5 minutes"}`, "is not a duration. Write a number with a unit, such as 5m"},
		{"window of nothing", `{"metric":"m","window":"0"}`, "is not a duration"},
		{"window shorter than a sample", `{"metric":"m","window":"1ns"}`, "is not a duration"},
		{"negative window", `{"metric":"m","window":"-5m"}`, "is not a duration"},
		{"min step", `{"expr":"up","interval":"soon"}`, "is not a duration of at most a year. Write a number with a unit, such as 15s."},
		{"time zone", `{"expr":"up","timezone":"Mars/Olympus"}`, "Use an IANA name"},
		{"offset", `{"expr":"up","utcOffsetSec":1000000000000}`, "It must be between -86400 and 86400."},
		{"the server's own time zone", `{"expr":"up","timezone":"Local"}`, "Use an IANA name"},
		{"a min step of centuries", `{"expr":"up","interval":"290y"}`, "of at most a year"},
		{"a list", `[]`, "The query is a JSON array. It must be a JSON object."},
		{"a field of a wrong type", `{"metric":"m","groupBy":{"a":1}}`, "field groupBy can't be a JSON object. Use a list of texts."},
		{"a switch", `{"expr":"up","instant":"maybe"}`, `field instant can't be a JSON string "maybe". Use true or false.`},
		{"a number", `{"expr":"up","intervalFactor":"some"}`, `field intervalFactor can't be a JSON string "some". Use a number.`},
		{"a text", `{"expr":["up"]}`, "field expr can't be a JSON array. Use a text."},
		{"a filter", `{"expr":"up","adhocFilters":[{"key":"a","value":{}}]}`, "field adhocFilters.value can't be a JSON object. Use a text."},
		{"params", `{"metric":"m","params":{"a":true}}`, "a parameter must be a string"},
		{"tags of an annotation", `{"queryType":"annotation","expr":"up","tags":5}`, "field tags can't be a JSON number 5. Use a list of texts."},
		{"a switch of an annotation", `{"queryType":"annotation","expr":"up","useValueForTime":"often"}`, `field useValueForTime can't be a JSON string "often". Use true or false.`},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Parse([]byte(test.text), source())
			if f := fault.As(err); f.Kind != fault.BadQuery || !strings.Contains(f.Text, test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

// TestFieldsStoredInAnotherType: by older Grafanas, by forms, by programs that
// write dashboards.
func TestFieldsStoredInAnotherType(t *testing.T) {
	for _, test := range []struct{ name, text, same string }{
		{"switches as text", `{"expr":"up","instant":"true","range":"false","exemplar":"on"}`, `{"expr":"up","instant":true,"exemplar":true}`},
		{"no value", `{"expr":"up","exemplar":null,"instant":"","legendFormat":null,"interval":null,"intervalFactor":null,"format":null}`, `{"expr":"up"}`},
		{"numbers as text", `{"expr":"up","intervalFactor":"2","utcOffsetSec":"3600"}`, `{"expr":"up","intervalFactor":2,"utcOffsetSec":3600}`},
		{"a min step as a number", `{"expr":"up","interval":30}`, `{"expr":"up","interval":"30s"}`},
		{"a min step of zero", `{"expr":"up","interval":0}`, `{"expr":"up"}`},
		{"a min step of zero as text", `{"expr":"up","interval":"0"}`, `{"expr":"up","interval":"0s"}`},
		{"the step that old panels keep", `{"expr":"up","step":"60"}`, `{"expr":"up"}`},
		{"a legend as a number", `{"expr":"up","legendFormat":99}`, `{"expr":"up","legendFormat":"99"}`},
		{"a number as an expression", `{"expr":1}`, `{"expr":"1"}`},
		{"another spelling of a format", `{"expr":"up","format":"timeseries"}`, `{"expr":"up","format":"time_series"}`},
		{"as an editor shows it", `{"expr":"up","format":"Time series","instantFormat":"Table"}`, `{"expr":"up","instantFormat":"table"}`},
		{"an empty format", `{"expr":"up","format":""}`, `{"expr":"up"}`},
		{"a list as text", `{"metric":"m","groupBy":"a, b"}`, `{"metric":"m","groupBy":["a","b"]}`},
		{"numbers as parameters", `{"metric":"m","params":{"a":1,"b":[2,"c"],"d":{"op":"!=","values":[3]}}}`, `{"metric":"m","params":{"a":"1","b":["2","c"],"d":{"op":"!=","values":["3"]}}}`},
		{"a number as a filter's value", `{"expr":"up","adhocFilters":[{"key":"a","operator":null,"value":5}]}`, `{"expr":"up","adhocFilters":[{"key":"a","value":"5"}]}`},
		{"an annotation's switch that is on", `{"queryType":"annotation","expr":"up","useValueForTime":"on","tags":"a,b"}`, `{"queryType":"annotation","expr":"up","useValueForTime":true,"tags":["a","b"]}`},
		{"and one that is off", `{"queryType":"annotation","expr":"up","useValueForTime":"","title":null}`, `{"queryType":"annotation","expr":"up"}`},
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
		{"a short range has the scrape interval", `{"expr":"up"}`, nil, 15 * time.Second},
		{"a long one has the panel's resolution", `{"expr":"up"}`, func(s *Source) { s.From = s.To.Add(-24 * time.Hour) }, 2 * time.Minute},
		{"no more points than the panel asks for", `{"expr":"up"}`, func(s *Source) { s.From, s.MaxDataPoints = s.To.Add(-24*time.Hour), 500 }, 3 * time.Minute},
		{"one more boundary than there are steps", `{"expr":"up"}`, func(s *Source) { s.From, s.MaxDataPoints = s.To.Add(-24*time.Hour), 24 }, 2 * time.Hour},
		{"a min step that gives too many points is raised", `{"expr":"up","interval":"1m"}`, func(s *Source) { s.From, s.MaxDataPoints = s.To.Add(-24*time.Hour), 500 }, 3 * time.Minute},
		{"a min step that gives few enough points stays", `{"expr":"up","interval":"7m"}`, func(s *Source) { s.From, s.MaxDataPoints = s.To.Add(-24*time.Hour), 500 }, 7 * time.Minute},
		{"Grafana's interval is a floor", `{"expr":"up"}`, func(s *Source) { s.Interval = time.Minute }, time.Minute},
		{"an alert's interval of a second is not", `{"expr":"up","instant":true}`, func(s *Source) { s.Interval, s.MaxDataPoints = time.Second, 43200 }, 15 * time.Second},
		{"a min step replaces the floor", `{"expr":"up","interval":"5s"}`, func(s *Source) { s.From = s.To.Add(-time.Hour) }, 5 * time.Second},
		{"a min step of a variable is none", `{"expr":"up","interval":"$__interval"}`, nil, 15 * time.Second},
		{"nor is one of nothing", `{"expr":"up","interval":"0s"}`, nil, 15 * time.Second},
		{"a min step as old panels write it", `{"expr":"up","interval":">30s"}`, nil, 30 * time.Second},
		{"the window of rates as the min step", `{"expr":"up","interval":"$__rate_interval","intervalFactor":2}`, nil, time.Minute},
		{"resolution 1/2", `{"expr":"up","intervalFactor":2}`, nil, 30 * time.Second},
		{"never more points than Prometheus gives", `{"expr":"up","interval":"1s"}`, func(s *Source) {
			s.From, s.MaxDataPoints = s.To.Add(-30*24*time.Hour), 0
		}, 5 * time.Minute},
		{"no factor overflows it", `{"expr":"up","interval":"365d","intervalFactor":9000000000000000000}`, func(s *Source) { s.From = s.To }, 100 * 365 * 24 * time.Hour},
		{"nor an interval of Grafana's", `{"expr":"up"}`, func(s *Source) { s.Interval = 1<<63 - 1 }, 366 * 24 * time.Hour},
		{"nor are milliseconds rounded to a second", `{"expr":"up","interval":"1ms"}`, func(s *Source) { s.From, s.MaxDataPoints = s.To.Add(-12*time.Second), 0 }, 2 * time.Millisecond},
		{"a factor written as a float", `{"expr":"up","intervalFactor":2.0,"utcOffsetSec":3600.0}`, nil, 30 * time.Second},
		{"an empty range", `{"expr":"up"}`, func(s *Source) { s.From = s.To }, 15 * time.Second},
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
			if points, most := pointsOf(q), mostPoints(s); points > most {
				t.Errorf("%d points, more than %d", points, most)
			}
		})
	}
}

func TestRangesThatCannotBeComputedWithAreRefused(t *testing.T) {
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
families:
  - {name: orders_total, type: counter, help: Orders., labels: [model]}
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
		{"a range has the rate interval", `{"metric":"orders"}`, false, `sum by (model) (rate(orders_total{}[1m]))`, "{{model}}"},
		{"an instant has the default window", `{"metric":"orders"}`, true, `sum by (model) (rate(orders_total{}[5m]))`, "{{model}}"},
		{"or the metric's own", `{"metric":"orders_10m"}`, true, `sum(rate(orders_total{}[10m]))`, ""},
		{"or the query's", `{"metric":"orders_10m","window":"1h"}`, true, `sum(rate(orders_total{}[1h]))`, ""},
		{"in seconds", `{"metric":"orders_10m","window":"300"}`, true, `sum(rate(orders_total{}[5m]))`, ""},
		{"in seconds, as a number", `{"metric":"orders_10m","window":0.5}`, true, `sum(rate(orders_total{}[500ms]))`, ""},
		{"in hours", `{"metric":"orders_10m","window":" 1.5h "}`, true, `sum(rate(orders_total{}[1h30m]))`, ""},
		{"in months", `{"metric":"orders_10m","window":"1M"}`, true, `sum(rate(orders_total{}[30d10h30m]))`, ""},
		{"which a range takes too", `{"metric":"orders","window":"1h"}`, false, `sum by (model) (rate(orders_total{}[1h]))`, "{{model}}"},
		{"an instant has no step", `{"metric":"orders_step"}`, true, `sum(increase(orders_total[10m])) / 600000`, ""},
		{"but its window", `{"metric":"orders_step","window":"1h"}`, true, `sum(increase(orders_total[1h])) / 3600000`, ""},
		{"a range has one", `{"metric":"orders_step","window":"1h"}`, false, `sum(increase(orders_total[15s])) / 15000`, ""},
		{"PromQL has one anyway", `{"expr":"rate(x[$__interval])"}`, true, `rate(x[15s])`, ""},
		{"another grouping has another legend", `{"metric":"orders","groupBy":[]}`, false, `sum by () (rate(orders_total{}[1m]))`, "__auto"},
		{"the query's legend wins", `{"metric":"orders","legendFormat":"x"}`, false, `sum by (model) (rate(orders_total{}[1m]))`, "x"},
		{"a macro in a value is data", `{"metric":"orders","params":{"model":"$__range"}}`, false, `sum by (model) (rate(orders_total{model="$__range"}[1m]))`, "{{model}}"},
		{"an annotation of the catalog", `{"queryType":"annotation","metric":"orders","params":{"model":"a"}}`, false, `sum by (model) (rate(orders_total{model="a"}[1m]))`, "{{model}}"},
		{"an annotation's expression", `{"queryType":"annotation","metric":"orders","expr":"changes(x[$__interval])","adhocFilters":[{"key":"job","operator":"=","value":"a"}]}`, false,
			`changes(x{job="a"}[15s])`, ""},
		{"a min step that is the window of rates", `{"expr":"rate(x[$__interval]) + rate(x[$__rate_interval])","interval":"${__rate_interval}"}`, false, `rate(x[1m]) + rate(x[1m])`, ""},
		{"a min step that is the step", `{"expr":"rate(x[$__rate_interval])","interval":"$__interval","intervalFactor":2}`, false, `rate(x[2m])`, ""},
		{"PromQL goes on as it is", `{"expr":"rate(x[$__rate_interval]) / $__range_s"}`, false, `rate(x[1m]) / 3600`, ""},
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

func TestRelicsBesideAnExpressionMeanNothing(t *testing.T) {
	q := parse(t, `{"expr":"up","groupBy":[{"params":["$__interval"],"type":"time"}],"metric":{"a":1},"params":[1],"window":5,"label":[],"queryType":"randomWalk"}`, Source{From: at(t, "2026-01-02T12:00Z"), To: at(t, "2026-01-02T13:00Z")})
	if q.Type != PromQL || q.Expr != "up" || q.GroupBy != nil {
		t.Errorf("%+v", q)
	}
}
