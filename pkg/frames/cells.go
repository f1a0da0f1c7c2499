package frames

import "github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"

// MostCells is how many cells a frame may have: Arrow refuses to read a file of
// more than 256 MiB, and a null takes as much of it as a number.
const MostCells = 20_000_000

// Cells is how many cells an answer has at most once it stands on one column of
// times, nulls included: a small answer has very many where every series, or
// every bound of a native histogram, was there for a moment only.
func Cells(r *series.Result) int {
	times, bounds := map[int64]struct{}{}, map[float64]struct{}{}
	columns := 0
	var last []int64
	for _, s := range r.Series {
		if len(s.Values) > 0 {
			columns++
		}
		if len(s.Times) > 0 && (len(last) != len(s.Times) || &last[0] != &s.Times[0]) {
			last = s.Times
			for _, t := range s.Times {
				times[t] = struct{}{}
			}
		}
		for i, h := range s.Histograms {
			times[s.HistogramTimes[i]] = struct{}{}
			for _, b := range h.Buckets {
				bounds[b.Upper] = struct{}{}
			}
		}
	}
	return len(times) * (columns + len(bounds))
}
