package promapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// recordingObserver is an Observer that records its calls.
type recordingObserver struct {
	mu    sync.Mutex
	calls []string
}

func (o *recordingObserver) record(format string, args ...any) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.calls = append(o.calls, fmt.Sprintf(format, args...))
}

func (o *recordingObserver) Request(api string, status int, _ time.Duration, bytes int64) {
	o.record("%s %d, %d bytes", api, status, bytes)
}
func (o *recordingObserver) Retry(reason string) { o.record("retry after %s", reason) }
func (o *recordingObserver) Samples(count int)   { o.record("%d samples", count) }

func (o *recordingObserver) all() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.calls)
}

func TestObserverCountsEveryAttempt(t *testing.T) {
	failsFirst := func(status int) http.HandlerFunc {
		first := true
		return func(w http.ResponseWriter, _ *http.Request) {
			if first {
				first = false
				w.WriteHeader(status)
				return
			}
			_, _ = fmt.Fprint(w, one)
		}
	}
	answered := fmt.Sprintf("query 200, %d bytes", len(one))
	for name, test := range map[string]struct {
		handler http.HandlerFunc
		want    []string
	}{
		"success": {func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, one) }, []string{"1 samples", answered}},
		"retry": {failsFirst(http.StatusServiceUnavailable),
			[]string{"query 503, 0 bytes", "retry after transient", "1 samples", answered}},
		"POST refused": {failsFirst(http.StatusMethodNotAllowed), []string{"query 405, 0 bytes", "1 samples", answered}},
		"HTTP 403":     {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusForbidden) }, []string{"query 403, 3 bytes"}},
		"incomplete response": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = fmt.Fprint(w, one[:20])
		}, []string{"query 200, 20 bytes"}},
		"no response": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
			[]string{"query 0, 0 bytes", "retry after transient", "query 0, 0 bytes"}},
	} {
		t.Run(name, func(t *testing.T) {
			var observer recordingObserver
			c, _ := client(t, Options{Observer: &observer, Method: http.MethodPost}, test.handler)
			_, _ = c.Query(ForAlert(t.Context()), instant)
			if got := observer.all(); !slices.Equal(got, test.want) {
				t.Errorf("observed %q, want %q", got, test.want)
			}
		})
	}
}

// A request that is canceled isn't a failure of the server. errgroup cancels requests with the
// error of another request as the cause.
func TestCanceledRequestIsObservedAsCanceled(t *testing.T) {
	for _, cause := range []error{nil, errors.New("another request failed")} {
		var observer recordingObserver
		ctx, cancel := context.WithCancelCause(t.Context())
		c, _ := client(t, Options{Observer: &observer, Method: http.MethodPost}, func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body) // the server notices the cancellation only after it has read the body
			cancel(cause)
			<-r.Context().Done()
		})
		_, _ = c.Query(ctx, instant)
		if got, want := observer.all(), []string{"query 499, 0 bytes"}; !slices.Equal(got, want) {
			t.Errorf("cause %v: observed %q, want %q", cause, got, want)
		}
	}
}

// The duration of the POST must not include that of the GET.
func TestRefusedPOSTIsObservedBeforeGET(t *testing.T) {
	var observer recordingObserver
	c, _ := client(t, Options{Observer: &observer}, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			w.WriteHeader(http.StatusMethodNotAllowed)
			return
		}
		if got := observer.all(); len(got) != 1 || !strings.Contains(got[0], "405") {
			t.Errorf("calls are %q when the GET arrives", got)
		}
		_, _ = fmt.Fprint(w, one)
	})
	if _, err := c.Query(t.Context(), instant); err != nil {
		t.Fatal(err)
	}
}

func TestCanceledStreamIsObservedOnce(t *testing.T) {
	var observer recordingObserver
	c, _ := client(t, Options{Observer: &observer}, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprint(w, `{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"1"]]}]}}`)
	})
	r := Range{Expr: "up", Start: time.Unix(0, 0), End: time.Unix(60, 0), Step: time.Minute}
	_, err := c.StreamRange(t.Context(), r, func(series.Series) error { return http.ErrHandlerTimeout })
	if err == nil {
		t.Fatal("no error although yield returned one")
	}
	requests := 0
	for _, text := range observer.all() {
		if strings.HasPrefix(text, "query_range 200") {
			requests++
		}
	}
	if requests != 1 {
		t.Errorf("calls are %q", observer.all())
	}
}

func TestUsage(t *testing.T) {
	attempts := 0
	c, _ := client(t, Options{MaxRetries: 1}, func(w http.ResponseWriter, r *http.Request) {
		attempts++
		if attempts == 1 || strings.Contains(r.URL.Path, "labels") {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		_, _ = fmt.Fprint(w, one)
	})
	ctx, usage := WithUsage(t.Context())
	if _, err := c.Query(ctx, instant); err != nil {
		t.Fatal(err)
	}
	got := []int64{usage.Requests.Load(), usage.Retries.Load(), usage.Series.Load(), usage.Samples.Load(), usage.Bytes.Load()}
	if want := []int64{2, 1, 1, 1, int64(len(one))}; !slices.Equal(got, want) {
		t.Errorf("got %d, want %d", got, want)
	}
	if e := usage.Exhausted.Load(); e != nil {
		t.Errorf("retries are exhausted: %+v", e)
	}
	if _, err := c.LabelNames(ctx, Selection{}); err == nil {
		t.Fatal("no error")
	}
	if e := usage.Exhausted.Load(); e == nil || *e != (Exhausted{"labels", "transient", 4}) {
		t.Errorf("exhausted is %+v", e)
	}
	if _, other := WithUsage(t.Context()); other.Requests.Load() != 0 {
		t.Error("a new context has the usage of another")
	}
}
