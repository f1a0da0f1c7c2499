package rest

import "time"

// Bounds of requests and responses. A request that exceeds a bound of the first group fails
// with status 400.
const (
	// maxPathBytes bounds the length of the path, including the names in it.
	maxPathBytes = maxValueBytes
	// maxQueryBytes bounds the length of the query string. Grafana's server has the same
	// limit for the request line and the headers together.
	maxQueryBytes = 1 << 20
	// maxQueryParams bounds the number of parameters in a query string. A repeated parameter
	// counts each time. net/url has the same limit.
	maxQueryParams = 10_000
	// maxValueBytes bounds the length of a search text and of each value in a query string.
	// Real label values are shorter, and many proxies reject URLs of this length.
	maxValueBytes = 64 << 10
	// maxBodyBytes bounds the size of a request's body.
	maxBodyBytes = 1 << 20
	// maxFormBytes bounds the size of a body with the parameters of a route of Prometheus.
	// Percent-encoding can double the size of an expression or more.
	maxFormBytes = 2 << 20
	// maxPacksBytes bounds the size of the YAML text of the packs to check.
	// maxCheckBodyBytes bounds the size of the body with this text: JSON encodes some
	// characters, such as line feeds, in two bytes.
	maxPacksBytes     = 1 << 20
	maxCheckBodyBytes = 2 * maxPacksBytes

	// maxWaitingChecks bounds the number of checks of packs that wait while a check of the
	// same data source runs. If the running check is of another data source, one more check
	// may wait. Each waiting check keeps a text of up to 1 MiB in memory. The same bound
	// applies to the checks and explanations of access rules, which are counted separately.
	maxWaitingChecks = 4

	// defaultItems and maxItems are the default and the maximum number of items in a page.
	// maxOffset is the maximum offset of a page.
	defaultItems = 100
	maxItems     = 1000
	maxOffset    = 1_000_000
	// maxCounted bounds the number of values of a parameter that are listed and counted. If
	// there are more values, a page doesn't contain their total number.
	maxCounted = 10_000

	// An explanation of a metric lists the values that the metric's parameters have in
	// Prometheus. maxListing bounds the time for requesting the values of all parameters.
	// maxConcurrentListings bounds the number of parameters whose values are requested
	// concurrently.
	maxListing            = 5 * time.Second
	maxConcurrentListings = 4

	// maxPiece bounds the part of a response that is sent in one message. A larger part saves
	// little time.
	maxPiece = 1 << 20

	// maxAcceptBytes bounds the length of the header Accept of a request for a report.
	maxAcceptBytes = 8 << 10
	// reportAge is the time for which a report is cached. maxKeptReports and maxKeptBytes
	// bound the number and the total size of the cached reports of all data sources.
	// maxKeptAnswer bounds the size of one cached report.
	reportAge      = 5 * time.Minute
	maxKeptReports = 500
	maxKeptBytes   = 32 << 20
	maxKeptAnswer  = 4 << 20
	// reportWindow is the period in which the requests of a user for reports are counted.
	// maxReportUsers bounds the number of users of a data source whose requests are counted.
	reportWindow   = time.Hour
	maxReportUsers = 10_000
)
