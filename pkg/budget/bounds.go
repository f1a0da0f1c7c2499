package budget

import "time"

// Limits of the process and of each data source. A limit of a data source is at most half
// of that of the process, so that no data source can use up the limit of the process.
const (
	// memoryPerByte estimates the bytes of memory for each byte of a response's JSON until
	// the frames are sent: the columns, then the Arrow encoding, then the gRPC message. A
	// sample of about 20 bytes of JSON takes 48 bytes.
	memoryPerByte = 3
	// uncounted is the memory that the responses to each request may use without a share.
	// The limits on requests in flight also limit this memory.
	uncounted = 256 << 10
	// block is the smallest share, so that shares are rarely acquired.
	block = 256 << 10
	// maxSmall is the maximum share of a request in the memory for small responses. A
	// request that needs more is large: it waits until no other large request is in memory.
	maxSmall = 16 << 20

	// processSmall and sourceSmall limit the memory of all small responses. The first
	// guaranteedSmall bytes of a data source don't count towards the limit of the process.
	processSmall    = 384 << 20
	sourceSmall     = 192 << 20
	guaranteedSmall = 8 << 20
	// ChunkMemory is the memory for sending the chunks of one response. gRPC copies each
	// chunk of more than 32 KiB to a buffer of 1 MiB.
	ChunkMemory = 1 << 20
	// maxOutgoing limits the memory of responses to Grafana that have not yet been sent.
	// Above the limit, no further large response is read, and a small response becomes large
	// when it needs memory from the budget.
	maxOutgoing = 64 << 20
	// processWaiting and sourceWaiting limit the number of large responses that wait for
	// memory. A waiting response keeps a connection open and up to maxSmall bytes in memory.
	processWaiting = 24
	sourceWaiting  = 12

	// processRequests and sourceRequests limit the requests to servers in flight. By
	// default, Prometheus evaluates 20 queries concurrently. The first guaranteedRequests
	// requests of a data source don't wait for other data sources.
	processRequests    = 256
	sourceRequests     = 32
	guaranteedRequests = 8
	// processAlerts and sourceAlerts limit the requests of alert rules in flight, in
	// addition to those of panels.
	processAlerts    = 128
	sourceAlerts     = 16
	guaranteedAlerts = 4

	// maxUndivided is the maximum size of a response that is decoded immediately, without
	// waiting for one of the decodingTurns. Its decoding takes about a millisecond.
	maxUndivided = 128 << 10

	// minCounted is the minimum size of a request from Grafana that is counted. The request
	// of a usual panel has a few KiB.
	minCounted = 64 << 10
	// processInputs and sourceInputs limit the total size of the requests from Grafana that
	// have been received completely and not yet answered.
	processInputs = 128 << 20
	sourceInputs  = 64 << 20

	// Retries per second, the size of a burst, and the number of requests that
	// permit one more retry.
	processRetries, processRetryBurst = 20, 200
	sourceRetries, sourceRetryBurst   = 2, 20
	requestsPerRetry                  = 5

	// maxShortInput is the maximum size of a short input, such as the JSON of a query, in bytes.
	// The compiled regular expressions of a short input can take about 10 MiB.
	maxShortInput = 2 << 10
	// shortTurns and longTurns limit the number of short and long inputs that are parsed
	// concurrently.
	shortTurns = 4
	longTurns  = 1
	// maxTurnWait limits how long an input waits to be parsed.
	maxTurnWait = 20 * time.Second

	// Unused memory is returned to the operating system when the memory of the process
	// exceeds its size after the last return by more than peak bytes, and less than quiet
	// bytes were allocated during the last interval. After againAfter intervals, the memory
	// is compared with the smallest size after any return instead.
	peak       = 64 << 20
	quiet      = 32 << 20
	interval   = 5 * time.Second
	againAfter = 4
)
