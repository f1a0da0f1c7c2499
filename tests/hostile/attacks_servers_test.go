package hostile

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	hostileserver "github.com/modelmetrics/modelmetrics-catalog-datasource/tests/hostile/server"
)

// everyKind returns calls of many kinds: queries, requests to resource routes, and a health
// check.
func everyKind() []call {
	q := fields{"expr": "x", "range": true}
	return []call{
		panel(q), panel(fields{"expr": "x", "instant": true}), chunked(q), alert(q),
		panel(fields{"queryType": "labelValues", "label": "a", "metric": "x"}), panel(fields{"queryType": "labelNames"}),
		panel(fields{"queryType": "series", "match": "x"}), panel(fields{"queryType": "queryResult", "expr": "x"}),
		get("api/v1/labels"), get("api/v1/label/a/values"), get("api/v1/series?match[]=x"), get("api/v1/metadata"),
		get("api/metrics/" + metric), get("catalog/" + metric + "/explain"), get("catalog/" + metric + "/values/model_code"),
		health(),
	}
}

// connections are attacks with slow or unusual connections, headers and encodings.
var connections = []scenario{
	{"protocol switch without end", func(d dice) attack {
		head := "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: " + either(d, "websocket", "h2c", "x") + "\r\n\r\n" + either(d, "", "more data")
		return attack{
			settings: fields{"queryTimeout": "5s", "httpMethod": either(d, "POST", "GET")},
			api:      hostileserver.API{"": hostileserver.Hold(head)}, calls: everyKind(), times: 3, cancel: either(d, 0, 500*time.Millisecond),
		}
	}},
	{"no response", func(d dice) attack {
		return attack{
			settings: fields{"queryTimeout": "2s"},
			api:      hostileserver.API{"": either(d, hostileserver.Response(hostileserver.Silent), hostileserver.Hold(""), hostileserver.Hold("HTTP/1.1 200 OK\r\n"))},
			calls:    everyKind(), times: 6, cancel: either(d, time.Second, 0),
		}
	}},
	{"byte-by-byte responses", func(d dice) attack {
		text := either(d, hostileserver.MatrixHead+strings.Repeat(" ", 1000), strings.Repeat("<p>", 1000), `{"status":"error","error":"`+strings.Repeat("x", 1000))
		return attack{
			settings: fields{"queryTimeout": "2s"},
			api:      hostileserver.API{"": hostileserver.Trickle(text, 5*time.Millisecond)}, calls: everyKind(), times: 3,
		}
	}},
	{"large headers", func(d dice) attack {
		return attack{
			settings: fields{"queryTimeout": "5s"},
			api:      hostileserver.API{"": either(d, hostileserver.Headers(900_000, 0), hostileserver.Headers(1, 9_000_000), hostileserver.Headers(20_000, 100))},
			calls:    everyKind(), times: 2, cancel: either(d, 3*time.Second, 0),
		}
	}},
	{"large windows of zstd", func(d dice) attack {
		text := hostileserver.MatrixHead + strings.Repeat(" ", 9<<20)
		return attack{
			settings: fields{"queryTimeout": "5s"},
			api:      hostileserver.API{"": hostileserver.Encoded(text, either(d, 4, 1, 2))},
			calls:    everyKind(), times: 20, sources: 10, cancel: 3 * time.Second,
		}
	}},
	{"unread responses over HTTP/2", func(d dice) attack {
		answer := hostileserver.Matrix(hostileserver.Samples{Series: d.size(600), Points: 11_000, Labels: instance})
		return attack{
			api: hostileserver.API{"query_range": answer}, secure: true,
			calls: []call{either(d, panel, chunked)(fields{"expr": "x", "range": true})}, times: 320, sources: 10, cancel: 5 * time.Second,
		}
	}},
	{"endless interim responses", func(dice) attack {
		return attack{settings: fields{"queryTimeout": "2s"}, api: hostileserver.API{"": hostileserver.Hints}, calls: everyKind(), times: 2}
	}},
	{"redirects to another port", func(d dice) attack {
		return attack{
			api:   hostileserver.API{"": hostileserver.Redirect(either(d, http.StatusTemporaryRedirect, http.StatusMovedPermanently, http.StatusFound, http.StatusPermanentRedirect))},
			calls: everyKind(),
			check: func(t *testing.T, result attackResult) {
				t.Helper()
				for _, r := range result.route.Requests() {
					if r.Redirected {
						t.Errorf("a request for %s followed the redirect with the headers %v", r.Path, r.Header)
						return
					}
				}
			},
		}
	}},
}

