package plugin

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// elements returns n elements of a JSON array.
func elements(n int, element func(i int) string) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(element(i))
	}
	return b.String()
}

// TestSmallResponsesWithLargeFrames: a response whose frames are too large in one format fails
// only in that format.
func TestSmallResponsesWithLargeFrames(t *testing.T) {
	matrix := func(series string) string {
		return `{"status":"success","data":{"resultType":"matrix","result":[` + series + `]}}`
	}
	names := matrix(elements(15_000, func(i int) string { return fmt.Sprintf(`{"metric":{"l%d":"v"},"values":[[0,"1"]]}`, i) }))
	sparse := matrix(elements(4_000, func(i int) string { return fmt.Sprintf(`{"metric":{"le":"%d"},"values":[[%d,"1"]]}`, i, i) }))
	custom := matrix(elements(2_000, func(i int) string {
		return fmt.Sprintf(`{"metric":{"job":"%d"},"histograms":[[0,{"buckets":[`, i) +
			elements(100, func(j int) string { return fmt.Sprintf(`[0,"%d","%d","1"]`, j*j, (j+1)*(j+1)) }) + `]}]]}`
	}))
	totals := matrix(elements(10_000, func(i int) string {
		return fmt.Sprintf(`{"metric":{"job":"%d"},"histograms":[[%d,{"buckets":[[0,"1","2","1"]]}]]}`, i, i)
	}))
	for _, test := range []struct{ name, body, query, want string }{
		{"table of 15,000 label names", names, `{"expr":"x","format":"table"}`, "As a table, the result has more than 2,000 columns, one for each label name."},
		{"instant table of 15,000 label names", names, `{"expr":"x","instant":true,"range":false,"format":"table"}`, "As a table, the result has more than 2,000 columns"},
		{"graph", names, `{"expr":"x"}`, ""},
		{"wide time series at different times", sparse, `{"expr":"x","format":"time_series_wide"}`, "As a wide time series, the result has more than 10,000,000 cells"},
		{"buckets at different times", sparse, `{"expr":"x","format":"heatmap"}`, "As a heatmap, the result has more than 10,000,000 cells"},
		{"instant buckets at different times", sparse, `{"expr":"x","instant":true,"range":false,"format":"heatmap"}`, "As a heatmap, the result has more than 10,000,000 cells"},
		{"graph", sparse, `{"expr":"x"}`, ""},
		{"2,000 native histograms of 100 buckets", custom, `{"expr":"x","format":"heatmap"}`, "As a heatmap, the result has more than 20,000 fields"},
		{"native histograms at different times", totals, `{"expr":"x","format":"heatmap"}`, "As a heatmap, the result has more than 10,000,000 cells"},
		{"graph", totals, `{"expr":"x"}`, ""},
	} {
		t.Run(test.name+" "+test.query, func(t *testing.T) {
			d := instance(t, respondWith(t, test.body), `{}`)
			defer d.Dispose()
			a := runQueries(t, d, nil, test.query)["A"]
			if test.want == "" {
				if a.Error != nil || a.Status != http.StatusOK {
					t.Errorf("status %d, %v", a.Status, a.Error)
				}
				return
			}
			if a.Error == nil || a.Status != http.StatusRequestEntityTooLarge || a.ErrorSource != backend.ErrorSourceDownstream || !strings.HasPrefix(a.Error.Error(), test.want) {
				t.Errorf("status %d of %s, %v", a.Status, a.ErrorSource, a.Error)
			}
		})
	}
}

// chunks records a chunked response.
type chunks struct {
	frames data.Frames
	err    error
}

func (c *chunks) WriteFrame(_ context.Context, _, _ string, frame *data.Frame) error {
	c.frames = append(c.frames, frame)
	return nil
}

func (c *chunks) WriteError(_ context.Context, _ string, _ backend.Status, err error) error {
	c.err = err
	return nil
}

// TestTooManyExemplarsAreAWarning: the graph is shown without exemplars.
func TestTooManyExemplarsAreAWarning(t *testing.T) {
	for name, test := range map[string]struct{ exemplars, want string }{
		"different label names": {
			elements(2_100, func(i int) string {
				return fmt.Sprintf(`{"seriesLabels":{},"exemplars":[{"labels":{"l%d":"v"},"value":"1","timestamp":%d}]}`, i, i)
			}), "There are no exemplars: The exemplars of the query have more than 2,000 columns, one for each label name.",
		},
		"repeated label": {
			`{"seriesLabels":{},"exemplars":[{"labels":{` + strings.Repeat(`"a":"b",`, 300_000) + `"a":"b"},"value":"1","timestamp":1}]}`,
			"has more than 200000 labels in one set, which is the limit.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if strings.HasSuffix(r.URL.Path, "/query_exemplars") {
					_, _ = fmt.Fprint(w, `{"status":"success","data":[`+test.exemplars+`]}`)
					return
				}
				_, _ = fmt.Fprint(w, `{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"a":"b"},"values":[[0,"1"]]}]}}`)
			}))
			defer server.Close()
			d := instance(t, server.URL, `{}`)
			defer d.Dispose()
			const query = `{"refId":"A","expr":"x","range":true,"exemplar":true,"exemplarSampler":"all"}`
			complete := runQueries(t, d, nil, query)["A"]
			if complete.Error != nil || len(complete.Frames) != 1 || !strings.Contains(noticesOf(complete.Frames), test.want) {
				t.Errorf("complete: %v, %d frames, %s", complete.Error, len(complete.Frames), noticesOf(complete.Frames))
			}
			var chunked chunks
			err := d.QueryChunkedData(t.Context(), &backend.QueryChunkedDataRequest{Queries: []backend.DataQuery{{
				RefID: "A", JSON: json.RawMessage(query), MaxDataPoints: 100, Interval: 15 * time.Second,
				TimeRange: backend.TimeRange{From: time.Unix(0, 0), To: time.Unix(600, 0)},
			}}}, &chunked)
			if err != nil || chunked.err != nil || len(chunked.frames) != 2 || !strings.Contains(noticesOf(chunked.frames), test.want) {
				t.Errorf("chunked: %v, %v, %d frames, %s", err, chunked.err, len(chunked.frames), noticesOf(chunked.frames))
			}
		})
	}
}

func noticesOf(frames data.Frames) string {
	text := ""
	for _, frame := range frames {
		if frame.Meta != nil {
			for _, notice := range frame.Meta.Notices {
				text += notice.Text
			}
		}
	}
	return text
}
