package prometheus

import (
	"fmt"
	"math"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/storage"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/simulation"
)

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
	passing map[*simulation.Passing]*passingSeries
	scrape  int // number of the scrape
}

// passingSeries is a series that was in the previous scrape and that the target may remove.
type passingSeries struct {
	ref    storage.SeriesRef
	scrape int // number of the last scrape with this series
}

func newRecorder(t *simulation.Target) *recorder {
	r := &recorder{target: t, series: t.Series(), before: simulation.Gone, passing: map[*simulation.Passing]*passingSeries{}}
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
	for _, s := range r.passing {
		s.ref = 0
	}
}

// record appends a scrape as Prometheus's scrape loop does. If the scrape fails, the target's
// own series end with a staleness marker. If the target is no longer discovered, the series
// that are named in reports end, too.
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
	if err := r.recordPassing(app, at, answered); err != nil {
		return err
	}

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

// recordPassing appends the series that the target may remove. A series that is not in the
// scrape any longer ends with a staleness marker.
func (r *recorder) recordPassing(app storage.Appender, at int64, answered bool) error {
	r.scrape++
	if answered {
		for _, p := range r.target.Passing() {
			s := r.passing[p]
			if s == nil {
				s = &passingSeries{}
				r.passing[p] = s
			}
			s.scrape = r.scrape
			if err := r.appendPassing(app, at, p, s, p.Value()); err != nil {
				return err
			}
		}
	}
	for p, s := range r.passing {
		if s.scrape == r.scrape {
			continue
		}
		if err := r.appendPassing(app, at, p, s, math.Float64frombits(value.StaleNaN)); err != nil {
			return err
		}
		delete(r.passing, p)
	}
	return nil
}

func (r *recorder) appendPassing(app storage.Appender, at int64, p *simulation.Passing, s *passingSeries, v float64) (err error) {
	if s.ref, err = app.Append(s.ref, p.Labels, at, v); err != nil {
		return fmt.Errorf("%s: %w", p.Labels, err)
	}
	r.samples++
	return nil
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
