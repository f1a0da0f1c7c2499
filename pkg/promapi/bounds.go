package promapi

import (
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/errortext"
)

// Bounds of this package. The settings of a data source and promjson define others.
const (
	// maxParams and maxParamBytes bound the number and the text of the custom query
	// parameters of a data source, and those of a query.
	maxParams     = 100
	maxParamBytes = 64 << 10

	// MaxListed bounds the names, values, series or metric families of a list. A longer
	// list is cut and has TruncatedWarning. Grafana's Prometheus data source has the same
	// default.
	MaxListed = 40_000

	// maxListBytes bounds the JSON of a list. A larger one is an error.
	maxListBytes = 64 << 20

	// maxRawBytes bounds an answer that is kept as the server wrote it, in several copies.
	// A larger one is an error.
	maxRawBytes = 64 << 20

	// maxExemplars bounds the exemplars of an answer. By default, Prometheus stores
	// 100,000.
	maxExemplars = 100_000

	// maxInterim bounds the interim responses (1xx) before a response. Servers send one or
	// two.
	maxInterim = 10

	// maxPageBytes bounds the response to a request that identifies the server.
	maxPageBytes = 1 << 20

	// maxHeadBytes bounds the beginning of a JSON object that is kept for an error
	// message. errortext.MaxBody bounds that of any other text.
	maxHeadBytes = 4 << 10
)

// Bounds of the content codings of a response.
const (
	// maxCodings bounds the codings that are applied one after another. Servers apply one;
	// a proxy may add another.
	maxCodings = 2
	// maxZstdWindow bounds the window of zstd. RFC 9659 allows servers to use 8 MiB.
	maxZstdWindow = 8 << 20
	// maxZstdBlock estimates the memory that a zstd decoder uses besides its window.
	maxZstdBlock = 1 << 20
	// maxRecordedBytes bounds the encoded bytes that are kept until a decoder returns
	// decoded bytes or an error. Decoders need a few KiB.
	maxRecordedBytes = errortext.MaxBody
)

// Bounds of the retries of a request. docs/contracts/lango.md#retries defines them.
const (
	maxRateLimitRetries = 5
	maxTransientRetries = 3
	maxAlertRetries     = 1 // the scheduler soon evaluates the rule again
	minBackoff          = time.Second
	maxBackoff          = 30 * time.Second
	// maxRetryAfter bounds the header Retry-After, whose seconds could overflow a
	// time.Duration. No request waits that long.
	maxRetryAfter = 24 * time.Hour
)

// How long a client caches what it has learned about its server.
const (
	// identifyTimeout bounds the time that identifying the server adds to a query.
	identifyTimeout = 3 * time.Second
	// serverTTL applies to an identified server. It is replaced rarely.
	serverTTL = 10 * time.Minute
	// unnamedTTL applies to a server that answers without its name.
	unnamedTTL = time.Minute
	// unansweredTTL applies to a server that doesn't answer. Not every query of a
	// dashboard waits for it, and queries notice soon when it is available again.
	unansweredTTL = 3 * time.Second
)
