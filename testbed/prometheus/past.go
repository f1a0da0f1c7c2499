package prometheus

import (
	"context"
	"io/fs"
	"path/filepath"
	"slices"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/simulation"
)

// pastBlock is the time range of a TSDB block of a [Past]. It can be long, because the
// samples of a past are far apart and a block contains few of them.
const pastBlock = 10 * 24 * time.Hour

// Past describes the samples before a fleet's history. Most are farther apart than the
// samples of the history. See [simulation.Fleet.Past].
type Past struct {
	Fleet *simulation.Fleet
	Step  time.Duration // between two samples; samples around restarts are closer

	Written PastSize // set by WriteHistory
}

// PastSize contains the time that it took to write a past, and its size.
type PastSize struct {
	Took           time.Duration
	Bytes, Samples int64
}

// includes reports whether the past has samples at a time. The past has samples:
//   - one Interval after each multiple of the step. A range that begins at a multiple then has
//     a sample near its beginning, and PromQL extrapolates counters correctly, even if later
//     samples in the range are closer together.
//   - around each restart. These samples preserve the values that counters have before the
//     restart resets them.
//   - at the end of the past.
func (p *Past) includes(at time.Time) bool {
	return at.Truncate(p.Step).Add(simulation.Interval).Equal(at) || at.Equal(p.Fleet.End()) ||
		slices.ContainsFunc(p.Fleet.Targets(), func(t *simulation.Target) bool { return t.RestartsNear(at) })
}

// write writes the scrapes of the past and sets Written.
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

// folderSize returns the total size of the files in a folder and its subfolders.
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
