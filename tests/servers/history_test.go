package servers

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/tsdb/chunkenc"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/fleet"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/prometheus"
)

// history is a Prometheus data directory with the fleet's history. Prometheus 2 serves a copy
// of it, and VictoriaMetrics imports its samples.
var (
	history string
	now     time.Time // end of the history
)

// importTimeout limits the time until a server returns samples that it has received or
// scraped.
const importTimeout = 30 * time.Second

// historyLength is long enough for panels that compare with the previous day.
const historyLength = 26 * time.Hour

func TestMain(m *testing.M) {
	code, err := withHistory(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func withHistory(m *testing.M) (code int, err error) {
	if history, err = os.MkdirTemp("", "modelmetrics-"); err != nil {
		return 1, err
	}
	defer func() { _ = os.RemoveAll(history) }()
	now = time.Now().Truncate(time.Minute)
	platforms, err := fleet.New(fleet.Options{Now: now, History: historyLength})
	if err != nil {
		return 1, err
	}
	if err := prometheus.WriteHistory(context.Background(), history, platforms, nil); err != nil {
		return 1, err
	}
	return m.Run(), nil
}

// line is one series in VictoriaMetrics' import format.
type line struct {
	Metric     map[string]string `json:"metric"`
	Values     []float64         `json:"values"`
	Timestamps []int64           `json:"timestamps"`
}

// importHistory imports the history into a VictoriaMetrics. The import format can't represent
// NaN, which includes staleness markers, so importHistory omits these samples.
func importHistory(t *testing.T, server string) {
	t.Helper()
	importLines(t, server, func(to io.Writer) error { return writeLines(t.Context(), to) })
}

// importLines calls the function write and imports the lines that this function writes into a
// VictoriaMetrics. Then it requests a flush, so that the samples can be queried.
func importLines(t *testing.T, server string, write func(io.Writer) error) {
	t.Helper()
	lines, text := io.Pipe()
	go func() {
		buffered := bufio.NewWriter(text)
		err := write(buffered)
		if err == nil {
			err = buffered.Flush()
		}
		_ = text.CloseWithError(err) // a nil error makes the reader return io.EOF
	}()
	post(t, server+"/api/v1/import", lines)
	post(t, server+"/internal/force_flush", nil)
}

func writeLines(ctx context.Context, to io.Writer) error {
	db, err := tsdb.OpenDBReadOnly(history, "", slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	blocks, err := db.Blocks()
	if err != nil {
		return err
	}
	for _, block := range blocks {
		querier, err := tsdb.NewBlockQuerier(block, math.MinInt64, math.MaxInt64)
		if err != nil {
			return err
		}
		every := querier.Select(ctx, false, nil, labels.MustNewMatcher(labels.MatchNotEqual, model.MetricNameLabel, ""))
		if err := errors.Join(writeSeries(every, json.NewEncoder(to)), querier.Close()); err != nil {
			return err
		}
	}
	return nil
}

func writeSeries(every storage.SeriesSet, to *json.Encoder) error {
	var samples chunkenc.Iterator
	for every.Next() {
		samples = every.At().Iterator(samples)
		next := line{Metric: every.At().Labels().Map()}
		for samples.Next() == chunkenc.ValFloat {
			at, value := samples.At()
			if !math.IsNaN(value) {
				next.Timestamps, next.Values = append(next.Timestamps, at), append(next.Values, value)
			}
		}
		if err := errors.Join(samples.Err(), to.Encode(next)); err != nil {
			return err
		}
	}
	return every.Err()
}

func post(t *testing.T, address string, body io.Reader) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, body)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if text, err := io.ReadAll(resp.Body); err != nil || resp.StatusCode/100 != 2 {
		t.Fatalf("%s: HTTP %d %s, %v", address, resp.StatusCode, text, err)
	}
}
