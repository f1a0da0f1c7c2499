package series

import "slices"

// Joined puts the answers of one query over consecutive spans of time together: samples
// of the same labels become one series, in the order in which the series were first
// seen. The zero value is an empty matrix.
type Joined struct {
	Result
	parts int
	place map[string]int // labels -> series
	part  []int          // of each series: the part that was added last
}

// Add adds the answer over the next span, a matrix. A series that doesn't continue the
// one of the same labels, because it has the labels of another in the part or an earlier
// time, is a series of its own.
func (j *Joined) Add(part *Result) {
	if j.parts++; j.parts == 1 {
		j.Kind, j.place = Matrix, map[string]int{}
	}
	for _, s := range part.Series {
		key := s.Labels.Key()
		if at, known := j.place[key]; known && j.part[at] < j.parts && j.Series[at].precedes(s) {
			j.Series[at].extend(s)
			j.part[at] = j.parts
			continue
		}
		j.place[key] = len(j.Series)
		j.Series = append(j.Series, s)
		j.part = append(j.part, j.parts)
	}
	j.Merge(part.Notes)
	j.Stats = j.Stats.plus(part.Stats)
}

// precedes reports whether all times of next are later.
func (s *Series) precedes(next Series) bool {
	return isBefore(s.Times, next.Times) && isBefore(s.HistogramTimes, next.HistogramTimes)
}

func isBefore(times, next []int64) bool {
	return len(times) == 0 || len(next) == 0 || times[len(times)-1] < next[0]
}

// extend appends the samples of another series. Columns may be shared, so nothing is
// appended in place.
func (s *Series) extend(next Series) {
	s.Times, s.Values = slices.Concat(s.Times, next.Times), slices.Concat(s.Values, next.Values)
	s.HistogramTimes, s.Histograms = slices.Concat(s.HistogramTimes, next.HistogramTimes), slices.Concat(s.Histograms, next.Histograms)
}

// plus adds up what two parts of a query cost; nil costs nothing known.
func (s *Stats) plus(more *Stats) *Stats {
	switch {
	case s == nil:
		return more
	case more == nil:
		return s
	}
	return &Stats{Samples: s.Samples + more.Samples, PeakSamples: max(s.PeakSamples, more.PeakSamples), Seconds: s.Seconds + more.Seconds}
}