// lists are attacks with long lists, such as of label values or series, and with long strings.
var lists = []scenario{
	{"millions of label values", func(d dice) attack {
		answer := hostileserver.Strings(d.size(4_000_000), func(i int) string { return fmt.Sprintf("value of a label, number %d", i) })
		return attack{
			api: hostileserver.API{"values": answer, "labels": answer},
			calls: []call{
				panel(fields{"queryType": "labelValues", "label": "a", "metric": "x"}), panel(fields{"queryType": "labelNames"}), panel(fields{"queryType": "metricNames"}),
				get("api/v1/labels"), get("api/v1/label/a/values"), get("catalog/" + metric + "/values/model_code"),
			},
		}
	}},
	{"10,000,000 empty strings", func(d dice) attack {
		answer := hostileserver.Repeated(hostileserver.ListHead+`""`, `,""`, d.size(10_000_000), hostileserver.ListTail)
		return attack{
			api:   hostileserver.API{"values": answer, "labels": answer, "series": answer, "metadata": answer, "query_exemplars": answer},
			calls: []call{panel(fields{"queryType": "labelValues", "label": "a"}), panel(fields{"queryType": "labelNames"}), get("api/v1/labels"), get("api/v1/label/a/values"), get("api/v1/series?match[]=x"), get("api/v1/metadata")},
		}
	}},
	{"millions of series", func(d dice) attack {
		answer := hostileserver.Series(d.size(1_500_000), func(i int) string { return fmt.Sprintf(`"__name__":"x","instance":"i%d","job":"api"`, i) })
		return attack{
			api:   hostileserver.API{"series": answer},
			calls: []call{panel(fields{"queryType": "series", "match": "x"}), get("api/v1/series?match[]=x")}, times: either(d, 1, 3),
		}
	}},
	{"series with thousands of labels", func(d dice) attack {
		labels := strings.Join(numbered(d.size(20_000), `"label_%d":""`), ",")
		return attack{
			api:   hostileserver.API{"series": hostileserver.Series(400, func(int) string { return labels })},
			calls: []call{panel(fields{"queryType": "series", "match": "x"}), get("api/v1/series?match[]=x")},
		}
	}},
	{"metadata of millions of families", func(d dice) attack {
		return attack{
			api:   hostileserver.API{"metadata": hostileserver.Metadata(d.size(2_000_000), either(d, "", "Help.", strings.Repeat("h", 100)))},
			calls: []call{get("api/v1/metadata"), get("api/v1/metadata?limit=1")}, times: either(d, 1, 3),
		}
	}},
	{"strings of millions of bytes", func(d dice) attack {
		text := strings.Repeat("v", d.size(4_000_000))
		answer := hostileserver.Strings(50, func(int) string { return text })
		return attack{
			api: hostileserver.API{"values": answer, "labels": answer, "series": hostileserver.Series(50, func(int) string { return `"a":"` + text + `"` }), "metadata": hostileserver.Metadata(50, text)},
			calls: []call{
				panel(fields{"queryType": "labelValues", "label": "a"}), panel(fields{"queryType": "labelNames"}), panel(fields{"queryType": "series", "match": "x"}),
				get("api/v1/label/a/values"), get("api/v1/series?match[]=x"), get("api/v1/metadata"), get("catalog/" + metric + "/values/model_code"),
			},
		}
	}},
	{"query result of a variable", func(d dice) attack {
		return attack{
			api:   hostileserver.API{"query": hostileserver.Vector(d.size(500_000), func(i int) string { return fmt.Sprintf(`"__name__":"x","instance":"i%d"`, i) })},
			calls: []call{panel(fields{"queryType": "queryResult", "expr": "x"})}, times: 3,
		}
	}},
}

