package telemetry

// Bounds of the labels' values.
const (
	// maxUID is how long a data source's uid may be, in bytes, to be a label's value:
	// as long as Grafana's own are. A longer one is replaced by a hash.
	maxUID = 40
)
