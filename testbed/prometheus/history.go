package prometheus

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"os"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb"
	"golang.org/x/sync/errgroup"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/simulation"
)

// BlockLength is the time range of a TSDB block of the history. Blocks are aligned to the
// epoch.
const BlockLength = 2 * time.Hour

// WriteHistory steps a fleet from its current time to its end and writes the scrapes as TSDB
// blocks into dir, which must be empty or absent. It returns an error for a fleet that is
// already at its end. If progress isn't nil, it is called with the number of completed steps
// and the total number of steps. If ctx ends, WriteHistory returns early, and the content of
// dir is unusable. The samples of pasts are written into dir, too, concurrently with the
// history.
func WriteHistory(ctx context.Context, dir string, f *simulation.Fleet, progress func(done, total int), pasts ...*Past) error {
	if err := makeEmpty(dir); err != nil {
		return err
	}
	if progress == nil {
		progress = func(int, int) {}
	}
	tasks, ctx := errgroup.WithContext(ctx)
	for _, p := range pasts {
		tasks.Go(func() error { return p.write(ctx, dir) })
	}
	tasks.Go(func() error { return newHistory(dir, f, BlockLength).write(ctx, f, everyStep, progress) })
	return tasks.Wait()
}

// everyStep returns true: all steps of a history are recorded.
func everyStep(time.Time) bool { return true }

func makeEmpty(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("history: %w", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("history: %w", err)
	}
	if len(entries) > 0 {
		return fmt.Errorf("history: %s is not empty", dir)
	}
	return nil
}

// history writes the scrapes of a fleet's targets as consecutive blocks.
type history struct {
	dir     string
	length  time.Duration // of a block
	targets []*recorder
	block   *tsdb.BlockWriter // nil between blocks
	until   time.Time         // end of the block, exclusive
	written []string          // names of the blocks
}

func newHistory(dir string, f *simulation.Fleet, length time.Duration) *history {
	h := &history{dir: dir, length: length}
	for _, t := range f.Targets() {
		h.targets = append(h.targets, newRecorder(t))
	}
	return h
}

// write steps the fleet to its end. It writes the scrapes of those steps for whose times the
// function records returns true.
func (h *history) write(ctx context.Context, f *simulation.Fleet, records func(time.Time) bool, progress func(done, total int)) error {
	done, end := 0, f.End()
	for ; !f.Now().Add(simulation.Interval).After(end); end = f.End() {
		if err := ctx.Err(); err != nil {
			return errors.Join(err, h.abandon())
		}
		f.Step()
		if records(f.Now()) {
			if err := h.record(ctx, f.Now()); err != nil {
				return errors.Join(fmt.Errorf("history at %s: %w", f.Now().Format(time.RFC3339), err), h.abandon())
			}
		}
		done++
		if left := int(end.Sub(f.Now()) / simulation.Interval); done%100 == 0 || left == 0 {
			progress(done, done+left)
		}
	}
	if done == 0 {
		return errors.New("the fleet is already at the end of its history; make a new fleet")
	}
	return h.flush(ctx)
}

// record appends one scrape of every target.
func (h *history) record(ctx context.Context, at time.Time) error {
	if h.block == nil || !at.Before(h.until) {
		if err := h.next(ctx, at); err != nil {
			return err
		}
	}
	app := h.block.Appender(ctx)
	for _, t := range h.targets {
		if err := t.record(app, at.UnixMilli()); err != nil {
			return errors.Join(err, app.Rollback())
		}
	}
	return app.Commit()
}

func (h *history) next(ctx context.Context, at time.Time) error {
	if err := h.flush(ctx); err != nil {
		return err
	}
	block, err := tsdb.NewBlockWriter(slog.New(slog.DiscardHandler), h.dir, h.length.Milliseconds())
	if err != nil {
		return err
	}
	h.block, h.until = block, at.Truncate(h.length).Add(h.length)
	for _, t := range h.targets {
		t.resetRefs()
	}
	return nil
}

func (h *history) flush(ctx context.Context) error {
	if h.block == nil {
		return nil
	}
	id, err := h.block.Flush(ctx)
	h.written = append(h.written, id.String())
	return errors.Join(err, h.abandon())
}

// abandon closes the current block. Samples that haven't been flushed are lost.
func (h *history) abandon() error {
	if h.block == nil {
		return nil
	}
	block := h.block
	h.block = nil
	return block.Close()
}

// reports are the names of the series that Prometheus adds for each scrape.
var reports = []string{
	"up", "scrape_duration_seconds", "scrape_samples_scraped",
	"scrape_samples_post_metric_relabeling", "scrape_series_added",
}

// recorder appends a target's scrapes. The label sets of its series are computed once.
// The references to the series are valid for one block.
type recorder struct {
	target  *simulation.Target
	series  []labels.Labels
	refs    []storage.SeriesRef
	reports []labels.Labels
	reportR []storage.SeriesRef
	values  []float64
	samples int64                // number of appended samples
	before  simulation.Condition // condition at the previous scrape
}

func newRecorder(t *simulation.Target) *recorder {
	r := &recorder{target: t, series: t.Series(), before: simulation.Gone}
	for _, name := range reports {
		r.reports = append(r.reports, labels.FromStrings(model.MetricNameLabel, name, "job", t.Job, "instance", t.Instance))
	}
	r.refs = make([]storage.SeriesRef, len(r.series))
	r.reportR = make([]storage.SeriesRef, len(r.reports))
	return r
}

func (r *recorder) resetRefs() {
	clear(r.refs)
	clear(r.reportR)
}

// record appends a scrape as Prometheus's scrape loop does. If the scrape fails, the target's
// own series end with a staleness marker. The series about the scrape (see reports) end when
// the target is no longer discovered.
func (r *recorder) record(app storage.Appender, at int64) error {
	scrape := r.target.Scrape()
	answered, answeredBefore := responds(scrape.Condition), responds(r.before)
	known, knownBefore := scrape.Condition != simulation.Gone, r.before != simulation.Gone
	r.before = scrape.Condition

	r.values = r.values[:0]
	switch {
	case answered:
		r.values = r.target.Values(r.values)
	case answeredBefore:
		r.values = stale(r.values, len(r.series))
	}
	if err := appendAll(app, at, r.series, r.refs, r.values); err != nil {
		return err
	}
	r.samples += int64(len(r.values))

	r.values = r.values[:0]
	switch {
	case known:
		up, samples := 0.0, float64(scrape.Samples)
		if answered {
			up = 1
		}
		r.values = append(r.values, up, scrape.Duration, samples, samples, float64(scrape.Added))
	case knownBefore:
		r.values = stale(r.values, len(r.reports))
	}
	r.samples += int64(len(r.values))
	return appendAll(app, at, r.reports, r.reportR, r.values)
}

func responds(c simulation.Condition) bool { return c == simulation.Serving || c == simulation.Slow }

func stale(dst []float64, n int) []float64 {
	for range n {
		dst = append(dst, math.Float64frombits(value.StaleNaN))
	}
	return dst
}

// appendAll appends one sample to each series, or none if values is empty.
func appendAll(app storage.Appender, at int64, series []labels.Labels, refs []storage.SeriesRef, values []float64) error {
	for i, v := range values {
		ref, err := app.Append(refs[i], series[i], at, v)
		if err != nil {
			return fmt.Errorf("%s: %w", series[i], err)
		}
		refs[i] = ref
	}
	return nil
}
