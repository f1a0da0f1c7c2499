package report

// Bounds of a report.
const (
	// MaxEndpoints bounds the endpoints of a batch.
	MaxEndpoints = 50
	// MaxIDBytes bounds an endpoint's id.
	MaxIDBytes = 200
	// maxNearest bounds the similar ids that the error of an unknown endpoint contains.
	maxNearest = 5
	// maxEvents bounds the scaling events of a report; the latest are kept.
	maxEvents = 100
	// maxConcurrent bounds the requests that a report sends concurrently. The limits of
	// the data source apply in addition.
	maxConcurrent = 4
	// maxDescription bounds the text about a request that the panel inspector shows, in bytes.
	maxDescription = 32 << 10
)
