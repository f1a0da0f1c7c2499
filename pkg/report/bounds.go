package report

// Bounds of a report.
const (
	// MaxEndpoints bounds the number of endpoints of a request.
	MaxEndpoints = 50
	// MaxIDBytes bounds the length of an endpoint's id.
	MaxIDBytes = 200
	// maxEvents bounds the number of scaling events in a report. If there are more, the
	// report contains the latest.
	maxEvents = 100
	// maxConcurrent bounds the number of requests that a report sends concurrently. The
	// limits of the data source apply in addition.
	maxConcurrent = 4
	// maxDescription bounds the size of a request's description in the panel inspector, in
	// bytes.
	maxDescription = 32 << 10
)
