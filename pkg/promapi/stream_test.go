package promapi

import (
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

func TestStreamRangeYieldsSeriesBeforeEnd(t *testing.T) {
	seen := make(chan struct{})
	c, _ := client(t, Options{}, func(w http.ResponseWriter, _ *http.Request) {
		// With the spaces, the decoder doesn't wait for more bytes before it yields the first
		// series.
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

func TestStreamRangeReturnsErrorOfYield(t *testing.T) {
	c, _ := client(t, Options{}, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[0,"1"]]}`)
	})
	stop := errors.New("stop")
	if _, err := c.StreamRange(t.Context(), minute, func(series.Series) error { return stop }); err != stop { //nolint:errorlint // unchanged
		t.Errorf("got %v", err)
	}
}

// Each of the two ranges has two samples.
func TestQueryRangesLimitsTotalSamples(t *testing.T) {
	for _, test := range []struct {
		name    string
		limit   int
		partial bool
		want    string
	}{
		{"within the limit", 4, false, "[0 60000 120000 180000] 0 warnings"},
		{"over the limit", 3, false, "more than 3 samples"},
		{"partial", 3, true, "[0 60000] 1 warnings"},
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
