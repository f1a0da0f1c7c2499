package plugin

// Bounds of a request of Grafana and its response.
const (
	// maxQueryBytes bounds the JSON of one query: an expression of 2 MiB and parameters
	// of 1 MiB with their escapes fit. gRPC bounds a request at 16 MiB.
	maxQueryBytes = 4 << 20
	// maxConcurrent bounds the queries of one request that run concurrently, unless
	// Grafana is configured for fewer.
	maxConcurrent = 10
	// maxVariableBytes bounds the values of a variable that lists the result of a query.
	// Each sample of a series repeats all of its labels. Other lists are bounded by the
	// decoder.
	maxVariableBytes = 64 << 20
	// maxRedirects bounds the redirects that a request follows.
	maxRedirects = 10
)

// Bounds of the data that a connection to a server buffers. With the maximum number of
// concurrent requests, Go's defaults of 10 and 4 MiB would take gigabytes.
const (
	// maxHeaderBytes bounds the headers of a response. Short headers take twenty times
	// their size in memory.
	maxHeaderBytes = 64 << 10
	// maxUnread bounds the bytes of an HTTP/2 stream that have been received but not read.
	maxUnread = 1 << 20
)
