package report

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/util/teststorage"
)

// rawSeries contains the samples of a series as the TSDB stores them, including staleness
// markers.
type rawSeries struct {
	labels labels.Labels
	t      []int64
	v      []float64
}

// rawEndpoint maps the names of families to the series of an endpoint.
type rawEndpoint map[string][]*rawSeries

// readAll reads all samples of all endpoints. The keys of the map are the IDs of
// endpoints.
func readAll(t *testing.T, data *teststorage.TestStorage) map[string]rawEndpoint {
	t.Helper()
	q, err := data.Querier(math.MinInt64, math.MaxInt64)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = q.Close() }()
	endpoints := map[string]rawEndpoint{}
	set := q.Select(t.Context(), false, nil, labels.MustNewMatcher(labels.MatchRegexp, "__name__", "tensorone_endpoint_.*"))
	var it chunkenc.Iterator
	for set.Next() {
		s := set.At()
		raw := &rawSeries{labels: s.Labels()}
		it = s.Iterator(it)
		for it.Next() != chunkenc.ValNone {
			at, v := it.At()
			raw.t, raw.v = append(raw.t, at), append(raw.v, v)
		}
		id, family := raw.labels.Get("endpoint_id"), strings.TrimPrefix(raw.labels.Get("__name__"), "tensorone_endpoint_")
		if endpoints[id] == nil {
			endpoints[id] = rawEndpoint{}
		}
		endpoints[id][family] = append(endpoints[id][family], raw)
	}
	if err := set.Err(); err != nil {
		t.Fatal(err)
	}
	return endpoints
}

// within returns the samples in (from, to] that aren't staleness markers.
func (s *rawSeries) within(from, to time.Time) (times []int64, values []float64) {
	begin, _ := slices.BinarySearch(s.t, from.UnixMilli()+1)
	end, _ := slices.BinarySearch(s.t, to.UnixMilli()+1)
	for i := begin; i < end; i++ {
		if !value.IsStaleNaN(s.v[i]) {
			times, values = append(times, s.t[i]), append(values, s.v[i])
		}
	}
	return times, values
}

// growth returns a counter's increase in (from, to], computed as described in
// docs/report.md.
func (s *rawSeries) growth(from, to time.Time) float64 {
	times, values := s.within(from, to)
	n := len(times)
	if n < 2 {
		return math.NaN()
	}
	grown := values[n-1] - values[0]
	for i := 1; i < n; i++ {
		if values[i] < values[i-1] {
			grown += values[i-1]
		}
	}
	sampled := float64(times[n-1] - times[0])
	apart := sampled / float64(n-1)
	head, tail := float64(times[0]-from.UnixMilli()), float64(to.UnixMilli()-times[n-1])
	if head >= 1.1*apart {
		head = apart / 2
	}
	if tail >= 1.1*apart {
		tail = apart / 2
	}
	if grown > 0 {
		head = min(head, sampled*values[0]/grown)
	}
	return grown * (sampled + head + tail) / sampled
}

// G returns the sum of the growth of those series of a family whose labels match. If no series
// of the family has two samples, the result is NaN.
func (e rawEndpoint) G(from, to time.Time, family string, match ...string) float64 {
	return e.Gif(from, to, family, func(l labels.Labels) bool {
		for i := 0; i < len(match); i += 2 {
			if l.Get(match[i]) != match[i+1] {
				return false
			}
		}
		return true
	})
}

func (e rawEndpoint) Gif(from, to time.Time, family string, match func(labels.Labels) bool) float64 {
	sum, any := 0.0, false
	for _, s := range e[family] {
		if g := s.growth(from, to); !math.IsNaN(g) {
			any = true
			if match(s.labels) {
				sum += g
			}
		}
	}
	if !any {
		return math.NaN()
	}
	return sum
}

// gauge returns the values in (from, to] of the first gauge that matches and has values
// there.
func (e rawEndpoint) gauge(from, to time.Time, family string, match ...string) []float64 {
	for _, s := range e[family] {
		if len(match) == 2 && s.labels.Get(match[0]) != match[1] {
			continue
		}
		if _, values := s.within(from, to); len(values) > 0 {
			return values
		}
	}
	return nil
}

// at returns the value of the first series that matches and has a value at a time. A series
// has a value if its last sample is less than 5 minutes old and isn't a staleness marker. If
// no series has a value, the result is NaN.
func (e rawEndpoint) at(t time.Time, family string, match ...string) float64 {
	for _, s := range e[family] {
		if len(match) == 2 && s.labels.Get(match[0]) != match[1] {
			continue
		}
		i, found := slices.BinarySearch(s.t, t.UnixMilli())
		if !found {
			i--
		}
		if i >= 0 && s.t[i] > t.Add(-5*time.Minute).UnixMilli() && !value.IsStaleNaN(s.v[i]) {
			return s.v[i]
		}
	}
	return math.NaN()
}

func avgOf(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values)) // NaN without values
}

func maxOf(values []float64) float64 {
	most := math.NaN()
	for _, v := range values {
		if !(v <= most) {
			most = v
		}
	}
	return most
}

func minOf(values []float64) float64 {
	least := math.NaN()
	for _, v := range values {
		if !(v >= least) {
			least = v
		}
	}
	return least
}

// Q returns a quantile of the latency histogram.
func (e rawEndpoint) Q(from, to time.Time, p float64) float64 {
	var cumulative [15]float64
	for i, bound := range latencyBounds {
		cumulative[i] = e.G(from, to, "latency_seconds_bucket", "le", le(bound))
		if i > 0 {
			cumulative[i] = max(cumulative[i], cumulative[i-1])
		}
	}
	total := cumulative[14]
	if !(total > 0) {
		return math.NaN()
	}
	for i, bound := range latencyBounds {
		if cumulative[i] < p*total {
			continue
		}
		if math.IsInf(bound, 1) {
			return latencyBounds[13]
		}
		low, below := 0.0, 0.0
		if i > 0 {
			low, below = latencyBounds[i-1], cumulative[i-1]
		}
		return low + (bound-low)*(p*total-below)/(cumulative[i]-below)
	}
	return math.NaN()
}
