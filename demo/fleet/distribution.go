package fleet

import (
	"math"
	"math/rand/v2"

	client "github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
)

// distributions is a family of histograms, or of summaries without quantiles
// when it has no bounds.
type distributions struct {
	*family
	bounds    []float64 // upper bounds of the buckets, +Inf left out
	logBounds []float64
}

// with makes the child with these label values, empty.
func (f distributions) with(labelValues ...string) *distribution {
	d := &distribution{own: labelValues, family: f, traces: newTraces(f.name, labelValues)}
	if len(f.bounds) > 0 {
		d.buckets = make([]uint64, len(f.bounds)+1)
	}
	f.children = append(f.children, d)
	return d
}

// distribution is one histogram or summary.
type distribution struct {
	own     []string
	family  distributions
	buckets []uint64 // observations per bucket, not cumulative; the last is +Inf; nil for a summary
	count   uint64
	sum     float64
	traces  traces
}

// duration is a log-normal distribution of seconds.
type duration struct {
	median float64
	spread float64 // standard deviation of the logarithm
}

func (d duration) times(factor float64) duration {
	return duration{d.median * factor, d.spread}
}

func (d duration) mean() float64 { return d.median * math.Exp(d.spread*d.spread/2) }

// below is the share of durations up to the bound whose logarithm is given.
func (d duration) below(logBound float64) float64 {
	return 0.5 * math.Erfc((math.Log(d.median)-logBound)/(d.spread*math.Sqrt2))
}

// observe adds n durations. They are a systematic sample, n evenly spaced
// quantiles with one random shift, so that one number decides all the buckets.
func (h *distribution) observe(n float64, d duration, rng *rand.Rand) {
	if n == 0 {
		return
	}
	h.count += uint64(n)
	h.sum += n * d.mean() * (0.95 + 0.1*rng.Float64())
	if h.buckets == nil {
		return
	}
	shift, below := rng.Float64(), 0.0
	for i, logBound := range h.family.logBounds {
		upTo := math.Floor(n*d.below(logBound) + shift)
		h.buckets[i] += uint64(upTo - below)
		below = upTo
	}
	h.buckets[len(h.buckets)-1] += uint64(n - below)
	h.traces.sample(d)
}

func (h *distribution) labelValues() []string { return h.own }

func (h *distribution) labels(dst []labels.Labels, name string, common *labels.Builder) []labels.Labels {
	if h.buckets != nil {
		common.Set(model.MetricNameLabel, name+"_bucket")
		for i := range h.buckets {
			bound := math.Inf(1)
			if i < len(h.family.bounds) {
				bound = h.family.bounds[i]
			}
			// Prometheus 3 normalizes le when it scrapes: "1" is stored as "1.0".
			dst = append(dst, common.Set(labels.BucketLabel, labels.FormatOpenMetricsFloat(bound)).Labels())
		}
		common.Del(labels.BucketLabel)
	}
	dst = append(dst, common.Set(model.MetricNameLabel, name+"_sum").Labels())
	return append(dst, common.Set(model.MetricNameLabel, name+"_count").Labels())
}

func (h *distribution) values(dst []float64) []float64 {
	cumulative := uint64(0)
	for _, n := range h.buckets {
		cumulative += n
		dst = append(dst, float64(cumulative))
	}
	return append(dst, h.sum, float64(h.count))
}

func (h *distribution) metric(desc *client.Desc) client.Metric {
	if h.buckets == nil {
		m, err := client.NewConstSummary(desc, h.count, h.sum, nil, h.own...)
		return orInvalid(desc, m, err)
	}
	cumulative, buckets := uint64(0), make(map[float64]uint64, len(h.family.bounds))
	for i, bound := range h.family.bounds {
		cumulative += h.buckets[i]
		buckets[bound] = cumulative
	}
	m, err := client.NewConstHistogram(desc, h.count, h.sum, buckets, h.own...)
	if exemplars := h.traces.exemplars(); err == nil && len(exemplars) > 0 {
		m, err = client.NewMetricWithExemplars(m, exemplars...)
	}
	return orInvalid(desc, m, err)
}

func (h *distribution) restart() {
	clear(h.buckets)
	h.count, h.sum = 0, 0
	h.traces.latest = nil
}
