package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"runtime"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/access"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/access/guard"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/promjson"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/bench/responses"
)

// Limits of the time that access rules and a policy add to a query, and the measured queries.
const (
	maxShareOfLarge   = 1   // percent of the time of the large query
	maxMicrosOfSmall  = 100 // of a query with one series
	smallQueries      = 200 // in each round
	smallResponse     = `{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"job":"api"},"values":[[1700000000,"1"]]}]}}`
	enforcedRules     = `{rules: [{name: acme, when: {user: /^a/}, matchers: ['tenant="{{user.login}}"', 'env=~"prod|stage"']}], policy: {promql: observe, range: {max: 30d}, points: {max: 5000}, selectors_without_metric: block, regexps_matching_everything: observe, series: {max: 1000000, verdict: observe}}}`
	enforcedQuery     = `histogram_quantile(0.95, sum by (le, model) (rate(inference_latency_seconds_bucket{model=~"a|b"}[5m]))) / on (model) group_left () max by (model) (inference_latency_target_seconds)`
	enforcedQuerySpan = 4 * time.Hour
)

// cannedResponse is a transport that answers every request with the same body.
type cannedResponse []byte

func (c cannedResponse) RoundTrip(req *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(bytes.NewReader(c)), Request: req, ProtoMajor: 1, ProtoMinor: 1}, nil
}

// measureEnforcement measures how much time access rules and a policy add to a query. It
// compares requests of two clients within this process, one with and one without the rules.
// Only the client's time is measured. With the time of a server and of the conversion to
// frames, the rules' share of the time would be smaller.
func measureEnforcement(ctx context.Context, rounds int) ([]row, error) {
	large, err := addedTime(ctx, responses.Large().Body, 1, rounds)
	if err != nil {
		return nil, err
	}
	small, err := addedTime(ctx, []byte(smallResponse), smallQueries, rounds)
	if err != nil {
		return nil, err
	}
	t := table{title: "Enforcement of access rules", note: "The time of a query in the client of the Prometheus API, without and with two matchers and a policy of six checks. The responses come from memory."}
	t.add("response", "µs without", "µs with", "added µs")
	t.add("large", trim(large.without), trim(large.with), trim(large.added()))
	t.add("one series", trim(small.without), trim(small.with), trim(small.added()))
	t.print()
	return []row{
		// The share uses the added time of the small response, because enforcement hardly
		// depends on the response, and the difference of two long times is mostly noise.
		atMost("access rules, share of a large query", 100*small.added()/large.without, maxShareOfLarge, " %"),
		atMost("access rules, time of a small query", small.added(), maxMicrosOfSmall, " µs"),
	}, nil
}

// times contains the median times of a query, in microseconds, without and with access rules.
type times struct{ without, with float64 }

func (t times) added() float64 { return t.with - t.without }

// addedTime measures queries of a client with access rules and of one without.
func addedTime(ctx context.Context, body []byte, queries, rounds int) (t times, err error) {
	rules, problems := access.Parse(enforcedRules)
	if len(problems) > 0 {
		return t, errors.New(problems[0].String())
	}
	packs, err := catalog.Builtin()
	if err != nil {
		return t, err
	}
	ctx = access.WithDecision(ctx, rules.Decide(access.Caller{OrgID: 1, Login: "acme", Role: "Viewer"}))
	opts := promapi.Options{URL: "http://prometheus:9090", Timeout: time.Minute, MaxBytes: 1 << 30, Limits: promjson.Limits{Series: 1_000_000, Samples: 1_000_000_000}}
	plain, err := promapi.New(&http.Client{Transport: cannedResponse(body)}, opts)
	if err != nil {
		return t, err
	}
	opts.Governor = guard.New(guard.Options{Catalog: packs, Now: time.Now})
	governed, err := promapi.New(&http.Client{Transport: cannedResponse(body)}, opts)
	if err != nil {
		return t, err
	}
	var without, with []float64
	for range rounds {
		for range queries {
			for client, list := range map[*promapi.Client]*[]float64{plain: &without, governed: &with} {
				took, err := timeQuery(ctx, client)
				if err != nil {
					return t, err
				}
				*list = append(*list, took)
			}
		}
		runtime.GC()
	}
	return times{median(without), median(with)}, nil
}

// timeQuery returns the time of a query in microseconds.
func timeQuery(ctx context.Context, client *promapi.Client) (float64, error) {
	end := time.Unix(1_700_000_000, 0)
	begun := time.Now()
	_, err := client.QueryRange(ctx, promapi.Range{Expr: enforcedQuery, Start: end.Add(-enforcedQuerySpan), End: end, Step: time.Minute})
	return float64(time.Since(begun).Nanoseconds()) / 1000, err
}
