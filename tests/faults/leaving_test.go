package faults

import (
	"context"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"go.uber.org/goleak"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/faults/upstream"
)

// promptly is how long a caller who leaves is waited for: longer than any machine
// takes, and less than the minute that the queries themselves would.
const promptly = 30 * time.Second

// TestCallersWhoLeave: queries whose caller goes away in the middle are answered
// at once, as cancelled, and the server is rid of their connections.
func TestCallersWhoLeave(t *testing.T) {
	before := goleak.IgnoreCurrent()
	own := upstream.Start(false)
	d := instance(t, own.Host(), nil)
	ctx, leave := context.WithCancel(t.Context())
	defer leave()

	const requests = 7 // so that all of their queries are in flight: see pkg/budget
	ways := []upstream.Fault{
		{"kind": "silent"},
		{"kind": "trickle", "points": "1000"},
		{"kind": "endless", "of": "space"},
		say("503", "").With(upstream.Fault{"retry_after": "20"}), // between two attempts
	}
	var group sync.WaitGroup
	for range requests {
		group.Go(func() {
			var queries []backend.DataQuery
			for i, way := range ways {
				queries = append(queries, panel("Q"+strconv.Itoa(i), way.With(upstream.Fault{"id": way["kind"]})))
			}
			answer, err := d.QueryData(ctx, &backend.QueryDataRequest{Queries: queries})
			if err != nil || len(answer.Responses) != len(ways) {
				t.Errorf("%d answers, %v", len(answer.Responses), err)
				return
			}
			for i, way := range ways {
				a := answer.Responses["Q"+strconv.Itoa(i)]
				if a.Status != 499 || says(a) != "The query was canceled before it was answered." {
					t.Errorf("%s: status %d, %q", way["kind"], a.Status, says(a))
				}
			}
		})
	}
	until(t, "every query has reached the server", func() bool {
		reached := 0
		for _, way := range ways {
			reached += own.Requests(way["kind"])
		}
		return reached == requests*len(ways)
	})
	leave()
	group.Wait()
	until(t, "the server is rid of all requests", func() bool { return own.Waiting() == 0 })
	d.Dispose()
	until(t, "the server has no connections", func() bool { return own.Open() == 0 })
	own.Close()
	goleak.VerifyNone(t, before)
}

// TestCallersWhoLeaveOverGRPC: the same, where a panel is closed.
func TestCallersWhoLeaveOverGRPC(t *testing.T) {
	own := upstream.Start(false)
	t.Cleanup(own.Close)
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	ended := make(chan error, 1)
	go func() {
		_, err := compiled.WithDataSource(source("http", own.Host(), nil)).
			QueryData(ctx, []backend.DataQuery{panel("A", upstream.Fault{"kind": "silent"})}, nil)
		ended <- err
	}()
	until(t, "the query has reached the server", func() bool { return own.Waiting() == 1 })
	leave()
	select {
	case err := <-ended:
		if err == nil {
			t.Error("an answer to nobody")
		}
	case <-time.After(promptly):
		t.Error("still waiting")
	}
	until(t, "the server is rid of the request", func() bool { return own.Waiting() == 0 && own.Open() == 0 })
}

// TestACallersOwnDeadline: the time that the caller gave is told apart from the
// data source's query timeout.
func TestACallersOwnDeadline(t *testing.T) {
	d := instance(t, server.Host(), nil)
	defer d.Dispose()
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	silent := panel("A", upstream.Fault{"kind": "silent"})
	answer, err := d.QueryData(ctx, &backend.QueryDataRequest{Queries: []backend.DataQuery{silent}})
	if err != nil {
		t.Fatal(err)
	}
	told(t, answer.Responses["A"], 504, "The caller's deadline passed before the query was answered.")
}
