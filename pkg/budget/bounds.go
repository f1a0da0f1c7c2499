package budget

import "time"

// Limits of the process and of each data source. A data source's limit is at most half of the
// process's limit, so that no data source can use up the limit of the process.
const (
	// memoryPerByte estimates how many bytes of memory each byte of a response's JSON takes
	// until the frames are sent. The memory contains the columns, the Arrow encoding and the
	// gRPC message. A sample has about 20 bytes of JSON and takes 16 bytes in each of the three.
	memoryPerByte = 3
	// uncounted is the memory that the responses for one request from Grafana may use before
	// they count towards processSmall and sourceSmall.
	uncounted = 256 << 10
	// block is the minimum number of bytes of a single acquisition of memory for small
	// responses. A response is read in many short pieces. Without the minimum, each piece
	// would acquire memory.
	block = 256 << 10
	// maxSmall is the maximum number of bytes that a request may acquire of the memory for
	// small responses. A request that needs more becomes large. Only one request at a time is
	// large; the others wait.
	maxSmall = 16 << 20

	// processSmall and sourceSmall limit the memory of all small responses. The first
	// guaranteedSmall bytes of a data source don't count towards the limit of the process.
	processSmall    = 384 << 20
	sourceSmall     = 192 << 20
	guaranteedSmall = 8 << 20
	// ChunkMemory is an estimate of the memory for encoding and sending the chunks of one
	// response.
	ChunkMemory = 1 << 20
	// maxOutgoing limits the memory of responses to Grafana that have not yet been sent.
	// Above the limit, a request that needs more memory for small responses becomes large, and
	// a request that becomes large waits until enough responses have been sent.
	maxOutgoing = 64 << 20
	// processWaiting and sourceWaiting limit the number of large responses that wait for
	// memory. A waiting response keeps a connection open and up to maxSmall bytes in memory.
	processWaiting = 24
	sourceWaiting  = 12

	// processRequests and sourceRequests limit the number of requests in flight to servers.
	// By default, a Prometheus server evaluates 20 queries concurrently. The first
	// guaranteedRequests requests of a data source don't wait for other data sources.
	processRequests    = 256
	sourceRequests     = 32
	guaranteedRequests = 8
	// processAlerts and sourceAlerts are separate limits for the requests of alert rules,
	// which don't count towards processRequests and sourceRequests.
	processAlerts    = 128
	sourceAlerts     = 16
	guaranteedAlerts = 4

	// maxUndivided is the maximum size of a response that is decoded immediately, without
	// waiting for one of the decodingTurns. Decoding it takes about a millisecond.
	maxUndivided = 128 << 10

	// minCounted is the minimum size of a request from Grafana that is counted. The request
	// of a usual panel has a few KiB.
	minCounted = 64 << 10
	// processInputs and sourceInputs limit the total size of the counted requests that have
	// been received completely and not yet answered.
	processInputs = 128 << 20
	sourceInputs  = 64 << 20

	// Limits of retries: the number per second and the number in a burst. In addition, one
	// retry is permitted for every requestsPerRetry requests.
	processRetries, processRetryBurst = 20, 200
	sourceRetries, sourceRetryBurst   = 2, 20
	requestsPerRetry                  = 5

	// maxShortInput is the maximum size of a short input, such as the JSON of a query, in bytes.
	// The compiled regular expressions of a short input can take about a MiB.
	maxShortInput = 2 << 10
	// shortTurns and longTurns limit the number of short and long inputs that are parsed
	// concurrently.
	shortTurns = 4
	longTurns  = 1
	// maxTurnWait limits how long an input waits to be parsed.
	maxTurnWait = 20 * time.Second

	// Once every interval, ReturnMemory checks whether to return unused memory to the
	// operating system. It returns memory if the size of the process's memory exceeds an earlier
	// size by more than peak bytes, and if less than quiet bytes were allocated since the last
	// check. The earlier size is the size after the last return of memory. If that return was
	// more than againAfter intervals ago, the earlier size is the smallest size after any
	// return or at the start. Before the first return, it is the size at the start.
	peak       = 64 << 20
	quiet      = 32 << 20
	interval   = 5 * time.Second
	againAfter = 4

	// restoreDelay is how long GOMAXPROCS remains doubled after the last time that several
	// requests were in progress. Each change of GOMAXPROCS stops all goroutines briefly.
	restoreDelay = 5 * time.Second
)
