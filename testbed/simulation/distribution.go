package simulation

import (
	"math"
	"math/rand/v2"

	client "github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
)

// DistributionVec is a family of histograms. If it has no bounds, it is a family of
// summaries without quantiles.
type DistributionVec struct {
	*family
	bounds    []float64 // upper bounds of the buckets, +Inf excluded
	logBounds []float64
}

// With adds a child with these label values and without observations.
func (f DistributionVec) With(labelValues ...string) *Distribution {
	d := &Distribution{lvs: labelValues, family: f, traces: newTraces(f.name, labelValues)}
	if len(f.bounds) > 0 {
		d.buckets = make([]uint64, len(f.bounds)+1)
		d.shares = map[LogNormal][]float64{}
	}
	f.children = append(f.children, d)
	return d
}

// Distribution is one histogram or summary.
type Distribution struct {
	lvs     []string // label values
	family  DistributionVec
	buckets []uint64 // observations per bucket, not cumulative; the last is +Inf; nil for a summary
	count   uint64
	sum     float64
	traces  traces
	shares  map[LogNormal][]float64 // cache of sharesOf
}

// Observe adds n durations with the given distribution. The buckets count a systematic sample:
// n evenly spaced quantiles, all shifted by the same random number.
func (d *Distribution) Observe(n float64, of LogNormal, rng *rand.Rand) {
	if n == 0 {
		return
	}
	d.count += uint64(n)
	d.sum += n * of.Mean() * (0.95 + 0.1*rng.Float64())
	if d.buckets == nil {
		return
	}
	shift, below := rng.Float64(), 0.0
	for i, share := range d.sharesOf(of) {
		upTo := math.Floor(n*share + shift)
		d.buckets[i] += uint64(upTo - below)
		below = upTo
	}
	d.buckets[len(d.buckets)-1] += uint64(n - below)
	d.traces.sample(of)
}

// maxShares is the maximum number of distributions in the cache of a histogram. Computing the
// shares takes most of the time of an observation, and a histogram observes the same few
// distributions again and again.
const maxShares = 64

// sharesOf returns, for each bound, the share of durations that are not longer than the
// bound.
func (d *Distribution) sharesOf(of LogNormal) []float64 {
	shares, known := d.shares[of]
	if known {
		return shares
	}
	for _, logBound := range d.family.logBounds {
		shares = append(shares, of.below(logBound))
	}
	if len(d.shares) < maxShares {
		d.shares[of] = shares
	}
	return shares
}

// Record adds the same duration, in seconds, n times.
func (d *Distribution) Record(n, seconds float64) {
	d.count += uint64(n)
	d.sum += n * seconds
	if d.buckets == nil {
		return
	}
	for i, bound := range d.family.bounds {
		if seconds <= bound {
			d.buckets[i] += uint64(n)
			return
		}
	}
	d.buckets[len(d.buckets)-1] += uint64(n)
}

func (d *Distribution) labelValues() []string { return d.lvs }

func (d *Distribution) labels(dst []labels.Labels, name string, common *labels.Builder) []labels.Labels {
	if d.buckets != nil {
		common.Set(model.MetricNameLabel, name+"_bucket")
		for i := range d.buckets {
			bound := math.Inf(1)
			if i < len(d.family.bounds) {
				bound = d.family.bounds[i]
			}
			// Prometheus 3 normalizes le when it scrapes: "1" is stored as "1.0".
			dst = append(dst, common.Set(labels.BucketLabel, labels.FormatOpenMetricsFloat(bound)).Labels())
		}
		common.Del(labels.BucketLabel)
	}
	dst = append(dst, common.Set(model.MetricNameLabel, name+"_sum").Labels())
	return append(dst, common.Set(model.MetricNameLabel, name+"_count").Labels())
}

func (d *Distribution) values(dst []float64) []float64 {
	cumulative := uint64(0)
	for _, n := range d.buckets {
		cumulative += n
		dst = append(dst, float64(cumulative))
	}
	return append(dst, d.sum, float64(d.count))
}

func (d *Distribution) metric(desc *client.Desc) client.Metric {
	if d.buckets == nil {
		m, err := client.NewConstSummary(desc, d.count, d.sum, nil, d.lvs...)
		return orInvalid(desc, m, err)
	}
	cumulative, buckets := uint64(0), make(map[float64]uint64, len(d.family.bounds))
	for i, bound := range d.family.bounds {
		cumulative += d.buckets[i]
		buckets[bound] = cumulative
	}
	m, err := client.NewConstHistogram(desc, d.count, d.sum, buckets, d.lvs...)
	if exemplars := d.traces.exemplars(); err == nil && len(exemplars) > 0 {
		m, err = client.NewMetricWithExemplars(m, exemplars...)
	}
	return orInvalid(desc, m, err)
}

func (d *Distribution) restart() {
	clear(d.buckets)
	d.count, d.sum = 0, 0
	d.traces.latest = nil
}
