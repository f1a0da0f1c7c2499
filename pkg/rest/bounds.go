package rest

import "time"

// Bounds of requests and responses. A request that exceeds a bound of the first group fails
// with status 400.
const (
	// maxPathBytes bounds the path. The names in it may be as long as values.
	maxPathBytes = maxValueBytes
	// maxQueryBytes bounds the query string. Grafana's server has the same limit for the
	// request line and the headers together.
	maxQueryBytes = 1 << 20
	// maxQueryParams bounds the parameters in a query string, where a repeated one counts
	// each time. net/url has the same limit.
	maxQueryParams = 10_000
	// maxValueBytes bounds a value in a query string, and a search text. Label values are
	// shorter, and many proxies reject URLs of this length.
	maxValueBytes = 64 << 10
	// maxBodyBytes bounds a request's body.
	maxBodyBytes = 1 << 20
	// maxPacksBytes bounds the text of packs to check, and maxCheckBodyBytes the body with
	// the text. JSON encodes some characters, such as line feeds, in two bytes.
	maxPacksBytes     = 1 << 20
	maxCheckBodyBytes = 2 * maxPacksBytes

	// maxWaitingChecks bounds the checks of packs that wait for the running one. Each
	// keeps a text of up to 1 MiB in memory.
	maxWaitingChecks = 4

	// defaultItems and maxItems bound the items of a page, and maxOffset bounds the offset
	// of a page.
	defaultItems = 100
	maxItems     = 1000
	maxOffset    = 1_000_000
	// maxCounted bounds the values of a parameter that are requested from the server. A
	// page contains the total up to this number.
	maxCounted = 10_000

	// maxListing bounds the time for which explain waits for live values, and
	// maxConcurrentListings the parameters whose values it requests concurrently.
	maxListing            = 5 * time.Second
	maxConcurrentListings = 4

	// maxAcceptBytes bounds the header Accept of a request for a report.
	maxAcceptBytes = 8 << 10
	// reportAge is the time for which a report is kept. maxKeptReports and maxKeptBytes
	// bound the reports of all data sources that are kept, and maxKeptAnswer the bytes of
	// one.
	reportAge      = 5 * time.Minute
	maxKeptReports = 500
	maxKeptBytes   = 32 << 20
	maxKeptAnswer  = 4 << 20
	// reportWindow is the time over which the reports of a user are counted, and
	// maxReportUsers bounds the users of a data source that are counted.
	reportWindow   = time.Hour
	maxReportUsers = 10_000
)
