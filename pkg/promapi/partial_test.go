package promapi

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// For an alert rule, a result that the server reports as partial is an error, unless the
// data source allows it. For a panel, such a result has a warning.
func TestPartialResults(t *testing.T) {
	const store = "receive series from store:10901: rpc error: code = Unavailable."
	for _, test := range []struct {
		name, notes string
		reason      string // "" where the result is complete
	}{
		{"VictoriaMetrics", `"isPartial":true`, "the server marked it with isPartial"},
		{"Thanos", `"warnings":["PromQL info: x","` + store + `"]`, strings.TrimSuffix(store, ".")},
		{"PromQL warning", `"warnings":["PromQL warning: quantile value should be between 0 and 1, got 2 (1:1)"]`, ""},
		{"PromQL info among the warnings", `"warnings":["PromQL info: metric might not be a counter"]`, ""},
		{"info", `"infos":["anything"]`, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			answer := func(w http.ResponseWriter, r *http.Request) {
				kind := "vector"
				if strings.HasSuffix(r.URL.Path, "/query_range") {
					kind = "matrix"
				}
				_, _ = io.WriteString(w, `{"status":"success","data":{"resultType":"`+kind+`","result":[]},`+test.notes+`}`)
			}
			refuses, _ := client(t, Options{}, answer)
			allows, _ := client(t, Options{PartialAlerts: true}, answer)
			for name, query := range queries {
				panel, err := query(refuses, t.Context())
				if err != nil || (len(panel.Warnings) == 0) != (panel.Partial == "" && len(panel.Infos) > 0) {
					t.Errorf("%s for a panel: %+v, %v", name, panel, err)
				}
				if _, err := query(allows, ForAlert(t.Context())); err != nil {
					t.Errorf("%s for an alert that allows partial results: %v", name, err)
				}
				_, err = query(refuses, ForAlert(t.Context()))
				if test.reason == "" {
					if err != nil {
						t.Errorf("%s of a complete result for an alert: %v", name, err)
					}
					continue
				}
				want := refuses.base.Host + " returned a partial result: " + test.reason + ". Alert rules don't use partial results"
				if f := fault.As(err); f.Kind != fault.BadAnswer || !strings.HasPrefix(f.Text, want) {
					t.Errorf("%s for an alert: %v, want %s", name, err, want)
				}
			}
		})
	}
}

var queries = map[string]func(*Client, context.Context) (*series.Result, error){
	"instant": func(c *Client, ctx context.Context) (*series.Result, error) { return c.Query(ctx, instant) },
	"range":   func(c *Client, ctx context.Context) (*series.Result, error) { return c.QueryRange(ctx, minuteOf(0)) },
	"ranges": func(c *Client, ctx context.Context) (*series.Result, error) {
		return c.QueryRanges(ctx, []Range{minuteOf(0), minuteOf(1)})
	},
	"stream": func(c *Client, ctx context.Context) (*series.Result, error) {
		return c.StreamRange(ctx, minuteOf(0), func(series.Series) error { return nil })
	},
}

// minuteOf returns a range within the nth minute.
func minuteOf(n int64) Range {
	start := time.Unix(n*60, 0)
	return Range{Expr: "up", Start: start, End: start.Add(59 * time.Second), Step: time.Second}
}

// A query over a daylight saving shift is split into several requests. Their responses may
// have the same warnings.
func TestQueryRangesRemovesDuplicateWarnings(t *testing.T) {
	c, _ := client(t, Options{}, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"status":"success","isPartial":true,"data":{"resultType":"matrix","result":[]},"warnings":["w"]}`)
	})
	got, err := c.QueryRanges(t.Context(), []Range{minuteOf(0), minuteOf(1)})
	if err != nil || len(got.Warnings) != 2 {
		t.Errorf("got %q, %v", got.Warnings, err)
	}
}

func TestNotesOfMetadataEndpoints(t *testing.T) {
	data := map[string]string{"/api/v1/series": `[{"a":"b"}]`, "/api/v1/metadata": "{}"}
	c, _ := client(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
		body, ok := data[r.URL.Path]
		if !ok {
			body = "[]"
		}
		_, _ = io.WriteString(w, `{"status":"success","warnings":["a store is down","PromQL info: i"],"isPartial":true,"data":`+body+`}`)
	})
	ctx := t.Context()
	for name, notes := range map[string]func() (series.Notes, error){
		"labels":       func() (series.Notes, error) { a, err := c.LabelNames(ctx, Selection{}); return a.Notes, err },
		"label values": func() (series.Notes, error) { a, err := c.LabelValues(ctx, "job", Selection{}); return a.Notes, err },
		"series": func() (series.Notes, error) {
			a, err := c.Series(ctx, Selection{Match: []string{"up"}})
			return a.Notes, err
		},
		"metadata": func() (series.Notes, error) { a, err := c.Metadata(ctx, MetadataSelection{}); return a.Notes, err },
		"exemplars": func() (series.Notes, error) {
			a, err := c.Exemplars(ctx, "up", time.Unix(0, 0), time.Unix(60, 0))
			return a.Notes, err
		},
	} {
		got, err := notes()
		if err != nil || len(got.Warnings) != 2 || len(got.Infos) != 1 || got.Partial == "" {
			t.Errorf("%s: got %+v, %v", name, got, err)
		}
	}
}
