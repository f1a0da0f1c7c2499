package prometheus

import (
	"log/slog"
	"math"
	"path/filepath"
	"testing"
	"time"

	client "github.com/prometheus/client_golang/prometheus"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/internal/testfleet"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/simulation"
)

func TestWriteHistoryWritesPast(t *testing.T) {
	const step, length, history = 5 * time.Minute, 61 * simulation.Day, 3 * time.Hour
	dir, f := t.TempDir(), testfleet.New(testfleet.Options{Now: noon, History: history})
	past := &Past{Fleet: f.Past(length, "test"), Step: step}
	if err := WriteHistory(t.Context(), dir, f, nil, past); err != nil {
		t.Fatal(err)
	}
	db, err := openStorage(dir, slog.New(slog.DiscardHandler), client.NewRegistry())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	query := queries(t, db)

	// There is a sample for each step, samples around the restarts of each day, and one
	// at the end.
	first := noon.Add(-length)
	coarse := query(`count_over_time(up{job="web"}[61d] offset 10815s)`, noon, noon)
	steps, days := float64((length-history)/step), length.Hours()/24
	if len(coarse) != 1 || coarse[0].Floats[0].F < steps+1+14*days || coarse[0].Floats[0].F > steps+1+16*days {
		t.Errorf("%v samples in the past, want %g plus 14 to 16 a day", coarse, steps)
	}
	// The rate of a counter is almost exact: it lacks only the increases during restarts.
	if rates := query(`rate(run_seconds_count[60d] offset 3h)`, noon, noon); len(rates) != 1 || math.Abs(rates[0].Floats[0].F*15-1) > 5*15/86400. {
		t.Errorf("the rate of a counter is %v, want one in 15 s", rates)
	}
	if got := query(`timestamp(up{job="web"})`, noon.Add(-history-step), noon.Add(-history)); len(got) != 1 ||
		got[0].Floats[len(got[0].Floats)-2].F != float64(noon.Add(-history-simulation.Interval).Unix()) {
		t.Errorf("the last sample before the history: %v", got)
	}
	if earliest := query(`min_over_time(timestamp(up{job="web"})[62d:5m])`, noon, noon); len(earliest) != 1 || earliest[0].Floats[0].F != float64(first.Add(simulation.Interval).Unix()) {
		t.Errorf("the first sample is at %v, want %d", earliest, first.Unix())
	}
	// An instant query has a value at every full hour.
	if gaps := query(`queue_depth and on () vector(time()) % 3600 == 0`, noon.Add(-25*time.Hour), noon); len(gaps) != 1 || len(gaps[0].Floats) != 26 {
		t.Errorf("%v, want a value for each of 26 hours", gaps)
	}

	var bytes, samples int64
	for _, block := range db.Blocks() {
		meta := block.Meta()
		if meta.MaxTime > noon.Add(-history).UnixMilli() {
			continue
		}
		size, err := folderSize(filepath.Join(dir, meta.ULID.String()))
		if err != nil {
			t.Fatal(err)
		}
		bytes, samples = bytes+size, samples+int64(meta.Stats.NumSamples)
	}
	if w := past.Written; w.Bytes != bytes || w.Samples != samples || w.Took <= 0 || bytes == 0 {
		t.Errorf("%+v, want %d bytes and %d samples", w, bytes, samples)
	}
}
