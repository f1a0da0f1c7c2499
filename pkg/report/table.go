package report

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// grid are the ends of consecutive intervals, n of them, of which the last ends at end.
type grid struct {
	end  time.Time
	step time.Duration
	n    int
}

// at returns the end of an interval.
func (g grid) at(i int) time.Time { return g.end.Add(-time.Duration(g.n-1-i) * g.step) }

// from returns the beginning of an interval.
func (g grid) from(i int) time.Time { return g.at(i).Add(-g.step) }

// column is a series of a field: a value for each interval, NaN where it is absent.
type column struct {
	labels series.Labels
	values []float64
}

// table is what Prometheus returned for one endpoint: the series of each field, by the
// field's key.
type table map[string][]column

// decode returns the tables of the endpoints of an answer.
func decode(result *series.Result, g grid) map[string]table {
	tables := map[string]table{}
	first := g.at(0)
	for _, s := range result.Series {
		values := make([]float64, g.n)
		for i := range values {
			values[i] = math.NaN()
		}
		for i, ms := range s.Times {
			if g.n == 1 {
				values[0] = s.Values[i]
				continue
			}
			at := (ms - first.UnixMilli()) / g.step.Milliseconds()
			if ms >= first.UnixMilli() && at < int64(g.n) {
				values[at] = s.Values[i]
			}
		}
		id, key := s.Labels.Get(endpointLabel), s.Labels.Get(fieldLabel)
		if tables[id] == nil {
			tables[id] = table{}
		}
		tables[id][key] = append(tables[id][key], column{s.Labels, values})
	}
	return tables
}

// where matches series by the value of a label.
func where(label, value string) func(series.Labels) bool {
	return func(l series.Labels) bool { return l.Get(label) == value }
}

func all(series.Labels) bool { return true }

// sum adds up the values of a field's series that match. It is NaN if no series of the
// field has a value, and 0 if only others have.
func (t table) sum(i int, key string, match func(series.Labels) bool) float64 {
	total, found := 0.0, false
	for _, c := range t[key] {
		v := c.values[i]
		if math.IsNaN(v) {
			continue
		}
		found = true
		if match(c.labels) {
			total += v
		}
	}
	if !found {
		return math.NaN()
	}
	return total
}

// total is sum over all series of a field.
func (t table) total(i int, key string) float64 { return t.sum(i, key, all) }

// label returns the label of the first series of a field that has a value.
func (t table) label(i int, key, name string) (string, bool) {
	for _, c := range t[key] {
		if !math.IsNaN(c.values[i]) {
			return c.labels.Get(name), true
		}
	}
	return "", false
}

// ratio divides two values. A division by 0 is absent.
func ratio(a, b float64) float64 {
	if b == 0 {
		return math.NaN()
	}
	return a / b
}

func percent(a, b float64) float64 { return 100 * ratio(a, b) }

// buckets returns the latency histogram of an interval with increasing bounds and counts.
// It is nil if there is no bucket +Inf.
func (t table) buckets(i int) []Bucket {
	var buckets []Bucket
	for _, c := range t[latencyBuckets] {
		bound, err := strconv.ParseFloat(strings.TrimSpace(c.labels.Get("le")), 64)
		if err == nil && !math.IsNaN(c.values[i]) {
			buckets = append(buckets, Bucket{bound, c.values[i]})
		}
	}
	slices.SortFunc(buckets, func(a, b Bucket) int { return cmp.Compare(a.Bound, b.Bound) })
	last := len(buckets) - 1
	if last < 0 || !math.IsInf(buckets[last].Bound, 1) {
		return nil
	}
	for i := range last {
		buckets[i+1].Count = max(buckets[i+1].Count, buckets[i].Count)
	}
	return buckets
}

// quantile returns a quantile of the latency histogram as PromQL's histogram_quantile
// does. It is NaN without requests.
func (t table) quantile(i int, q float64) float64 {
	buckets := t.buckets(i)
	last := len(buckets) - 1
	if last < 1 || buckets[last].Count == 0 {
		return math.NaN()
	}
	rank := q * buckets[last].Count
	at := slices.IndexFunc(buckets, func(b Bucket) bool { return b.Count >= rank })
	if at == last || at < 0 {
		return buckets[last-1].Bound
	}
	low := Bucket{}
	if at > 0 {
		low = buckets[at-1]
	} else if buckets[0].Bound <= 0 {
		return buckets[0].Bound
	}
	return low.Bound + (buckets[at].Bound-low.Bound)*(rank-low.Count)/(buckets[at].Count-low.Count)
}

// histogram returns the latency histogram of the timeframe, or nil if the answer has no
// latency.
func (c *computation) histogram() *Histogram {
	buckets := c.totals().buckets(last)
	if !c.whole || len(buckets) == 0 || slices.Contains(c.reserved, Performance) {
		return nil
	}
	sum := c.totals().total(last, "latency_seconds_sum")
	if math.IsNaN(sum) {
		return nil
	}
	return &Histogram{buckets, buckets[len(buckets)-1].Count, round(sum, seconds)}
}
