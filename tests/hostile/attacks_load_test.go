package hostile

import (
	"fmt"
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	hostileserver "github.com/modelmetrics/modelmetrics-catalog-datasource/tests/hostile/server"
)

// Limits of the requests and retries of a data source, as in docs/limits.md.
const (
	maxConcurrent    = 32 // concurrent requests
	retriesPerSecond = 2
	retryBurst       = 20
	requestsPerRetry = 5 // in addition, the number of requests that permit one retry
)

// concurrent are attacks with many concurrent calls.
var concurrent = []scenario{
	{"8 queries of 7,000,000 samples", func(d dice) attack {
		answer := hostileserver.Matrix(hostileserver.Samples{Series: d.size(640), Points: 11_000, Labels: instance})
		q := fields{"expr": "x", "range": true}
		return attack{
			api:   hostileserver.API{"query_range": answer},
			calls: []call{panel(inFormat(q, either(d, formats...))), panel(q), panel(q), panel(q), panel(q), panel(q), panel(q), panel(q)},
		}
	}},
	{"100 requests of 10 queries", func(d dice) attack {
		return attack{
			api:   hostileserver.API{"query_range": hostileserver.Slow(50*time.Millisecond, small["query_range"])},
			calls: []call{dashboard(10, fields{"expr": "x", "range": true})}, times: d.size(100),
			check: func(t *testing.T, result attackResult) {
				t.Helper()
				if busiest := result.route.MaxConcurrent(); busiest > maxConcurrent {
					t.Errorf("the server got %d concurrent requests; the limit is %d", busiest, maxConcurrent)
				}
			},
		}
	}},
	{"100 rejected queries", func(d dice) attack {
		times := d.size(100)
		headers := either(d, nil, []string{"Retry-After", "1"})
		status := either(d, http.StatusTooManyRequests, http.StatusServiceUnavailable, http.StatusBadGateway)
		return attack{
			api:   hostileserver.API{"": hostileserver.Status(status, "too much", headers...)},
			calls: []call{panel(fields{"expr": "x", "range": true})}, times: times,
			check: func(t *testing.T, result attackResult) {
				t.Helper()
				n := len(result.route.Requests())
				permitted := retryBurst + int(math.Ceil(result.elapsed.Seconds()*retriesPerSecond)) + n/requestsPerRetry
				if retried := n - times; retried > permitted {
					t.Errorf("the server rejected %d queries and %d retries within %v; the limit is %d retries", times, retried, result.elapsed, permitted)
				}
			},
		}
	}},
	{"large requests", func(d dice) attack {
		q := fields{"expr": "x", "range": true, "unused": strings.Repeat(either(d, "x", "\"", "é"), d.size(7_000_000)/2)}
		return attack{api: small, calls: []call{panel(q), chunked(q), post("catalog/preview", q)}, times: 20, cancel: either(d, 0, time.Second)}
	}},
	{"callers that read slowly", func(d dice) attack {
		answer := hostileserver.Matrix(hostileserver.Samples{Series: d.size(600), Points: 11_000, Labels: instance})
		q := fields{"expr": "x", "range": true}
		return attack{api: hostileserver.API{"query_range": answer}, calls: []call{slowChunked(q)}, times: 30, cancel: 3 * time.Second}
	}},
	{"range with many daylight saving shifts", func(d dice) attack {
		return attack{
			api:   hostileserver.API{"query_range": hostileserver.Slow(10*time.Millisecond, small["query_range"])},
			calls: []call{dashboard(20, fields{"expr": "x", "range": true, "interval": "1d", "timezone": either(d, "Europe/Berlin", "Africa/Casablanca")})}, times: 20,
		}
	}},
}

