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

// cancelTimeout is the maximum time until a canceled query ends. It is long enough for a
// slow machine, and shorter than the minute that the queries would take.
const cancelTimeout = 30 * time.Second

// Canceled queries end with the status 499, and their connections are closed. A query that
// ignored the cancellation would end with the status 504 after the query timeout.
func TestCanceledQueries(t *testing.T) {
	before := goleak.IgnoreCurrent()
	faulty := upstream.Start(false)
	d := instance(t, faulty.Host(), nil)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()

	const requests = 7 // few enough for all of their queries to run concurrently; see pkg/budget
	kinds := []upstream.Fault{
		{"kind": "silent"},
		{"kind": "trickle", "points": "1000"},
		{"kind": "endless", "of": "space"},
		respond("503", "").With(upstream.Fault{"retry_after": "20"}), // waits between two attempts
	}
	var group sync.WaitGroup
	for range requests {
		group.Go(func() {
			var queries []backend.DataQuery
			for i, way := range kinds {
				queries = append(queries, panel("Q"+strconv.Itoa(i), way.With(upstream.Fault{"id": way["kind"]})))
			}
			answer, err := d.QueryData(ctx, &backend.QueryDataRequest{Queries: queries})
			if err != nil || len(answer.Responses) != len(kinds) {
				t.Errorf("%d answers, %v", len(answer.Responses), err)
				return
			}
			for i, way := range kinds {
				a := answer.Responses["Q"+strconv.Itoa(i)]
				if a.Status != 499 || errorText(a) != "The query was canceled before it was answered." {
					t.Errorf("%s: status %d, %q", way["kind"], a.Status, errorText(a))
				}
			}
		})
	}
	waitUntil(t, "every query has reached the server", func() bool {
		reached := 0
		for _, way := range kinds {
			reached += faulty.Requests(way["kind"])
		}
		return reached == requests*len(kinds)
	})
	cancel()
	group.Wait()
	waitUntil(t, "the server has no requests", func() bool { return faulty.Waiting() == 0 })
	d.Dispose()
	waitUntil(t, "the server has no connections", func() bool { return faulty.Open() == 0 })
	faulty.Close()
	goleak.VerifyNone(t, before)
}

func TestCanceledQueriesOverGRPC(t *testing.T) {
	faulty := upstream.Start(false)
	t.Cleanup(faulty.Close)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan error, 1)
	go func() {
		_, err := compiled.WithDataSource(source("http", faulty.Host(), nil)).
			QueryData(ctx, []backend.DataQuery{panel("A", upstream.Fault{"kind": "silent"})}, nil)
		ended <- err
	}()
	waitUntil(t, "the query has reached the server", func() bool { return faulty.Waiting() == 1 })
	cancel()
	select {
	case err := <-ended:
		if err == nil {
			t.Error("a canceled query succeeded")
		}
	case <-time.After(cancelTimeout):
		t.Error("the canceled query is still running")
	}
	waitUntil(t, "the server has no request", func() bool { return faulty.Waiting() == 0 && faulty.Open() == 0 })
}

// If the caller's deadline expires, the error differs from the error for the data
// source's query timeout.
func TestDeadlineOfCaller(t *testing.T) {
	d := instance(t, server.Host(), nil)
	defer d.Dispose()
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	silent := panel("A", upstream.Fault{"kind": "silent"})
	answer, err := d.QueryData(ctx, &backend.QueryDataRequest{Queries: []backend.DataQuery{silent}})
	if err != nil {
		t.Fatal(err)
	}
	checkResponse(t, answer.Responses["A"], 504, "The caller's deadline passed before the query was answered.")
}
