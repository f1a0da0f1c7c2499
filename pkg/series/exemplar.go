package series

// Exemplar is one observation that stands for others: an application kept its
// value together with labels that lead to it, such as a trace's id.
type Exemplar struct {
	Labels Labels
	Value  float64
	Time   int64 // Unix milliseconds
}

// ExemplarSeries is a series' exemplars, in the order in which the server listed
// them.
type ExemplarSeries struct {
	Labels    Labels
	Exemplars []Exemplar
}

// ExemplarResult is one answer of query_exemplars.
type ExemplarResult struct {
	Series []ExemplarSeries
	Notes
}

// Sampler says which exemplars are shown where there are many.
type Sampler string

// The samplers.
const (
	// SpreadSampler shows, of each step, those whose values stand apart: the
	// highest, and below it each that is at some distance from the last one shown.
	// So a dense cloud is thinned, and an outlier is always there.
	SpreadSampler Sampler = "spread"
	// HighestSampler shows the highest few of each step.
	HighestSampler Sampler = "highest"
	// AllSampler shows all, as far as a browser can draw them.
	AllSampler Sampler = "all"
)

// Samplers are all of them.
var Samplers = []Sampler{SpreadSampler, HighestSampler, AllSampler}
