package prometheus

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

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
// dir is unusable. WriteHistory also writes the samples of each Past into dir, concurrently
// with the history.
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
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // G301: simulated data may be read by everybody
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

// write steps the fleet to its end. After each step, it calls the function records with the
// time of the step, and writes the scrapes of the step if the result is true.
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
