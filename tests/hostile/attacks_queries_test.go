package hostile

import (
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	hostileserver "github.com/modelmetrics/modelmetrics-catalog-datasource/tests/hostile/server"
)

// rejected are the statuses of rejected queries.
var rejected = []int{http.StatusBadRequest}

// formats are the formats of a query.
var formats = []string{"time_series", "time_series_wide", "table", "heatmap"}

func inFormat(q fields, name string) fields {
	with := fields{"format": name}
	maps.Copy(with, q)
	return with
}

func instance(i int) string { return fmt.Sprintf(`"__name__":"x","instance":"i%d"`, i) }

// small is an API that responds with a few series.
var small = hostileserver.API{
	"query_range": hostileserver.Matrix(hostileserver.Samples{Series: 3, Points: 240, Labels: instance}),
	"query":       hostileserver.Vector(3, instance),
}

// templates are attacks with legends and with the titles, texts and tags of annotations.
var templates = []scenario{
	{"legend of 100 KB for 1,000 series", func(d dice) attack {
		legend := strings.Repeat("{{instance}} and so on ", d.size(100_000)/23)
		q := fields{"expr": "x", "range": true, "legendFormat": legend}
		return attack{
			api:      hostileserver.API{"query_range": hostileserver.Matrix(hostileserver.Samples{Series: d.size(1000), Points: 10, Labels: instance})},
			calls:    []call{panel(inFormat(q, either(d, formats...))), chunked(q), alert(q)},
			statuses: rejected,
		}
	}},
	{"legend of 1 MB", func(d dice) attack {
		q := fields{"expr": "x", "range": true, "legendFormat": strings.Repeat("x", d.size(1_000_000))}
		return attack{api: small, calls: []call{panel(q), chunked(q)}, times: 4, statuses: rejected}
	}},
	{"legend with long labels of 50,000 series", func(d dice) attack {
		value := strings.Repeat("v", d.size(2000))
		q := fields{"expr": "x", "range": true, "legendFormat": strings.Repeat("{{l}}", 200)}
		answer := hostileserver.Matrix(hostileserver.Samples{Series: d.size(25_000), Points: 1, Labels: func(i int) string { return fmt.Sprintf(`"i":"%d","l":"%s"`, i, value) }})
		return attack{api: hostileserver.API{"query_range": answer}, calls: []call{either(d, panel, chunked, alert)(q)}, times: 2}
	}},
	{"legend with 200 placeholders for 50,000 series with 30 labels", func(d dice) attack {
		q := fields{"expr": "x", "range": true, "legendFormat": strings.Repeat("{{z}}", 200)}
		others := strings.Join(numbered(30, `"label_%d":"v"`), ",")
		answer := hostileserver.Matrix(hostileserver.Samples{Series: d.size(25_000), Points: 1, Labels: func(i int) string { return fmt.Sprintf(`"i":"%d",%s`, i, others) }})
		return attack{api: hostileserver.API{"query_range": answer}, calls: []call{either(d, panel, chunked)(q)}, cancel: either(d, 0, time.Second)}
	}},
	{"titles, texts and tags of annotations", func(d dice) attack {
		long := strings.Repeat("{{instance}} ", d.size(100_000)/13)
		q := func(name string, value any) fields {
			return fields{"queryType": "annotation", "expr": "x", name: value}
		}
		return attack{
			api:      hostileserver.API{"query_range": hostileserver.Matrix(hostileserver.Samples{Series: 1000, Points: 10, Labels: instance})},
			calls:    []call{panel(q("title", long)), panel(q("text", long)), panel(q("tags", []string{long})), panel(q("tags", numbered(d.size(10_000), "tag%d")))},
			statuses: rejected,
		}
	}},
	{"annotation tags with many commas", func(d dice) attack {
		value := strings.Join(numbered(99, "%d"), ",") + strings.Repeat(",98", 250)
		q := fields{"queryType": "annotation", "expr": "x", "title": "t", "tags": numbered(100, "{{v}}")}
		answer := hostileserver.Matrix(hostileserver.Samples{Series: d.size(1000), Points: 2, Labels: func(i int) string { return fmt.Sprintf(`"i":"%d","v":"%s"`, i, value) }})
		return attack{api: hostileserver.API{"query_range": answer}, calls: []call{panel(q)}, cancel: either(d, 500*time.Millisecond, 0)}
	}},
}

// numbered returns n copies of a text. The i-th copy contains the number i instead of %d.
func numbered(n int, text string) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = strings.ReplaceAll(text, "%d", strconv.Itoa(i))
	}
	return all
}

