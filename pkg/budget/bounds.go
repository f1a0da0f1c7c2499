package budget

import "time"

// Bounds of a process and of one data source in it. A data source has about half
// of what the process has, so that a hostile one leaves room for the others.
const (
	// memoryPerByte estimates the memory that a byte of an answer's JSON takes until
	// its frames are sent: columns, then Arrow, then the message. A sample has some 20
	// bytes of JSON and takes 48 bytes, besides what the collector hasn't freed yet.
	memoryPerByte = 3
	// uncounted is the memory that each request may take without a share. Requests in
	// flight are bounded, so this is too.
	uncounted = 3 << 19
	// maxSmall is the most that a request takes of the memory for small answers. One
	// that needs more is large: it waits until no other large one is in memory.
	maxSmall = 16 << 20

	processSmall = 384 << 20 // memory of all small answers
	sourceSmall  = 192 << 20
	// processWaiting and sourceWaiting bound the large answers that wait. Each keeps a
	// connection to its server, and up to maxSmall of memory.
	processWaiting = 24
	sourceWaiting  = 12

	// processRequests and sourceRequests bound the requests to servers in flight.
	// Prometheus itself evaluates 20 queries at a time unless it is configured
	// otherwise.
	processRequests = 256
	sourceRequests  = 32
	// processAlerts and sourceAlerts are the requests of alert rules in flight, beside
	// those: a server that answers no panel doesn't keep its alerts waiting.
	processAlerts = 128
	sourceAlerts  = 16

	// Retries per second in any case, how many at once after a quiet time, and how many
	// requests make room for one more.
	processRetries, processRetryBurst = 20, 200
	sourceRetries, sourceRetryBurst   = 2, 20
	requestsPerRetry                  = 5

	// longInput is the size in bytes from which an input takes the turn of long ones
	// to be parsed. A shorter one can hold regular expressions of some 10 MiB.
	longInput = 2 << 10
	// shortTurns and longTurns bound how many inputs are parsed at a time.
	shortTurns = 4
	longTurns  = 1
	// maxTurnWait is how long an input waits for its turn.
	maxTurnWait = 20 * time.Second

	// peak is memory beyond what is usually in use that is worth returning to the
	// operating system; quiet is how little is allocated in an interval after which
	// that isn't taken away from anybody.
	peak     = 64 << 20
	quiet    = 32 << 20
	interval = 5 * time.Second
)
