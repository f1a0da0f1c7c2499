package promapi

import "time"

// Bounds of this package. The settings of a data source and promjson define others.
const (
	// maxParams and maxParamBytes bound the number and the total length of the custom query
	// parameters of a data source. The custom parameters of a query have the same bounds.
	maxParams     = 100
	maxParamBytes = 64 << 10

	// MaxListed bounds the number of names, values, series or metric families in a list. A
	// longer list is truncated and has TruncatedWarning. Grafana's Prometheus data source
	// has the same default.
	MaxListed = 40_000

	// maxSelectorBytes bounds the total length of the selectors of a request after the matchers
	// of access rules are added to each. The size of a PromQL expression has the same bound.
	maxSelectorBytes = 2 << 20

	// maxListBytes bounds the size of a response with a list. A longer response is an error,
	// unless the status and an element beyond Selection.Limit come within this size.
	maxListBytes = 64 << 20

	// maxRawBytes bounds the size of a response that is returned unchanged, since memory
	// contains several copies of it. A larger response is an error.
	maxRawBytes = 64 << 20

	// maxStatusBytes bounds the size of a response with the server's rules, alerts or build
	// information, which is returned unchanged. A larger response is an error.
	maxStatusBytes = 16 << 20

	// maxExemplars bounds the number of exemplars in a response. By default, Prometheus
	// stores 100,000.
	maxExemplars = 100_000

	// maxPageBytes bounds how many bytes are read of a response that identifies the server.
	maxPageBytes = 1 << 20

	// maxHeadBytes bounds how much of a JSON object is kept for an error message. The
	// bound for any other text is errortext.MaxBody.
	maxHeadBytes = 4 << 10
)

// Bounds of the retries of a request. docs/contracts/lango.md#retries defines them.
const (
	maxRateLimitRetries = 5
	maxTransientRetries = 3
	maxAlertRetries     = 1 // the scheduler soon evaluates the rule again
)

// Times for identifying a server, and for caching the result.
const (
	// identifyTimeout bounds the time that identifying the server adds to a query. It also
	// bounds each of the other requests of Capabilities.
	identifyTimeout = 3 * time.Second
	// serverTTL is the cache lifetime of an identified server. Servers are rarely replaced.
	serverTTL = 10 * time.Minute
	// unnamedTTL is the cache lifetime of a server that answers, but reports neither a name
	// nor a version.
	unnamedTTL = time.Minute
	// unansweredTTL is the cache lifetime of the result if the server didn't answer all
	// requests that identify it. It is long enough that most queries of a dashboard don't wait
	// for the server, and short enough that the server is identified soon after it is
	// available again.
	unansweredTTL = 3 * time.Second
)