// regexps are attacks with large or many regular expressions, with long searches and with many
// parameter values.
var regexps = []scenario{
	{"200 KB of repetitions", func(d dice) attack {
		expr := strings.Repeat(either(d, ".{1000}", "(a{30}){30}", `\pL{500}`, "(?i:x{999})"), d.size(200_000)/7)
		several := func(op string) []fields {
			return []fields{{"key": "a", "operator": op, "value": expr}}
		}
		q := func(name string, value any) fields { return fields{"expr": "x", "range": true, name: value} }
		catalog := func(op string) fields {
			return fields{"queryType": "catalog", "metric": metric, "range": true, "params": fields{"model_code": fields{"op": op, "values": []string{expr, "x"}}}}
		}
		return attack{
			api: small,
			calls: []call{
				panel(q("expr", fmt.Sprintf("x{a=~%q}", expr))), alert(q("expr", fmt.Sprintf("x{a!~%q}", expr))), chunked(q("expr", fmt.Sprintf("x{a=~%q}", expr))),
				panel(q("adhocFilters", several("=~"))), panel(q("adhocFilters", several("!~"))),
				panel(catalog("=~")), panel(catalog("!~")),
				panel(fields{"queryType": "labelValues", "label": "a", "metric": "x", "params": fields{"b": fields{"op": "=~", "values": []string{expr}}}}),
				panel(fields{"queryType": "metricNames", "regex": expr}),
				panel(fields{"queryType": "labelNames", "regex": expr}),
				panel(fields{"queryType": "queryResult", "expr": fmt.Sprintf("x{a=~%q}", expr)}),
				panel(fields{"queryType": "annotation", "expr": fmt.Sprintf("x{a=~%q}", expr)}),
				post("catalog/preview", catalog("=~")),
				post("catalog/"+metric+"/values/model_version", fields{"params": fields{"model_code": fields{"op": "=~", "values": []string{expr}}}}),
			},
			statuses: rejected,
		}
	}},
	{"search of 1 MB in parameter values", func(d dice) attack {
		return attack{
			api:   small,
			calls: []call{post("catalog/"+metric+"/values/model_code", fields{"search": strings.Repeat(either(d, "aB", "ß", "\U0001d400"), d.size(450_000))})},
			times: 8,
		}
	}},
	{"10,000 parameter values", func(d dice) attack {
		q := fields{"queryType": "catalog", "metric": metric, "range": true, "params": fields{"model_code": numbered(d.size(10_000), "value of a parameter, number %d")}}
		return attack{api: small, calls: []call{panel(q), chunked(q), alert(q), post("catalog/preview", q)}, times: 4}
	}},
	{"many small regular expressions in one query", func(d dice) attack {
		one := `x{a=~"` + either(d, "[a-z]{200}", ".{90}", "(ab|cd){99}") + `"}`
		q := fields{"expr": strings.Join(numbered(d.size(2000), one), " or "), "range": true}
		return attack{api: small, calls: []call{panel(q), chunked(q)}, times: 8}
	}},
}

// canceled are attacks whose callers cancel.
var canceled = []scenario{
	{"20,000 ad-hoc filters", func(d dice) attack {
		q := fields{"expr": strings.Join(numbered(d.size(2000), "x"), " + "), "range": true, "adhocFilters": filters(d.size(20_000))}
		return attack{api: small, calls: []call{panel(q), chunked(q)}, cancel: time.Second, statuses: rejected}
	}},
	{"100 ad-hoc filters for 10,000 selectors", func(d dice) attack {
		q := fields{"expr": strings.Join(numbered(d.size(9_000), "x"), "+"), "range": true, "adhocFilters": filters(100)}
		return attack{api: small, calls: []call{panel(q), chunked(q), alert(q)}, times: 4, cancel: either(d, time.Second, 100*time.Millisecond)}
	}},
	{"filter with a large regular expression for a value", func(d dice) attack {
		// Without mutations, the regular expression has nearly the maximum size, and the value
		// has nearly the maximum length for which the plugin matches it. Meanwhile, about half
		// of the instructions are active.
		filter := fields{"key": "a", "operator": either(d, "=~", "!~"), "value": strings.Repeat("(?:a?){1000}", d.size(2))}
		q := fields{"expr": fmt.Sprintf("x{a=%q}", strings.Repeat("a", d.size(15))), "range": true, "adhocFilters": []fields{filter}}
		return attack{api: small, calls: []call{panel(q), chunked(q), alert(q)}, times: 4, cancel: time.Second}
	}},
	{"expression of 20,000 tokens", func(d dice) attack {
		expr := either(d, strings.Repeat("-(", d.size(9_000))+"1", strings.Repeat("x+", d.size(9_000))+"x", strings.Repeat("sum(", 4000)+"x"+strings.Repeat(")", 4000))
		q := fields{"expr": expr, "range": true}
		return attack{api: small, calls: []call{panel(q), chunked(q), alert(q)}, times: 4, cancel: time.Second}
	}},
	{"expression of 10 MB", func(d dice) attack {
		expr := strings.Repeat(either(d, "x+", "{", `"`, "$__interval ", "(", "x{a=`b`}+"), d.size(5_000_000)/8)
		q := fields{"expr": expr, "range": true}
		return attack{api: small, calls: []call{panel(q), chunked(q)}, times: 4, cancel: time.Second}
	}},
	{"20,000 descending bucket bounds", func(d dice) attack {
		n := d.size(20_000)
		q := fields{"expr": "x", "range": true, "format": "heatmap"}
		answer := hostileserver.Matrix(hostileserver.Samples{Series: n, Points: either(d, 1, 20), Labels: func(i int) string { return fmt.Sprintf(`"le":"%d"`, n-i) }})
		return attack{api: hostileserver.API{"query_range": answer}, calls: []call{panel(q), chunked(q)}, cancel: 2 * time.Second}
	}},
	{"10,000 exemplars for 20,000 rows of a heatmap", func(d dice) attack {
		n := d.size(16_000)
		q := fields{"expr": "x", "range": true, "format": "heatmap", "exemplar": true, "exemplarSampler": "all"}
		return attack{
			api: hostileserver.API{
				"query_range":     hostileserver.Matrix(hostileserver.Samples{Series: n, Points: 1, Labels: func(i int) string { return fmt.Sprintf(`"le":"%d"`, i) }}),
				"query_exemplars": hostileserver.Exemplars(100, d.size(100), func(i int) string { return fmt.Sprintf(`"le":"1","trace":"%d"`, i) }),
			},
			calls: []call{panel(q)}, cancel: 2 * time.Second,
		}
	}},
	{"20,000 placeholders for 50,000 series", func(d dice) attack {
		q := fields{"expr": "x", "range": true, "legendFormat": strings.Repeat("{{a}}", d.size(20_000))}
		answer := hostileserver.Matrix(hostileserver.Samples{Series: d.size(25_000), Points: 1, Labels: instance})
		return attack{api: hostileserver.API{"query_range": answer}, calls: []call{panel(q), chunked(q)}, cancel: time.Second, statuses: rejected}
	}},
	{"large response after the callers have canceled", func(d dice) attack {
		q := inFormat(fields{"expr": "x", "range": true}, either(d, formats...))
		answer := hostileserver.Matrix(hostileserver.Samples{Series: d.size(600), Points: 11_000, Labels: instance})
		return attack{api: hostileserver.API{"query_range": answer}, calls: []call{panel(q), chunked(q), get("api/metrics/" + metric + "?start=0&end=3600&step=60")}, cancel: 200 * time.Millisecond}
	}},
}

