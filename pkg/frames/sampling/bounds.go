package sampling

// Bounds of exemplars. A browser draws each exemplar as an element of the page.
const (
	// maxSampled bounds the number of exemplars that series.SpreadSampler and
	// series.HighestSampler select. These samplers select a few exemplars from each step. If
	// this would be more than maxSampled in total, the steps are lengthened.
	maxSampled = 1000
	// maxAll bounds the number of exemplars that series.AllSampler selects.
	maxAll = 10_000
)
