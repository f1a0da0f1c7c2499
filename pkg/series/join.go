package series

import "slices"

// Join puts the answers of one query over consecutive stretches of time together:
// samples of the same labels become one series, in the order in which the series
// were first seen. parts must be matrices without a time in common.
func Join(parts []*Result) *Result {
	joined := &Result{Kind: Matrix}
	place := map[string]int{}
	for _, part := range parts {
		for _, s := range part.Series {
			key := s.Labels.Key()
			at, known := place[key]
			if !known {
				place[key] = len(joined.Series)
				joined.Series = append(joined.Series, s)
				continue
			}
			whole := &joined.Series[at]
			// Columns may be shared, so nothing is appended in place.
			whole.Times = slices.Concat(whole.Times, s.Times)
			whole.Values = slices.Concat(whole.Values, s.Values)
			whole.HistogramTimes = slices.Concat(whole.HistogramTimes, s.HistogramTimes)
			whole.Histograms = slices.Concat(whole.Histograms, s.Histograms)
		}
		joined.Merge(part.Notes)
		joined.Stats = joined.Stats.plus(part.Stats)
	}
	return joined
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
