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
