package plugin

// Bounds on a request of Grafana's and its answers.
const (
	// maxQueryBytes bounds the JSON of one query: an expression of 2 MiB and parameters
	// of 1 MiB with their escapes fit. gRPC bounds a request at 16 MiB.
	maxQueryBytes = 4 << 20
	// maxConcurrent bounds the queries of one request that run concurrently, unless
	// Grafana is configured for fewer.
	maxConcurrent = 10
	// maxLogged bounds an expression or a name in the log, in characters.
	maxLogged = 500
	// maxVariableBytes bounds the values of a variable that lists the result of a query:
	// each sample of a series repeats all of its labels. Other lists are bounded where
	// they are decoded.
	maxVariableBytes = 64 << 20
	// maxRedirects bounds the redirects that a request follows.
	maxRedirects = 10
)

// Bounds on what a connection to a server takes before anybody reads it. With as many
// requests in flight as there may be, Go's defaults of 10 and 4 MiB are gigabytes.
const (
	// maxHeaderBytes bounds the headers of a response, which take twenty times their
	// size where they are short.
	maxHeaderBytes = 64 << 10
	// maxUnread bounds the bytes that a server sends over HTTP/2 ahead of their reader.
	maxUnread = 1 << 20
)
