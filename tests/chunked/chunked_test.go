// Package chunked compares chunked responses of the compiled plugin with complete ones. It
// also checks that the plugin needs much less memory for a chunked response than for a
// complete one.
package chunked

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/plugintest"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/process"
)

const (
	manySeries = 10_000
	points     = 240
)

// upstream starts a server for range queries. A query contains the number of series in the
// response. Every series has 240 samples with 15 decimal places. The server generates the
// response while sending it, and counts the bytes of the series in the parameter sent.
func upstream(t *testing.T, sent *atomic.Int64) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var series int
		if _, err := fmt.Sscanf(r.FormValue("query"), `x{series="%d"}`, &series); err != nil {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, `{"status":"error","errorType":"bad_data","error":"no such query"}`)
			return
		}
		_, _ = io.WriteString(w, `{"status":"success","data":{"resultType":"matrix","result":[`)
		for s := range series {
			var b strings.Builder
			if s > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, `{"metric":{"__name__":"x","series":"%d"},"values":[`, s)
			for p := range points {
				if p > 0 {
					b.WriteByte(',')
				}
				fmt.Fprintf(&b, `[%d,"%.15f"]`, p*15, float64(s*points+p)/7)
			}
			b.WriteString(`]}`)
			n, err := io.WriteString(w, b.String())
			if sent.Add(int64(n)); err != nil {
				return
			}
		}
		_, _ = io.WriteString(w, `]},"warnings":["a warning"]}`)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// query returns a query over all points. The expression x{series="3"} returns three series.
func query(refID, expr string) backend.DataQuery {
	return backend.DataQuery{
		RefID: refID, Interval: 15 * time.Second, MaxDataPoints: points,
		JSON:      fmt.Appendf(nil, `{"refId":%q,"expr":%q,"range":true,"legendFormat":"{{series}}"}`, refID, expr),
		TimeRange: backend.TimeRange{From: time.Unix(0, 0), To: time.Unix((points-1)*15, 0)},
	}
}

func queryChunked(t *testing.T, plugin *host.Host, queries ...backend.DataQuery) map[string][]host.Chunk {
	t.Helper()
	chunks := map[string][]host.Chunk{}
	err := plugin.QueryChunkedData(t.Context(), queries, nil, func(c host.Chunk) error {
		chunks[c.RefID] = append(chunks[c.RefID], c)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return chunks
}

func TestChunksEqualCompleteResponse(t *testing.T) {
	plugin := plugintest.Start(t, plugintest.Source(t, upstream(t, new(atomic.Int64)), nil))
	queries := []backend.DataQuery{query("A", `x{series="3"}`), query("B", `sum(`), query("C", `x{series="0"}`), query("D", `nothing`)}
	complete, err := plugin.QueryData(t.Context(), queries, nil)
	if err != nil {
		t.Fatal(err)
	}
	chunks := queryChunked(t, plugin, queries...)

	// The warnings are last, because they follow the series in the response.
	frames := chunks["A"]
	if len(frames) != 4 {
		t.Fatalf("%d frames, want 3 series and the notices", len(frames))
	}
	for i, want := range complete.Responses["A"].Frames {
		got := frames[i].Frame
		if frames[i].FrameID != fmt.Sprint(i) || frames[i].Status != backend.StatusOK {
			t.Errorf("frame %d has id %s and status %d", i, frames[i].FrameID, frames[i].Status)
		}
		if text, wantText := table(t, got), table(t, want); text != wantText || got.Name != want.Name || got.Meta.Type != want.Meta.Type {
			t.Errorf("frame %d:\n%s\nwant\n%s", i, text, wantText)
		}
	}
	first, last := frames[0].Frame.Meta, frames[3].Frame.Meta
	if first.ExecutedQueryString != `x{series="3"}` || len(last.Notices) != 1 || last.Notices[0].Text != "a warning" {
		t.Errorf("executed %q, notices %+v", first.ExecutedQueryString, last.Notices)
	}
	for _, refID := range []string{"B", "D"} {
		want := complete.Responses[refID]
		if got := chunks[refID]; len(got) != 1 || got[0].Err == nil || got[0].Err.Error() != want.Error.Error() || got[0].Status != want.Status {
			t.Errorf("%s: got %+v, want %v with status %d", refID, got, want.Error, want.Status)
		}
	}
	if got := chunks["C"]; len(got) != 1 || len(got[0].Frame.Fields) != 0 || got[0].Frame.Meta.Type != data.FrameTypeTimeSeriesMulti {
		t.Errorf("no data: %+v", got)
	}
}

func table(t *testing.T, frame *data.Frame) string {
	t.Helper()
	text, err := frame.StringTable(-1, -1)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestChunkedMemory checks that a chunked response needs less than half of the memory of a
// complete one.
func TestChunkedMemory(t *testing.T) {
	url := upstream(t, new(atomic.Int64))
	big := query("A", fmt.Sprintf(`x{series="%d"}`, manySeries))
	growth := func(run func(*host.Host)) float64 {
		plugin := plugintest.Start(t, plugintest.Source(t, url, nil))
		queryChunked(t, plugin, query("A", `x{series="1"}`))
		before := peak(t, plugin)
		run(plugin)
		return peak(t, plugin) - before
	}
	chunked := growth(func(plugin *host.Host) {
		got := 0
		err := plugin.QueryChunkedData(t.Context(), []backend.DataQuery{big}, nil, func(c host.Chunk) error {
			if c.Err != nil {
				return c.Err
			}
			got++
			return nil
		})
		if err != nil || got != manySeries+1 {
			t.Fatalf("%d frames, %v", got, err)
		}
	})
	complete := growth(func(plugin *host.Host) {
		response, err := plugin.QueryData(t.Context(), []backend.DataQuery{big}, nil)
		if err != nil || len(response.Responses["A"].Frames) != manySeries {
			t.Fatalf("%d frames, %v", len(response.Responses["A"].Frames), err)
		}
	})
	t.Logf("peak memory grew by %.0f MiB chunked, %.0f MiB complete", chunked, complete)
	if chunked > complete/2 {
		t.Errorf("the plugin's memory grew by %.0f MiB chunked, %.0f MiB complete", chunked, complete)
	}
}

func peak(t *testing.T, plugin *host.Host) float64 {
	t.Helper()
	mib, err := process.Memory(plugin.Pid(), process.Peak)
	if err != nil {
		t.Fatal(err)
	}
	return mib
}

// TestCanceledChunkedQueryStops checks that the plugin stops reading when the caller
// cancels.
func TestCanceledChunkedQueryStops(t *testing.T) {
	var sent atomic.Int64
	plugin := plugintest.Start(t, plugintest.Source(t, upstream(t, &sent), nil))
	enough := errors.New("enough")
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	err := plugin.QueryChunkedData(ctx, []backend.DataQuery{query("A", `x{series="1000000"}`)}, nil, func(c host.Chunk) error {
		if c.Err != nil {
			return c.Err
		}
		return enough
	})
	if !errors.Is(err, enough) {
		t.Fatal(err)
	}
	for last := int64(-1); last != sent.Load(); time.Sleep(200 * time.Millisecond) {
		last = sent.Load()
		if ctx.Err() != nil {
			t.Fatal("the server is still sending")
		}
	}
	const all = 1_000_000 * points * 25
	if sent.Load() > all/10 {
		t.Errorf("the plugin read %d bytes from the server", sent.Load())
	}
}
