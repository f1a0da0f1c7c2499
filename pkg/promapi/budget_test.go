package promapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/budget"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

func TestBudgetLimitsRetries(t *testing.T) {
	var requests atomic.Int64
	c, _ := client(t, Options{Budget: budget.New().Source()}, func(w http.ResponseWriter, _ *http.Request) {
		requests.Add(1)
		w.WriteHeader(http.StatusTooManyRequests)
	})
	c.pause = func(context.Context, time.Duration) bool { return true }
	const queries = 100
	var all sync.WaitGroup
	for range queries {
		all.Go(func() {
			if _, err := c.Query(t.Context(), instant); fault.As(err).Kind != fault.Busy {
				t.Errorf("error is %v", err)
			}
		})
	}
	all.Wait()
	if n := requests.Load(); n <= queries || n > 3*queries {
		t.Errorf("%d queries made %d requests", queries, n)
	}
}

// When a request ends, it no longer counts as in flight, whatever its outcome is. Otherwise,
// later requests would wait until the test times out.
func TestBudgetLimitsConcurrentRequests(t *testing.T) {
	var inFlight, maxInFlight atomic.Int64
	var answered atomic.Int64
	c, _ := client(t, Options{Budget: budget.New().Source(), Method: http.MethodGet}, func(w http.ResponseWriter, _ *http.Request) {
		n := inFlight.Add(1)
		for m := maxInFlight.Load(); n > m && !maxInFlight.CompareAndSwap(m, n); m = maxInFlight.Load() {
		}
		time.Sleep(time.Millisecond)
		inFlight.Add(-1) // the client may send its next request as soon as it has read the response
		switch answered.Add(1) % 5 {
		case 0:
			w.WriteHeader(http.StatusBadRequest)
		case 1:
			_, _ = fmt.Fprint(w, `{"status":"succ`)
		case 2:
			panic(http.ErrAbortHandler)
		case 3:
			_, _ = fmt.Fprint(w, strings.Repeat(" ", 2<<20))
		default:
			_, _ = fmt.Fprint(w, one)
		}
	})
	c.pause = func(context.Context, time.Duration) bool { return true }
	var all sync.WaitGroup
	for i := range 500 {
		all.Go(func() {
			switch i % 3 {
			case 0:
				_, _ = c.Query(t.Context(), instant)
			case 1:
				_, _ = c.LabelNames(t.Context(), Selection{})
			default:
				_, _ = c.Exemplars(t.Context(), "up", instant.At, instant.At)
			}
		})
	}
	all.Wait()
	if n := maxInFlight.Load(); n > 32 {
		t.Errorf("%d requests were in flight", n)
	}
}

func TestTimeoutWhileWaitingForBudgetIsOverloaded(t *testing.T) {
	source := budget.New().Source()
	for { // until no further request may be sent
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		_, err := source.Acquire(ctx, false)
		cancel()
		if err != nil {
			break
		}
	}
	c, _ := client(t, Options{Budget: source, Timeout: 20 * time.Millisecond}, func(http.ResponseWriter, *http.Request) { t.Error("the request was sent") })
	_, err := c.Query(t.Context(), instant)
	if f := fault.As(err); f.Kind != fault.Overloaded || !strings.Contains(f.Text, "32 requests of the data source were in flight") {
		t.Errorf("error is %v", err)
	}
}

// writeMatrix writes an answer with the given number of series, each of about 10 KiB.
func writeMatrix(w http.ResponseWriter, count int) {
	_, _ = fmt.Fprint(w, `{"status":"success","data":{"resultType":"matrix","result":[`)
	var values strings.Builder
	for i := range 600 {
		_, _ = fmt.Fprintf(&values, `[%d,"1"],`, 1700000000+i)
	}
	for i := range count {
		if i > 0 {
			_, _ = fmt.Fprint(w, ",")
		}
		_, _ = fmt.Fprintf(w, `{"metric":{"i":"%d"},"values":[%s]}`, i, strings.TrimSuffix(values.String(), ","))
	}
	_, _ = fmt.Fprint(w, "]}}")
}

func TestResponseLimitAppliesToAllAnswersOfRequest(t *testing.T) {
	source := budget.New().Source()
	c, _ := client(t, Options{Budget: source, MaxBytes: 1 << 20}, func(w http.ResponseWriter, _ *http.Request) { writeMatrix(w, 60) })
	ctx := source.Begin(t.Context(), 1<<20)
	if _, err := c.QueryRange(ctx, Range{Expr: "up", Step: time.Second}); err != nil {
		t.Fatal(err)
	}
	_, err := c.QueryRange(ctx, Range{Expr: "up", Step: time.Second})
	if f := fault.As(err); f.Kind != fault.TooLarge || !strings.Contains(f.Text, "The responses for this request are together larger than the data source's limit of 1 MiB") {
		t.Errorf("error is %v", err)
	}
	// A streamed answer doesn't stay in memory.
	ctx = source.Begin(t.Context(), 1<<20)
	for range 5 {
		if _, err := c.StreamRange(ctx, Range{Expr: "up", Step: time.Second}, func(series.Series) error { return nil }); err != nil {
			t.Fatal(err)
		}
	}
}

func TestLargeAnswerWaitsForMemory(t *testing.T) {
	source := budget.New().Source()
	c, _ := client(t, Options{Budget: source, MaxBytes: 64 << 20, Timeout: 10 * time.Second}, func(w http.ResponseWriter, _ *http.Request) { writeMatrix(w, 1000) })
	ctx, cancel := context.WithCancel(t.Context())
	first := source.Begin(ctx, 64<<20)
	if _, err := c.QueryRange(first, Range{Expr: "up", Step: time.Second}); err != nil {
		t.Fatal(err)
	}
	waiting := make(chan error)
	go func() {
		_, err := c.QueryRange(source.Begin(t.Context(), 64<<20), Range{Expr: "up", Step: time.Second})
		waiting <- err
	}()
	select {
	case err := <-waiting:
		t.Errorf("the query didn't wait until the first answer was released: %v", err)
	case <-time.After(200 * time.Millisecond):
	}
	cancel() // as gRPC does at the end of the first call
	if err := <-waiting; err != nil {
		t.Error(err)
	}
	if _, err := c.QueryRange(source.Begin(ctx, 64<<20), Range{Expr: "up", Step: time.Second}); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v after the caller canceled", err)
	}
}

func TestZstdWindowCountsAsMemory(t *testing.T) {
	source := budget.New().Source()
	body := encode(t, one, "zstd")
	c, _ := client(t, Options{Budget: source}, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "zstd")
		_, _ = fmt.Fprint(w, body)
	})
	query := func() error {
		ctx, cancel := context.WithTimeout(source.Begin(t.Context(), 1<<30), 2*time.Second)
		defer cancel()
		_, err := c.Query(ctx, instant)
		return err
	}
	// The memory of a request is released when the context that was passed to Begin ends. This
	// is the context of the test, which doesn't end during the loop.
	const queries = 100
	for range queries {
		if err := query(); err != nil {
			if f := fault.As(err); f.Kind != fault.Overloaded {
				t.Errorf("error is %v", err)
			}
			return
		}
	}
	t.Errorf("%d windows are in memory", queries)
}
