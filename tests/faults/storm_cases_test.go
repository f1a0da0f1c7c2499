package faults

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/faults/upstream"
)

// stormCase is one kind of query in a storm of concurrent queries, with the expected
// status.
type stormCase struct {
	fault  upstream.Fault
	status int
}

func fine(series, points string) stormCase {
	return stormCase{upstream.Fault{"kind": "good", "series": series, "points": points}, 200}
}

// mixed are the cases of a storm. Half of them succeed, some after a retry, with responses
// of 100 bytes to 1 MiB. The other half fail.
var mixed = []stormCase{
	fine("1", "1"), fine("1", "240"), fine("3", "60"), fine("10", "100"), fine("40", "100"), fine("200", "240"), fine("2", "1"),
	{upstream.Fault{"kind": "good", "series": "20", "points": "100", "encoding": "gzip"}, 200},
	{respond("503", apiBusy).With(upstream.Fault{"times": "1", "series": "5", "points": "50"}), 200},
	{raw("", "reset").With(upstream.Fault{"times": "1", "series": "5", "points": "50"}), 200},
	{raw("", "reset"), 502},
	{raw(ok+"Content-Length: 1000\r\n\r\n"+one[:90], "reset"), 502},
	{respond("200", one[:90]), 502},
	{respond("200", "[]"), 502},
	{respond("200", "<html>login</html>"), 502},
	{respond("401", ""), 401},
	{respond("422", `{"status":"error","errorType":"execution","error":"too many samples"}`), 422},
	{respond("429", "").With(upstream.Fault{"retry_after": "60"}), 429},
	{upstream.Fault{"kind": "gzip", "damage": "cut", "series": "5", "points": "5"}, 502},
	{upstream.Fault{"kind": "endless", "of": "series"}, 413},
}

// slow are cases that exceed a short query timeout.
var slow = []stormCase{
	{upstream.Fault{"kind": "silent"}, 504},
	{upstream.Fault{"kind": "trickle", "points": "1000"}, 504},
}

// runner runs a request with several queries.
type runner func([]backend.DataQuery) (backend.Responses, error)

// storm runs concurrent requests of ten queries each and checks every response. The
// queries cycle through the cases.
func storm(t *testing.T, name string, kinds []stormCase, requests int, run runner) {
	t.Helper()
	const perRequest = 10
	var group sync.WaitGroup
	for r := range requests {
		var queries []backend.DataQuery
		cases := map[string]stormCase{}
		for q := range perRequest {
			w, refID := kinds[(r*perRequest+q)%len(kinds)], "Q"+strconv.Itoa(q)
			cases[refID] = w
			queries = append(queries, panel(refID, w.fault.With(upstream.Fault{"id": stormID(name, r, refID)})))
		}
		rand.Shuffle(len(queries), func(i, j int) { queries[i], queries[j] = queries[j], queries[i] })
		group.Go(func() {
			responses, err := run(queries)
			if err != nil || len(responses) != len(queries) {
				t.Errorf("request %d: %d responses to %d queries, %v", r, len(responses), len(queries), err)
				return
			}
			for refID, w := range cases {
				response, ok := responses[refID]
				if !ok {
					t.Errorf("request %d: no response to %s", r, refID)
					continue
				}
				w.check(t, stormID(name, r, refID), response)
			}
		})
	}
	group.Wait()
}

func stormID(name string, request int, refID string) string {
	return fmt.Sprintf("%s-%d-%s", name, request, refID)
}

// check checks the status of a response. If the query should succeed, check also checks every
// series and sample. Every series must have the query's id, the parameter id, as a label.
func (w stormCase) check(t *testing.T, id string, response backend.DataResponse) {
	t.Helper()
	if int(response.Status) != w.status || (w.status == 200) != (response.Error == nil) {
		t.Errorf("%s, %s: status %d, want %d: %v", id, w.fault.Expr(), response.Status, w.status, response.Error)
		return
	}
	if w.status != 200 {
		return
	}
	if series := atoi(t, w.fault["series"]); len(response.Frames) != series {
		t.Errorf("%s: %d frames, want %d", id, len(response.Frames), series)
		return
	}
	points := atoi(t, w.fault["points"])
	for s, frame := range response.Frames {
		if len(frame.Fields) != 2 || frame.Rows() != points {
			t.Errorf("%s: %d fields of %d rows, want %d", id, len(frame.Fields), frame.Rows(), points)
			return
		}
		values := frame.Fields[1]
		if values.Labels["id"] != id || values.Labels["series"] != strconv.Itoa(s) {
			t.Errorf("%s: the labels are %v", id, values.Labels)
			return
		}
		for p := range points {
			if values.At(p) != upstream.Value(s, p) {
				t.Errorf("%s: sample %d of series %d is %v", id, p, s, values.At(p))
				return
			}
		}
	}
}

func atoi(t *testing.T, text string) int {
	t.Helper()
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Error(err)
	}
	return n
}
