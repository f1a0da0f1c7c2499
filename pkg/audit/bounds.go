package audit

import "time"

// Bounds of the events in memory.
const (
	// MaxEvents is the maximum number of events of a data source that are kept in memory.
	MaxEvents = 10_000
	// maxBytes bounds the size of these events. maxProcessBytes bounds the size of the events
	// of all data sources. Each data source has an equal share of maxProcessBytes.
	maxBytes        = 8 << 20
	maxProcessBytes = 64 << 20
	// eventOverhead is the size of an event without its texts, in bytes.
	eventOverhead = 192

	// maxName bounds the short texts of an event, such as the actor, in bytes. maxText bounds
	// each of the others: the target, the message and the matchers.
	maxName = 200
	maxText = 1 << 10
	// maxMasked bounds the text in which credentials are masked, in bytes. The rest of a
	// longer text is cut.
	maxMasked = 8 << 10
)

// Bounds of the export over OTLP.
const (
	// maxQueued bounds the number of events that wait to be exported. Further events are
	// dropped. The bounds of the size of the events in memory, above, also apply to the
	// events that wait.
	maxQueued = 4096
	// maxBatch bounds the number of events in a request. maxRequestBytes bounds the size of
	// the request, and maxResponseBytes the size of the response.
	maxBatch         = 512
	maxRequestBytes  = 4 << 20
	maxResponseBytes = 64 << 10
	// exportInterval is the time after which a batch that isn't full is exported.
	exportInterval = time.Second
	// requestTimeout bounds the time of a request. A request that fails for a temporary reason
	// is repeated for at most exportTimeout. If it still fails, its events are dropped.
	requestTimeout = 10 * time.Second
	exportTimeout  = time.Minute
	// checkTimeout bounds how long a health check waits for an export.
	checkTimeout = 5 * time.Second
	// closeTimeout bounds the time in which Close exports the remaining events. Grafana kills
	// a plugin that doesn't stop within 2 seconds.
	closeTimeout = 1500 * time.Millisecond

	// maxEndpoint bounds the URL of the endpoint, and maxToken the token, in bytes.
	maxEndpoint = 4 << 10
	maxToken    = 16 << 10
)