// shapes are attacks with responses that have an unusual shape or size, or that the plugin
// converts to large frames.
var shapes = []scenario{
	{"tables of 15,000 label names", func(d dice) attack {
		answer := func(points int) hostileserver.Response {
			return hostileserver.Matrix(hostileserver.Samples{Series: d.size(15_000), Points: points, Labels: func(i int) string { return fmt.Sprintf(`"label_%d":"x"`, i) }})
		}
		q := fields{"expr": "x", "range": true, "instantFormat": "table"}
		return attack{
			api: hostileserver.API{"query_range": answer(either(d, 1, 10)), "query": hostileserver.Vector(15_000, func(i int) string { return fmt.Sprintf(`"label_%d":"x"`, i) })},
			calls: []call{
				panel(inFormat(q, "table")), chunked(inFormat(q, "table")), panel(fields{"expr": "x", "instant": true, "format": "table"}),
				panel(inFormat(q, "heatmap")), panel(inFormat(q, "time_series")), panel(inFormat(q, "time_series_wide")), alert(inFormat(q, "table")),
			},
		}
	}},
	{"label names that are prefixed forms of each other", func(d dice) attack {
		name := func(prefix string, i int) string { return strings.Repeat(prefix, i) + "Value" }
		n := d.size(2000)
		chain := func(prefix string) string {
			var names []string
			for i := range n {
				names = append(names, fmt.Sprintf("%q:\"\"", name(prefix, i)))
			}
			return strings.Join(names, ",")
		}
		exemplars := strings.ReplaceAll(`{"status":"success","data":[{"seriesLabels":{SERIES},"exemplars":[{"labels":{SERIES,EXEMPLAR},"value":"1","timestamp":START}]}]}`, "SERIES", chain("series_"))
		exemplars = strings.ReplaceAll(exemplars, "EXEMPLAR", chain("exemplar_"))
		q := fields{"expr": "x", "range": true, "exemplar": true}
		return attack{
			api: hostileserver.API{
				"query_range":     hostileserver.Matrix(hostileserver.Samples{Series: 2, Points: 1, Labels: func(int) string { return chain("label_") }}),
				"query_exemplars": hostileserver.Text(strings.ReplaceAll(exemplars, "START", strconv.FormatInt(now.Unix()-60, 10))),
			},
			calls: []call{panel(q), panel(inFormat(q, "table"))}, cancel: either(d, 2*time.Second, 0),
		}
	}},
	{"exemplars of 15,000 label names", func(d dice) attack {
		n := d.size(15_000)
		q := fields{"expr": "x", "range": true, "exemplar": true, "exemplarSampler": either(d, "all", "spread", "highest")}
		return attack{
			api: hostileserver.API{
				"query_range":     hostileserver.Matrix(hostileserver.Samples{Series: 3, Points: 240, Labels: instance}),
				"query_exemplars": hostileserver.Exemplars(100, n/100, func(i int) string { return fmt.Sprintf(`"label_%d":"x"`, i) }),
			},
			calls: []call{panel(q), chunked(q), panel(inFormat(q, "heatmap"))},
		}
	}},
	{"native histograms of 1,000 buckets for 2,000 series", func(d dice) attack {
		answer := hostileserver.Histograms(d.size(2_000), either(d, 2, 20), d.size(1_000))
		q := fields{"expr": "x", "range": true}
		return attack{
			api:   hostileserver.API{"query_range": answer},
			calls: []call{panel(inFormat(q, "heatmap")), chunked(inFormat(q, "heatmap")), panel(inFormat(q, "table")), chunked(q)},
		}
	}},
	{"series without common timestamps", func(d dice) attack {
		answer := hostileserver.Matrix(hostileserver.Samples{Series: d.size(10_000), Points: 2, Labels: instance, Apart: true})
		q := fields{"expr": "x", "range": true}
		return attack{
			api:   hostileserver.API{"query_range": answer},
			calls: []call{panel(inFormat(q, "time_series_wide")), panel(inFormat(q, "heatmap")), panel(inFormat(q, "table")), panel(q), chunked(q), panel(fields{"queryType": "annotation", "expr": "x"})},
		}
	}},
	{"50,000 series of 400 samples", func(d dice) attack {
		answer := hostileserver.Matrix(hostileserver.Samples{Series: d.size(25_000), Points: 400, Labels: instance})
		return attack{
			api:   hostileserver.API{"query_range": answer},
			calls: []call{either(d, panel, chunked)(inFormat(fields{"expr": "x", "range": true}, either(d, "table", "heatmap", "time_series_wide", "time_series")))},
		}
	}},
	{"labels of 200 MB", func(d dice) attack {
		value := strings.Repeat("v", 50_000)
		answer := hostileserver.Matrix(hostileserver.Samples{Series: d.size(4_000), Points: 2, Labels: func(i int) string { return fmt.Sprintf(`"i":"%d","v":"%s"`, i, value) }})
		return attack{
			api:   hostileserver.API{"query_range": answer},
			calls: []call{panel(inFormat(fields{"expr": "x", "range": true}, either(d, "time_series", "table", "time_series_wide", "heatmap")))},
			times: 2,
		}
	}},
	{"string of 200 MB", func(d dice) attack {
		text := `{"status":"success","data":{"resultType":"string","result":[1,"` + strings.Repeat("x", d.size(100_000_000)) + `"]}}`
		return attack{
			api:   hostileserver.API{"query": hostileserver.Text(text), "query_range": hostileserver.Text(text)},
			calls: []call{panel(fields{"expr": `"x"`, "instant": true}), panel(fields{"queryType": "queryResult", "expr": "x"}), get("api/metrics/" + metric)},
		}
	}},
	{"large responses of the metrics API", func(d dice) attack {
		answer := hostileserver.Matrix(hostileserver.Samples{Series: d.size(600), Points: 11_000, Labels: instance})
		return attack{
			api:   hostileserver.API{"query_range": answer, "query": hostileserver.Vector(d.size(400_000), instance)},
			calls: []call{get("api/metrics/" + metric + "?start=0&end=3600&step=60"), get("api/metrics/" + metric)}, times: 3,
		}
	}},
	{"compression bombs", func(d dice) attack {
		matrix := hostileserver.MatrixHead + `{"metric":{},"values":[[0,"0"]`
		bomb := either(d,
			hostileserver.Bomb(hostileserver.MatrixHead, " ", 2_000_000_000, hostileserver.ResultTail),
			hostileserver.Bomb(matrix, `,[1,"1"]`, 500_000_000, "]}"+hostileserver.ResultTail),
			hostileserver.Bomb(hostileserver.ListHead+`""`, `,""`, 500_000_000, hostileserver.ListTail))
		return attack{api: hostileserver.API{"": bomb}, calls: everyKind()}
	}},
	{"endless warnings", func(d dice) attack {
		warnings := hostileserver.Repeated(`{"status":"success","data":{"resultType":"matrix","result":[]},"`+either(d, "warnings", "infos")+`":["a"`, `,"`+strings.Repeat("w", either(d, 1, 100, 100_000))+`"`, 2_000_000/either(d, 1, 100, 100_000)+1000, `]}`)
		return attack{api: hostileserver.API{"": warnings}, calls: everyKind()}
	}},
	{"error of 200 MB", func(d dice) attack {
		text := hostileserver.Repeated(`{"status":"error","errorType":"bad_data","error":"`, either(d, "e", `\n`, "<", `é`), d.size(100_000_000), `"}`)
		return attack{api: hostileserver.API{"": text}, calls: everyKind()}
	}},
	{"endless nesting", func(d dice) attack {
		text := hostileserver.Repeated(either(d, hostileserver.MatrixHead, `{"status":"success","x":`, hostileserver.ListHead), either(d, "[", `{"a":`), 20_000_000, "")
		return attack{api: hostileserver.API{"": text}, calls: everyKind()}
	}},
	{"repeated key", func(d dice) attack {
		one := `,"data":{"resultType":"matrix","result":[{"metric":{"a":"b"},"values":[[1,"1"],[2,"2"]]}],"stats":{"timings":{"evalTotalTime":1}}}`
		return attack{api: hostileserver.API{"": hostileserver.Repeated(`{"status":"success"`, one, d.size(1_000_000), "}")}, calls: everyKind()}
	}},
}
