package series

// Exemplar is a single observation with labels that identify it, such as the id of a trace.
type Exemplar struct {
	Labels Labels
	Value  float64
	Time   int64 // Unix milliseconds
}

// ExemplarSeries contains the exemplars of a series in the order in which the server sent
// them.
type ExemplarSeries struct {
	Labels    Labels
	Exemplars []Exemplar
}

// ExemplarResult is a result of the endpoint query_exemplars of the Prometheus API.
type ExemplarResult struct {
	Series []ExemplarSeries
	Notes
}

// Sampler is a method of selecting exemplars if there are many.
type Sampler string

// The samplers.
const (
	// SpreadSampler selects the exemplar with the highest value of each step. Of the other
	// exemplars of the step, in descending order, it selects each one that is lower than the
	// previously selected one by more than a certain distance. This thins out dense clouds
	// and keeps outliers.
	SpreadSampler Sampler = "spread"
	// HighestSampler selects a few exemplars of each step: those with the highest values.
	HighestSampler Sampler = "highest"
	// AllSampler selects all exemplars, up to the number that a browser can draw.
	AllSampler Sampler = "all"
)

// Samplers contains all samplers.
var Samplers = []Sampler{SpreadSampler, HighestSampler, AllSampler}
