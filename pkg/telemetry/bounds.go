package telemetry

// Bounds of the labels' values.
const (
	// maxUID bounds the uid of a data source as a label's value, in bytes. It is Grafana's
	// own limit. A longer uid is replaced by its hash.
	maxUID = 40
)