func filters(n int) []fields {
	all := make([]fields, n)
	for i := range all {
		all[i] = fields{"key": fmt.Sprintf("label_%d", i), "operator": "=", "value": "v"}
	}
	return all
}

// longValues are attacks with long values, which an error could repeat.
var longValues = []scenario{
	{"values of 1 MB", func(d dice) attack {
		long := strings.Repeat(either(d, "x", "\"", "\n", "é", "\\", "<"), d.size(1_000_000)/2)
		q := func(name string) fields { return fields{"expr": "x", "range": true, name: long} }
		catalog := func(name string, value any) fields {
			return fields{"queryType": "catalog", "metric": metric, "range": true, name: value}
		}
		var calls []call
		for _, name := range []string{"timezone", "format", "instantFormat", "interval", "exemplarSampler", "customQueryParameters", "range", "instant", "intervalFactor", "utcOffsetSec", "adhocFilters"} {
			calls = append(calls, panel(q(name)))
		}
		calls = append(calls,
			panel(fields{"queryType": long}), panel(catalog("window", long)), panel(catalog("metric", long)), panel(catalog("groupBy", []string{long})),
			panel(catalog("params", fields{long: "x"})), panel(catalog("params", fields{"model_code": fields{"op": long, "values": []string{"x"}}})),
			panel(fields{"expr": "x", "adhocFilters": []fields{{"key": "a", "operator": long, "value": "b"}}}),
			panel(fields{"queryType": "paramValues", "metric": metric, "param": long}), panel(fields{"queryType": "paramValues", "metric": long, "param": "x"}),
			post("catalog/preview", catalog("metric", long)), post("catalog/"+metric+"/values/model_code", fields{"params": fields{long: "x"}}),
			post("catalog/check", fields{"packs": long}), get("catalog/search?limit="+long[:1000]),
		)
		return attack{api: small, calls: calls, check: shortLog}
	}},
	{"names of 1 MB", func(d dice) attack {
		long := strings.Repeat("x", d.size(1_000_000))
		return attack{api: small, check: shortLog, calls: []call{
			get("api/metrics/" + long), get("catalog/" + long + "/explain"), get("catalog/" + metric + "/values/" + long), get("api/v1/label/" + long + "/values"),
			get("api/metrics?" + long + "=1"), get("api/metrics/" + metric + "?time=" + long), get("api/v1/series?match[]=" + long), get(long),
			panel(fields{"refId": long, "expr": ")"}), panel(fields{"queryType": "labelValues", "label": long}), panel(fields{"queryType": "labelValues", "label": "a", "match": long}),
		}}
	}},
}

// shortLog checks that the log contains no long line.
func shortLog(t *testing.T, result attackResult) {
	t.Helper()
	for line := range strings.Lines(result.log) {
		if len(line) > maxText {
			t.Errorf("the log has a line of %d bytes: %.300s…", len(line), line)
			return
		}
	}
}
