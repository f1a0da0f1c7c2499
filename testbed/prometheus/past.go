package prometheus

import (
	"context"
	"io/fs"
	"path/filepath"
	"slices"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/simulation"
)

// pastBlock is the span of a block of a past. A block of that length has few samples if
// they are far apart.
const pastBlock = 10 * 24 * time.Hour

// Past is the time before a fleet's history, with fewer samples. See
// [simulation.Fleet.Past].
type Past struct {
	Fleet *simulation.Fleet
	Step  time.Duration // between two samples; those around restarts are closer

	Written PastSize // set by WriteHistory
}

// PastSize is what it takes to write a past.
type PastSize struct {
	Took           time.Duration
	Bytes, Samples int64
}

// includes reports whether the past has a sample at a time. Samples are just after
// multiples of the step: a window that begins at a multiple then contains one near its
// beginning, so that PromQL extrapolates counters correctly although the window's
// later samples may be closer together. The samples around a restart preserve what the
// counters have counted before it.
func (p *Past) includes(at time.Time) bool {
	return at.Truncate(p.Step).Add(simulation.Interval).Equal(at) || at.Equal(p.Fleet.End()) ||
		slices.ContainsFunc(p.Fleet.Targets(), func(t *simulation.Target) bool { return t.RestartsNear(at) })
}

// write writes the scrapes of the past.
func (p *Past) write(ctx context.Context, dir string) error {
	begin := time.Now()
	h := newHistory(dir, p.Fleet, pastBlock)
	if err := h.write(ctx, p.Fleet, p.includes, func(int, int) {}); err != nil {
		return err
	}
	p.Written.Took = time.Since(begin)
	for _, t := range h.targets {
		p.Written.Samples += t.samples
	}
	for _, block := range h.written {
		size, err := folderSize(filepath.Join(dir, block))
		if err != nil {
			return err
		}
		p.Written.Bytes += size
	}
	return nil
}

// folderSize returns the size of the files of a folder.
func folderSize(dir string) (bytes int64, err error) {
	err = filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err == nil {
			bytes += info.Size()
		}
		return err
	})
	return bytes, err
}
