package promapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/promjson"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

var minute = Range{Expr: "up", Start: time.Unix(0, 0), End: time.Unix(60, 0), Step: time.Minute}

func TestSeriesArriveWhileTheAnswerIsOnItsWay(t *testing.T) {
	seen := make(chan struct{})
	c, _ := client(t, Options{}, func(w http.ResponseWriter, _ *http.Request) {
		// More than the decoder's window, so that the first series is whole in it.
		_, _ = fmt.Fprintf(w, `{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"a":"1"},"values":[[0,"1"]]},%s`, strings.Repeat(" ", 1<<17))
		w.(http.Flusher).Flush()
		<-seen
		_, _ = io.WriteString(w, `{"metric":{"a":"2"},"values":[[0,"2"]]}]},"warnings":["late"]}`)
	})
	var values []float64
	rest, err := c.StreamRange(t.Context(), minute, func(s series.Series) error {
		if len(values) == 0 {
			close(seen)
		}
		values = append(values, s.Values...)
		return nil
	})
	if err != nil || fmt.Sprint(values, rest.Warnings, len(rest.Series)) != "[1 2] [late] 0" {
		t.Errorf("%v, %+v, %v", values, rest, err)
	}
}

func TestWhoeverTakesTheSeriesCanStop(t *testing.T) {
	c, _ := client(t, Options{}, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[0,"1"]]}`)
	})
	enough := errors.New("enough")
	if _, err := c.StreamRange(t.Context(), minute, func(series.Series) error { return enough }); err != enough { //nolint:errorlint // as it is
		t.Errorf("got %v", err)
	}
}

// TestLimitsHoldForAllStretchesTogether: two requests of two samples each.
func TestLimitsHoldForAllStretchesTogether(t *testing.T) {
	for _, test := range []struct {
		name    string
		limit   int
		partial bool
		want    string
	}{
		{"under it", 4, false, "[0 60000 120000 180000] 0 warnings"},
		{"over it", 3, false, "more than 3 samples"},
		{"a part", 3, true, "[0 60000] 1 warnings"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, _ := client(t, Options{Limits: promjson.Limits{Samples: test.limit}, Partial: test.partial}, func(w http.ResponseWriter, r *http.Request) {
				start := map[string]string{"0": `[0,"1"],[60,"2"]`, "120": `[120,"1"],[180,"2"]`}[r.FormValue("start")]
				_, _ = io.WriteString(w, `{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[`+start+`]}]}}`)
			})
			later := minute
			later.Start, later.End = minute.Start.Add(2*time.Minute), minute.End.Add(2*time.Minute)
			result, err := c.QueryRanges(t.Context(), []Range{minute, later})
			got := fmt.Sprint(err)
			if err == nil {
				got = fmt.Sprintf("%v %d warnings", result.Series[0].Times, len(result.Warnings))
			}
			if !strings.Contains(got, test.want) {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestTheServerIsFoundOutOnce(t *testing.T) {
	asked := 0
	c, _ := client(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/v1/status/buildinfo" {
			http.NotFound(w, r)
			return
		}
		asked++
		_, _ = io.WriteString(w, `{"status":"success","data":{"version":"3.15.0"}}`)
	})
	for range 3 {
		if got := c.Server(t.Context()); got.String() != "Prometheus 3.15.0" {
			t.Errorf("got %s", got)
		}
	}
	if asked != 1 {
		t.Errorf("asked %d times", asked)
	}
}

// TestASilentServerHoldsNobodyUp: whoever wants to know it waits some seconds, all
// of them together, and as long as they may.
func TestASilentServerHoldsNobodyUp(t *testing.T) {
	over := make(chan struct{})
	c, _ := client(t, Options{}, func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-over:
		case <-r.Context().Done():
		}
	})
	defer close(over)
	first := make(chan Server)
	go func() { first <- c.Server(t.Context()) }()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got := c.Server(ctx); got != (Server{}) {
		t.Errorf("got %s", got)
	}
	if got := <-first; got != (Server{}) {
		t.Errorf("got %s", got)
	}
}

func TestAServerThatWasDownIsAskedAgain(t *testing.T) {
	up := false
	c, _ := client(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
		if !up {
			http.NotFound(w, r)
			return
		}
		_, _ = io.WriteString(w, `{"status":"success","data":{"version":"3.15.0"}}`)
	})
	if got := c.Server(t.Context()); got.Version != "" {
		t.Errorf("got %s", got)
	}
	up, c.state.expires = true, time.Time{} // a minute later
	if got := c.Server(t.Context()); got.String() != "Prometheus 3.15.0" {
		t.Errorf("got %s", got)
	}
}
