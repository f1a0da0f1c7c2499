package budget

import "time"

// Limits of a process and of a data source. Those of a data source are at most half of
// those of the process, so that one data source can't use all of it.
const (
	// memoryPerByte estimates the memory for a byte of a response's JSON until the frames
	// are sent: columns, then Arrow, then the gRPC message. A sample of some 20 bytes of
	// JSON takes 48 bytes.
	memoryPerByte = 3
	// uncounted is the memory that each request may use without a share. The number of
	// requests in flight limits it.
	uncounted = 256 << 10
	// block is the smallest share, so that shares are rarely acquired.
	block = 256 << 10
	// maxSmall is the maximum share of a request in the memory for small responses. A
	// request that needs more is large: it waits until no other large one is in memory.
	maxSmall = 16 << 20

	// processSmall and sourceSmall limit the memory of all small responses. The first
	// guaranteedSmall of a data source doesn't count for the process.
	processSmall    = 384 << 20
	sourceSmall     = 192 << 20
	guaranteedSmall = 8 << 20
	// ChunkMemory is the memory for sending the chunks of one response: gRPC copies a chunk
	// of more than 32 KiB to a buffer of 1 MiB.
	ChunkMemory = 1 << 20
	// maxOutgoing is the memory of responses to Grafana that have not been sent. Over it, no
	// further large response is read, and small ones count as large.
	maxOutgoing = 64 << 20
	// processWaiting and sourceWaiting limit the large responses that wait. Each keeps a
	// connection open, and up to maxSmall of memory.
	processWaiting = 24
	sourceWaiting  = 12

	// processRequests and sourceRequests limit the requests to servers in flight. By
	// default, Prometheus evaluates 20 queries concurrently. The first guaranteedRequests
	// of a data source don't wait for other data sources.
	processRequests    = 256
	sourceRequests     = 32
	guaranteedRequests = 8
	// processAlerts and sourceAlerts limit the requests of alert rules in flight, in
	// addition to those of panels.
	processAlerts    = 128
	sourceAlerts     = 16
	guaranteedAlerts = 4

	// maxUndivided is the size of a response that is decoded without a turn. Decoding it
	// takes a millisecond.
	maxUndivided = 128 << 10
	// decodingTurns limits the longer responses that are decoded concurrently. The other
	// CPUs remain for short ones.
	decodingTurns = 1

	// minCounted is the size of a request of Grafana from which it counts. A request of a
	// usual panel has a few KiB.
	minCounted = 64 << 10
	// processInputs and sourceInputs limit the memory of requests of Grafana that are
	// received completely, until they have been answered.
	processInputs = 128 << 20
	sourceInputs  = 64 << 20

	// Retries per second, the size of a burst, and the number of requests that
	// permit one more retry.
	processRetries, processRetryBurst = 20, 200
	sourceRetries, sourceRetryBurst   = 2, 20
	requestsPerRetry                  = 5

	// longInput is the size in bytes above which an input is long. The regular expressions
	// of a shorter one can compile to some 10 MiB.
	longInput = 2 << 10
	// shortTurns and longTurns limit the inputs that are parsed concurrently.
	shortTurns = 4
	longTurns  = 1
	// maxTurnWait limits how long an input waits to be parsed.
	maxTurnWait = 20 * time.Second

	// Memory is returned to the operating system if it exceeds the usual by peak bytes
	// and less than quiet bytes were allocated during the last interval. Memory that was
	// in use the last time is checked again after againAfter intervals.
	peak       = 64 << 20
	quiet      = 32 << 20
	interval   = 5 * time.Second
	againAfter = 4
)
