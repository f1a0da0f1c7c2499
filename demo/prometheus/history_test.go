package prometheus

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/fleet"
)

func newFleet(t *testing.T, o fleet.Options) *fleet.Fleet {
	t.Helper()
	f, err := fleet.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestHistoryReachesBackToItsBeginning(t *testing.T) {
	history := playHistory(t, fleet.Options{Now: noon})
	up := history.conditionMet(t, `count(up)`, `>= 0`, noon.Add(-27*time.Hour), noon, fleet.Interval)
	if len(up) != 1 {
		t.Fatalf("count(up) has %d series", len(up))
	}
	first := time.UnixMilli(up[0].Floats[0].T)
	if want := noon.Add(-26 * time.Hour); !first.Equal(want) {
		t.Errorf("the first scrape is at %s, want %s", first, want)
	}
	if got, want := len(up[0].Floats), 26*60*4+1; got != want {
		t.Errorf("%d scrapes, want %d", got, want)
	}
}

func TestHistoryShowsRestarts(t *testing.T) {
	history := playHistory(t, fleet.Options{Now: noon})
	begin := noon.Add(-26 * time.Hour)
	for _, c := range []struct {
		name, expr, condition string
		from                  time.Time
	}{
		{"every target was down twice, for two scrapes", `sum_over_time((up == bool 0)[26h:15s])`, "!= 4", noon},
		{"no series goes on while its target is down", `count by (job) (tessallite_http_requests_total) and on (job) (up == 0)`, "> 0", begin},
		{"a scrape that failed has no samples", `scrape_samples_scraped and on (job) (up == 0)`, "> 0", begin},
		{"one that succeeded has", `scrape_samples_scraped and on (job) (up == 1)`, "== 0", begin},
	} {
		t.Run(c.name, func(t *testing.T) {
			if exceptions := history.conditionMet(t, c.expr, c.condition, c.from, noon, fleet.Interval); len(exceptions) > 0 {
				t.Errorf("not so: %.500s", exceptions)
			}
		})
	}
}

func TestHistoryTellsItsProgress(t *testing.T) {
	f := newFleet(t, fleet.Options{Now: noon, History: time.Hour})
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

func TestHistoryIsRefused(t *testing.T) {
	used := t.TempDir()
	if err := os.WriteFile(filepath.Join(used, "mine.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	played := newFleet(t, fleet.Options{Now: noon, History: time.Minute})
	if err := WriteHistory(t.Context(), t.TempDir(), played, nil); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, dir string
		fleet     *fleet.Fleet
		says      string
	}{
		{"in a directory with other files", used, newFleet(t, fleet.Options{Now: noon}), used + " is not empty"},
		{"for a fleet that was played before", t.TempDir(), played, "make a new fleet"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := WriteHistory(t.Context(), c.dir, c.fleet, nil)
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("error %v, want one that says %q", err, c.says)
			}
		})
	}
}

func TestHistoryEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	f := newFleet(t, fleet.Options{Now: noon})
	err := WriteHistory(ctx, t.TempDir(), f, func(done, _ int) {
		if done == 1000 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want %v", err, context.Canceled)
	}
	if want := noon.Add(-26 * time.Hour).Add(999 * fleet.Interval); !f.Now().Equal(want) {
		t.Errorf("the fleet went on to %s, want %s", f.Now(), want)
	}
}
