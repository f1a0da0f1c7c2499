package series

import "slices"

// Joined joins the results of one query over consecutive spans of time. It joins series with
// the same labels. Series are in the order of their first occurrence. The zero value is ready
// to use; the first Add makes it a matrix.
type Joined struct {
	Result
	parts    int            // number of added results (parts)
	index    map[string]int // by labels: index in Result of the last series with these labels
	lastPart []int          // for each series: number of the last part that has samples of it
}

// Add adds a matrix, which is the result of the next span. A series of the matrix extends the
// last joined series that has the same labels. In these cases, it becomes a new joined series
// instead:
//   - No joined series has its labels.
//   - An earlier series of the matrix has the same labels.
//   - The joined series doesn't precede it (see precedes).
func (j *Joined) Add(part *Result) {
	if j.parts++; j.parts == 1 {
		j.Kind, j.index = Matrix, map[string]int{}
	}
	for _, s := range part.Series {
		key := s.Labels.Key()
		if i, ok := j.index[key]; ok && j.lastPart[i] < j.parts && j.Series[i].precedes(s) {
			j.Series[i].extend(s)
			j.lastPart[i] = j.parts
			continue
		}
		j.index[key] = len(j.Series)
		j.Series = append(j.Series, s)
		j.lastPart = append(j.lastPart, j.parts)
	}
	j.Merge(part.Notes)
	j.Stats = j.Stats.plus(part.Stats)
}

// precedes reports whether all floats of next are later than the floats of s, and all
// histograms of next are later than the histograms of s.
func (s *Series) precedes(next Series) bool {
	return isBefore(s.Times, next.Times) && isBefore(s.HistogramTimes, next.HistogramTimes)
}

func isBefore(times, next []int64) bool {
	return len(times) == 0 || len(next) == 0 || times[len(times)-1] < next[0]
}

// extend appends the samples of another series. It allocates new slices, because several
// series may share the existing ones.
func (s *Series) extend(next Series) {
	s.Times, s.Values = slices.Concat(s.Times, next.Times), slices.Concat(s.Values, next.Values)
	s.HistogramTimes, s.Histograms = slices.Concat(s.HistogramTimes, next.HistogramTimes), slices.Concat(s.Histograms, next.Histograms)
}

// plus combines the statistics of two requests for one query. The result has the higher of the
// two peaks, and the sums of the other numbers. nil means that the statistics are unknown. If
// the statistics of one request are nil, plus returns those of the other.
func (s *Stats) plus(more *Stats) *Stats {
	switch {
	case s == nil:
		return more
	case more == nil:
		return s
	}
	return &Stats{Samples: s.Samples + more.Samples, PeakSamples: max(s.PeakSamples, more.PeakSamples), Seconds: s.Seconds + more.Seconds}
}
