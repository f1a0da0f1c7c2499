package prometheus

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	client "github.com/prometheus/client_golang/prometheus"
	engine "github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/tsdb"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/internal/testfleet"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/simulation"
)

// noon is the fixed end of the tests' histories.
var noon = time.Date(2026, 3, 11, 12, 0, 0, 0, time.UTC)

// writtenHistory runs a range query of a written history.
type writtenHistory func(expr string, from, to time.Time) engine.Matrix

// openHistory writes the history of a fleet and opens it without a server.
func openHistory(t *testing.T, o testfleet.Options) writtenHistory {
	t.Helper()
	db, err := openStorage(writeHistory(t, testfleet.New(o)), slog.New(slog.DiscardHandler), client.NewRegistry())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return queries(t, db)
}

// queries returns a function that runs range queries of a storage, with a step of
// simulation.Interval.
func queries(t *testing.T, db *tsdb.DB) writtenHistory {
	t.Helper()
	promQL := engine.NewEngine(engine.EngineOpts{
		MaxSamples: 5e7, Timeout: time.Minute, LookbackDelta: 5 * time.Minute, Parser: parser.NewParser(parser.Options{}),
	})
	return func(expr string, from, to time.Time) engine.Matrix {
		t.Helper()
		q, err := promQL.NewRangeQuery(t.Context(), db, nil, expr, from, to, simulation.Interval)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(q.Close)
		matrix, err := q.Exec(t.Context()).Matrix()
		if err != nil {
			t.Fatalf("%s: %v", expr, err)
		}
		return matrix
	}
}

const day = 26 * time.Hour

func TestWriteHistoryCoversWholeSpan(t *testing.T) {
	query := openHistory(t, testfleet.Options{Now: noon, History: day})
	up := query(`count(up)`, noon.Add(-day-time.Hour), noon)
	if len(up) != 1 {
		t.Fatalf("count(up) has %d series", len(up))
	}
	first := time.UnixMilli(up[0].Floats[0].T)
	if want := noon.Add(-day); !first.Equal(want) {
		t.Errorf("the first scrape is at %s, want %s", first, want)
	}
	if got, want := len(up[0].Floats), 26*60*4+1; got != want {
		t.Errorf("%d scrapes, want %d", got, want)
	}
}

func TestWriteHistoryMarksRestarts(t *testing.T) {
	query := openHistory(t, testfleet.Options{Now: noon, History: day})
	begin := noon.Add(-day)
	for _, c := range []struct {
		name, exceptions string
		from             time.Time
	}{
		{"every target is down twice, for two scrapes each", `sum_over_time((up == bool 0)[26h:15s]) != 4`, noon},
		{"series end while their target is down", `requests_total and on (job) (up == 0) or queue_depth and on (job) (up == 0)`, begin},
		{"a failed scrape has no samples", `scrape_samples_scraped and on (job) (up == 0) > 0`, begin},
		{"a successful scrape has samples", `scrape_samples_scraped and on (job) (up == 1) == 0`, begin},
	} {
		t.Run(c.name, func(t *testing.T) {
			if exceptions := query(c.exceptions, c.from, noon); len(exceptions) > 0 {
				t.Errorf("exceptions: %.500s", exceptions)
			}
		})
	}
}

func TestWriteHistoryReportsProgress(t *testing.T) {
	f := testfleet.New(testfleet.Options{Now: noon, History: time.Hour})
	var last [2]int
	err := WriteHistory(t.Context(), t.TempDir(), f, func(done, total int) {
		if done <= last[0] {
			t.Errorf("progress goes from %d to %d", last[0], done)
		}
		last = [2]int{done, total}
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := [2]int{241, 241}; last != want {
		t.Errorf("progress ends at %v, want %v", last, want)
	}
}

func TestWriteHistoryRejectsBadInput(t *testing.T) {
	used := t.TempDir()
	if err := os.WriteFile(filepath.Join(used, "mine.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	played := testfleet.New(testfleet.Options{Now: noon, History: time.Minute})
	if err := WriteHistory(t.Context(), t.TempDir(), played, nil); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, dir string
		fleet     *simulation.Fleet
		want      string
	}{
		{"directory with other files", used, testfleet.New(testfleet.Options{Now: noon, History: time.Minute}), used + " is not empty"},
		{"fleet without steps left", t.TempDir(), played, "make a new fleet"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := WriteHistory(t.Context(), c.dir, c.fleet, nil)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one that contains %q", err, c.want)
			}
		})
	}
}

func TestWriteHistoryStopsWithContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	f := testfleet.New(testfleet.Options{Now: noon, History: day})
	err := WriteHistory(ctx, t.TempDir(), f, func(done, _ int) {
		if done == 1000 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want %v", err, context.Canceled)
	}
	if want := noon.Add(-day).Add(999 * simulation.Interval); !f.Now().Equal(want) {
		t.Errorf("the fleet is at %s, want %s", f.Now(), want)
	}
}
