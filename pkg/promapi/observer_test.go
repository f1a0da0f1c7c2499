package promapi

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// notes is an Observer that writes down what it is told.
type notes struct {
	mu   sync.Mutex
	told []string
}

func (n *notes) note(format string, a ...any) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.told = append(n.told, fmt.Sprintf(format, a...))
}

func (n *notes) Request(api string, status int, _ time.Duration, bytes int64) {
	n.note("%s %d, %d bytes", api, status, bytes)
}
func (n *notes) Retry(reason string) { n.note("retry after %s", reason) }
func (n *notes) Samples(count int)   { n.note("%d samples", count) }

func (n *notes) all() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.told)
}

func TestEveryAttemptIsObservedOnce(t *testing.T) {
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
	for name, c := range map[string]struct {
		handler http.HandlerFunc
		want    []string
	}{
		"an answer": {func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, one) }, []string{"1 samples", answered}},
		"a second attempt": {failsFirst(http.StatusServiceUnavailable),
			[]string{"query 503, 0 bytes", "retry after transient", "1 samples", answered}},
		"a server that takes no POST": {failsFirst(http.StatusMethodNotAllowed), []string{"query 405, 0 bytes", "1 samples", answered}},
		"a refusal":                   {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusForbidden) }, []string{"query 403, 3 bytes"}},
		"an answer that is cut off": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = fmt.Fprint(w, one[:20])
		}, []string{"query 200, 20 bytes"}},
		"no answer": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
			[]string{"query 0, 0 bytes", "retry after transient", "query 0, 0 bytes"}},
	} {
		t.Run(name, func(t *testing.T) {
			var told notes
			asked, _ := client(t, Options{Observer: &told, Method: http.MethodPost}, c.handler)
			_, _ = asked.Query(ForAlert(t.Context()), instant)
			if got := told.all(); !slices.Equal(got, c.want) {
				t.Errorf("told %q, want %q", got, c.want)
			}
		})
	}
}

// Whoever measures the time of requests must not count that of the GET for the
// POST's.
func TestARefusedPOSTIsOverBeforeTheGET(t *testing.T) {
	var told notes
	asked, _ := client(t, Options{Observer: &told}, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			w.WriteHeader(http.StatusMethodNotAllowed)
			return
		}
		if got := told.all(); len(got) != 1 || !strings.Contains(got[0], "405") {
			t.Errorf("told %q when the GET arrives", got)
		}
		_, _ = fmt.Fprint(w, one)
	})
	if _, err := asked.Query(t.Context(), instant); err != nil {
		t.Fatal(err)
	}
}

func TestAStreamThatIsLeftIsObservedOnce(t *testing.T) {
	var told notes
	asked, _ := client(t, Options{Observer: &told}, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprint(w, `{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"1"]]}]}}`)
	})
	r := Range{Expr: "up", Start: time.Unix(0, 0), End: time.Unix(60, 0), Step: time.Minute}
	_, err := asked.StreamRange(t.Context(), r, func(series.Series) error { return http.ErrHandlerTimeout })
	if err == nil {
		t.Fatal("whoever asked has gone, and it is no error")
	}
	requests := 0
	for _, text := range told.all() {
		if strings.HasPrefix(text, "query_range 200") {
			requests++
		}
	}
	if requests != 1 {
		t.Errorf("told %q", told.all())
	}
}

func TestUsageCountsWhatRequestsTake(t *testing.T) {
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
		t.Error("usage isn't counted by context")
	}
}
