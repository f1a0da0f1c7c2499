package rest

import "time"

// Bounds of the routes' work. A request over one of the first group is refused with
// status 400 and the limit's value.
const (
	// maxPathBytes bounds the path: names in it are as long as values.
	maxPathBytes = maxValueBytes
	// maxQueryBytes bounds the query string. Grafana's server takes as much of a
	// request's line and headers together.
	maxQueryBytes = 1 << 20
	// maxQueryParams bounds the parameters in a query string, repeated ones counted each.
	// net/url has the same limit.
	maxQueryParams = 10_000
	// maxValueBytes bounds a value in a query string, and a text that is searched for. It
	// is more than a label's value has. Many a proxy takes no URL of that length.
	maxValueBytes = 64 << 10
	// maxBodyBytes bounds a request's body.
	maxBodyBytes = 1 << 20
	// maxPacksBytes bounds the text of packs to check, and maxCheckBodyBytes the body that
	// contains it: JSON writes two bytes for some, such as the end of a line.
	maxPacksBytes     = 1 << 20
	maxCheckBodyBytes = 2 * maxPacksBytes

	// maxWaitingChecks is how many checks of packs wait while another runs. Each
	// holds its text of up to 1 MiB.
	maxWaitingChecks = 4

	// defaultItems and maxItems are the length of a list in one answer, and maxOffset is
	// how far a client can page.
	defaultItems = 100
	maxItems     = 1000
	maxOffset    = 1_000_000
	// maxCounted is how many values of a parameter are fetched, so that a page can say how
	// many there are. Nobody pages further; a search narrows them.
	maxCounted = 10_000

	// maxListing is how long explain waits for live values, and maxConcurrentListings how
	// many parameters it lists them of concurrently.
	maxListing            = 5 * time.Second
	maxConcurrentListings = 4
)
