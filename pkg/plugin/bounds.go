package plugin

import "time"

// Bounds of a request from Grafana and its response.
const (
	// maxQueryBytes bounds the size of the JSON of one query. It is enough for an expression
	// of 2 MiB and parameters of 1 MiB with some escapes. gRPC limits a request to 16 MiB.
	maxQueryBytes = 4 << 20
	// maxConcurrent bounds the number of queries of one request that run concurrently.
	// Grafana's configuration can lower this number.
	maxConcurrent = 10
	// maxVariableBytes bounds the total size of the values of a variable that lists the
	// result of a query. Each sample becomes a value that contains all labels of its series.
	// The decoder of responses bounds the values of other variables.
	maxVariableBytes = 64 << 20
	// maxAdmissionProblems bounds the number of problems in an error of Admission. The error
	// means that settings can't be saved, because their access rules have problems.
	maxAdmissionProblems = 10
	// maxNames bounds the number of series of an info metric from which names are read. The
	// values of other series have no names.
	maxNames = 10_000
	// maxNameTime bounds the time that a query waits for names.
	maxNameTime = 2 * time.Second
	// nameAge is the time for which names are kept, and nameStep the accuracy of the time range
	// in which they are looked up.
	nameAge  = 30 * time.Second
	nameStep = 5 * time.Minute
	// maxKeptNames and maxKeptNameBytes bound the names that the process keeps: the number of
	// lookups, which differ by data source, caller, label and time range, and the total size.
	maxKeptNames     = 500
	maxKeptNameBytes = 16 << 20
	// maxRedirects bounds the number of redirects that a request to the server follows.
	maxRedirects = 10
)

// Bounds of the data that a connection to a server buffers. With the maximum number of
// concurrent requests, Go's defaults of 10 MiB and 4 MiB would take gigabytes.
const (
	// maxHeaderBytes bounds the size of a response's headers. In memory, short headers take
	// twenty times this size.
	maxHeaderBytes = 64 << 10
	// maxUnread bounds the number of bytes of an HTTP/2 stream that are received but not yet
	// read. At a round-trip time of 10 ms, a stream transfers up to 25 MiB per second.
	maxUnread = 256 << 10
)
