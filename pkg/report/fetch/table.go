package fetch

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// Intervals are N consecutive intervals of length Step. The last one ends at End.
type Intervals struct {
	End  time.Time
	Step time.Duration
	N    int
}

// At returns the end of the interval i.
func (in Intervals) At(i int) time.Time { return in.End.Add(-time.Duration(in.N-1-i) * in.Step) }

// From returns the beginning of the interval i.
func (in Intervals) From(i int) time.Time { return in.At(i).Add(-in.Step) }

// Column is a series of a field: it has a value for each interval, or NaN if the value is
// absent.
type Column struct {
	Labels series.Labels
	Values []float64
}

// Table contains the series of each field for one endpoint, by the key of the field.
type Table map[string][]Column

// Decode returns a table for each endpoint in an answer, by the endpoint's id.
func Decode(result *series.Result, g Intervals) map[string]Table {
	tables := map[string]Table{}
	first := g.At(0)
	for _, s := range result.Series {
		values := make([]float64, g.N)
		for i := range values {
			values[i] = math.NaN()
		}
		for i, ms := range s.Times {
			if g.N == 1 {
				values[0] = s.Values[i]
				continue
			}
			at := (ms - first.UnixMilli()) / g.Step.Milliseconds()
			if ms >= first.UnixMilli() && at < int64(g.N) {
				values[at] = s.Values[i]
			}
		}
		id, key := s.Labels.Get(EndpointLabel), s.Labels.Get(fieldLabel)
		if tables[id] == nil {
			tables[id] = Table{}
		}
		tables[id][key] = append(tables[id][key], Column{s.Labels, values})
	}
	return tables
}

// Where matches series by the value of a label.
func Where(label, value string) func(series.Labels) bool {
	return func(l series.Labels) bool { return l.Get(label) == value }
}

// All matches every series.
func All(series.Labels) bool { return true }

// Sum returns the sum of the values that the matching series of a field have in an interval.
// It returns NaN if no series of the field has a value, and 0 if only other series have one.
func (t Table) Sum(i int, key string, match func(series.Labels) bool) float64 {
	total, found := 0.0, false
	for _, c := range t[key] {
		v := c.Values[i]
		if math.IsNaN(v) {
			continue
		}
		found = true
		if match(c.Labels) {
			total += v
		}
	}
	if !found {
		return math.NaN()
	}
	return total
}

// Total is Sum over all series of a field.
func (t Table) Total(i int, key string) float64 { return t.Sum(i, key, All) }

// Label returns the value of a label of the first series of a field that has a sample in an
// interval. It returns false if there is no such series.
func (t Table) Label(i int, key, name string) (string, bool) {
	for _, c := range t[key] {
		if !math.IsNaN(c.Values[i]) {
			return c.Labels.Get(name), true
		}
	}
	return "", false
}

// Buckets returns the buckets of the latency histogram of an interval, sorted by bound. Their
// counts never decrease. It returns nil if there is no bucket +Inf.
func (t Table) Buckets(i int) []Bucket {
	var buckets []Bucket
	for _, c := range t[LatencyBuckets] {
		bound, err := strconv.ParseFloat(strings.TrimSpace(c.Labels.Get("le")), 64)
		if err == nil && !math.IsNaN(c.Values[i]) {
			buckets = append(buckets, Bucket{bound, c.Values[i]})
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

// Quantile returns a quantile of the latency histogram as PromQL's histogram_quantile
// does. It returns NaN if there is no histogram or there were no requests.
func (t Table) Quantile(i int, q float64) float64 {
	buckets := t.Buckets(i)
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

// Bucket is a bucket of the latency histogram: its upper bound in seconds, and the number of
// requests up to this bound.
type Bucket struct{ Bound, Count float64 }
