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

// weather is one kind of query in a storm, and the status of its answer.
type weather struct {
	fault  upstream.Fault
	status int
}

func fine(series, points string) weather {
	return weather{upstream.Fault{"kind": "good", "series": series, "points": points}, 200}
}

// mixed is what a storm is made of: answers of 100 bytes to 1.5 MiB, and nearly
// as many faults.
var mixed = []weather{
	fine("1", "1"), fine("1", "240"), fine("3", "60"), fine("10", "100"), fine("40", "100"), fine("200", "240"), fine("2", "1"),
	{upstream.Fault{"kind": "good", "series": "20", "points": "100", "encoding": "gzip"}, 200},
	{say("503", apiBusy).With(upstream.Fault{"times": "1", "series": "5", "points": "50"}), 200},
	{raw("", "reset").With(upstream.Fault{"times": "1", "series": "5", "points": "50"}), 200},
	{raw("", "reset"), 502},
	{raw(ok+"Content-Length: 1000\r\n\r\n"+one[:90], "reset"), 502},
	{say("200", one[:90]), 502},
	{say("200", "[]"), 502},
	{say("200", "<html>login</html>"), 502},
	{say("401", ""), 401},
	{say("422", `{"status":"error","errorType":"execution","error":"too many samples"}`), 422},
	{say("429", "").With(upstream.Fault{"retry_after": "60"}), 429},
	{upstream.Fault{"kind": "gzip", "damage": "cut", "series": "5", "points": "5"}, 502},
	{upstream.Fault{"kind": "endless", "of": "series"}, 413},
}

// slow is what a data source without patience takes for a timeout.
var slow = []weather{
	{upstream.Fault{"kind": "silent"}, 504},
	{upstream.Fault{"kind": "trickle", "points": "1000"}, 504},
}

// asker sends one request of several queries.
type asker func([]backend.DataQuery) (backend.Responses, error)

// storm sends requests of ten queries each, all at once, with all kinds in turn,
// and holds every answer against its query.
func storm(t *testing.T, name string, kinds []weather, requests int, ask asker) {
	t.Helper()
	const perRequest = 10
	var group sync.WaitGroup
	for r := range requests {
		var queries []backend.DataQuery
		asked := map[string]weather{}
		for q := range perRequest {
			w, refID := kinds[(r*perRequest+q)%len(kinds)], "Q"+strconv.Itoa(q)
			asked[refID] = w
			queries = append(queries, panel(refID, w.fault.With(upstream.Fault{"id": stormID(name, r, refID)})))
		}
		rand.Shuffle(len(queries), func(i, j int) { queries[i], queries[j] = queries[j], queries[i] })
		group.Go(func() {
			answers, err := ask(queries)
			if err != nil || len(answers) != len(queries) {
				t.Errorf("request %d: %d answers to %d queries, %v", r, len(answers), len(queries), err)
				return
			}
			for refID, w := range asked {
				answer, answered := answers[refID]
				if !answered {
					t.Errorf("request %d: no answer to %s", r, refID)
					continue
				}
				w.check(t, stormID(name, r, refID), answer)
			}
		})
	}
	group.Wait()
}

func stormID(name string, request int, refID string) string {
	return fmt.Sprintf("%s-%d-%s", name, request, refID)
}

// check holds an answer against what was asked: the right kind, and every series
// and sample of this query's own.
func (w weather) check(t *testing.T, id string, answer backend.DataResponse) {
	t.Helper()
	if int(answer.Status) != w.status || (w.status == 200) != (answer.Error == nil) {
		t.Errorf("%s, %s: status %d, want %d: %v", id, w.fault.Expr(), answer.Status, w.status, answer.Error)
		return
	}
	if w.status != 200 {
		return
	}
	if series := atoi(t, w.fault["series"]); len(answer.Frames) != series {
		t.Errorf("%s: %d frames, want %d", id, len(answer.Frames), series)
		return
	}
	points := atoi(t, w.fault["points"])
	for s, frame := range answer.Frames {
		if len(frame.Fields) != 2 || frame.Rows() != points {
			t.Errorf("%s: %d fields of %d rows, want %d", id, len(frame.Fields), frame.Rows(), points)
			return
		}
		values := frame.Fields[1]
		if values.Labels["id"] != id || values.Labels["series"] != strconv.Itoa(s) {
			t.Errorf("%s: holds %v", id, values.Labels)
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