// packs are attacks with large or unusual user packs.
var packs = []scenario{
	{"800 KB of unknown families", func(d dice) attack {
		var text strings.Builder
		text.WriteString("pack: own\ntitle: Own\nowner: me\nmetrics:\n")
		for i := 0; text.Len() < d.size(800_000); i++ {
			fmt.Fprintf(&text, "- {name: m%d, title: T, description: D, tags: [t], unit: short, type: gauge, query: 'sum(unknown_family_%d{__PARAMS__})', required_params: [], optional_params: [job], group_by: [], legend: L}\n", i, i)
		}
		return attack{api: small, calls: []call{post("catalog/check", fields{"packs": text.String()})}, times: 3, cancel: either(d, time.Second, 0)}
	}},
	{"39 KB of regular expressions", func(d dice) attack {
		expr := strings.Repeat(".{1000}", d.size(39_000)/7)
		pack := "pack: own\ntitle: Own\nowner: me\nmetrics:\n- {name: m, title: T, description: D, tags: [t], unit: short, type: gauge, query: 'sum(up{a=~\"" + expr + "\",__PARAMS__})', required_params: [], optional_params: [job], group_by: [], legend: L}\n"
		return attack{api: small, calls: []call{post("catalog/check", fields{"packs": pack})}, times: 3, cancel: either(d, time.Second, 0)}
	}},
	{"500 concurrent checks", func(d dice) attack {
		text := "pack: own\n" + strings.Repeat(either(d, "# a comment that is as long as it may be\n", "- a: &a [1,2,3]\n", "m: {a: b}\n"), d.size(500_000)/40)
		return attack{
			api: small, calls: []call{post("catalog/check", fields{"packs": text})}, times: 500,
			check: func(t *testing.T, result attackResult) {
				t.Helper()
				rejected := 0
				for _, o := range result.outcomes {
					if o.status == http.StatusTooManyRequests {
						rejected++
					}
				}
				if rejected == 0 {
					t.Error("none of 500 checks was rejected with status 429")
				}
			},
		}
	}},
	{"nested YAML aliases", func(d dice) attack {
		var text strings.Builder
		text.WriteString("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n")
		for i := range 9 {
			fmt.Fprintf(&text, "a%d: &a%d [%s]\n", i+1, i+1, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d,", i), 10), ","))
		}
		return attack{api: small, calls: []call{post("catalog/check", fields{"packs": text.String()})}, times: d.size(4)}
	}},
	{"user packs of a data source", func(d dice) attack {
		var text strings.Builder
		text.WriteString("pack: own\ntitle: Own\nowner: me\nmetrics:\n")
		for i := 0; text.Len() < d.size(800_000); i++ {
			fmt.Fprintf(&text, "- {name: m%d, title: T, description: D, tags: [t], unit: short, type: gauge, query: 'sum(unknown_family_%d{__PARAMS__})', required_params: [], optional_params: [job], group_by: [], legend: L}\n", i, i)
		}
		return attack{settings: fields{"packs": text.String()}, api: small, calls: everyKind()}
	}},
}

// misc are other attacks.
var misc = []scenario{
	{"health checks with odd responses", func(dice) attack {
		odd := []string{
			"{}", "[]", "null", `{"status":"success"}`, `{"status":"success","data":{}}`,
			`{"status":"success","data":{"resultType":"vector","result":[{}]}}`,
			`{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"histogram":[1,{"count":"1","sum":"1","buckets":[]}]}]}}`,
			`{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[]}]}}`,
			`{"status":"success","data":{"resultType":"scalar","result":[1]}}`,
			`{"status":"success","data":{"resultType":"string","result":[1,"1"]}}`,
		}
		answers := make([]hostileserver.Response, len(odd))
		calls := everyKind()
		for i, text := range odd {
			answers[i] = hostileserver.Text(text)
			calls = append(calls, health())
		}
		return attack{api: hostileserver.API{"query": hostileserver.InTurn(answers...), "": hostileserver.InTurn(answers...)}, calls: calls, times: 3}
	}},
	{"parameter values of more than 2 MiB", func(d dice) attack {
		size := d.size(3 << 20)
		q := fields{"queryType": "catalog", "metric": metric, "range": true, "params": fields{"model_code": strings.Repeat("v", size)}}
		statuses := rejected
		if size <= 1<<20 {
			statuses = []int{http.StatusOK, http.StatusBadRequest} // the limits of the routes and of queries differ
		}
		return attack{api: small, calls: []call{panel(q), chunked(q), post("catalog/preview", q), post("catalog/"+metric+"/values/model_version", fields{"params": q["params"]})}, statuses: statuses}
	}},
	{"100,000 disabled packs", func(d dice) attack {
		return attack{
			settings: fields{"disabledPacks": numbered(d.size(100_000), "pack %d")}, api: small,
			calls: append(everyKind(), get("catalog"), get("catalog/packs")), cancel: either(d, time.Second, 0),
		}
	}},
	{"settings out of range", func(d dice) attack {
		return attack{
			settings: fields{
				"queryTimeout": either(d, "290y", "1ns", "-5s", "99999999999h"), "timeInterval": either(d, "290y", "1ns", "1e300"), "timeout": either[any](d, 1e18, -1, "1e400"),
				"responseLimitMiB": either[any](d, 1e300, -1, 0, 1e-9), "seriesLimit": either[any](d, 1e300, 1e7, -1), "sampleLimit": either[any](d, 1e300, 1e9, -1), "maxRetries": either[any](d, 1e300, -1, 10),
				"httpMethod": either(d, "DELETE", strings.Repeat("X", 100_000)),
			},
			api: small, calls: everyKind(), check: shortLog,
		}
	}},
	{"large settings", func(d dice) attack {
		links := make([]fields, d.size(50_000))
		for i := range links {
			links[i] = fields{"name": fmt.Sprintf("label_%d", i), "url": "http://x/${__value.raw}"}
		}
		q := fields{"expr": "x", "range": true, "exemplar": true}
		return attack{
			settings: fields{"exemplarTraceIdDestinations": links},
			api: hostileserver.API{
				"query_range":     small["query_range"],
				"query_exemplars": hostileserver.Exemplars(100, 10, func(i int) string { return fmt.Sprintf(`"label_%d":"x"`, i) }),
			},
			calls: []call{panel(q), chunked(q), health()}, times: 4,
		}
	}},
	{"many custom query parameters", func(d dice) attack {
		params := strings.Join(numbered(d.size(4_500), "p%d="+strings.Repeat("v", 100)), "&")
		return attack{api: small, calls: []call{panel(fields{"expr": "x", "range": true, "customQueryParameters": params})}, times: 10, cancel: either(d, 0, time.Second)}
	}},
	{"thousands of selectors of a route", func(d dice) attack {
		return attack{api: small, calls: []call{get("api/v1/series?" + strings.Join(numbered(d.size(4_500), "match[]=x%d"), "&")), get("api/v1/labels?" + strings.Join(numbered(d.size(4_500), "match[]=%7B%22x.y%22%7D"), "&"))}, times: 4}
	}},
	{"forged headers", func(dice) attack {
		forged := map[string]string{"X-Grafana-User": "somebody-else", "X-Grafana-Org-Id": "99", "X-Id-Token": "forged", "X-Rule-Uid": "forged", "Fromalert": "true"}
		headers := map[string]string{}
		for name, value := range forged {
			headers["http_"+name] = value
		}
		return attack{
			api:   small,
			calls: []call{queries("forged", []fields{{"expr": "x", "range": true}}, headers), withHeaders(forged, "api/v1/labels")},
			check: func(t *testing.T, result attackResult) {
				t.Helper()
				if len(result.route.Requests()) == 0 {
					t.Error("the server got no request")
				}
				for _, r := range result.route.Requests() {
					for name := range forged {
						if value := r.Header.Get(name); value != "" {
							t.Errorf("%s: the server got %s: %s", r.Path, name, value)
						}
					}
				}
			},
		}
	}},
}
