package promapi

// Bounds of this package, beside the limits that are settings of the data source and
// those of promjson.
const (
	// maxParams and maxParamBytes bound the custom query parameters of a data source, and
	// those of a query: their number, and their text.
	maxParams     = 100
	maxParamBytes = 64 << 10

	// MaxListed is how many names, values, series or metric families a list has; what
	// else there is is left out, with TruncatedWarning. It is the default of Grafana's
	// own Prometheus data source.
	MaxListed = 40_000

	// maxListBytes is how large a list is, as JSON. A larger one is refused.
	maxListBytes = 64 << 20

	// maxRawBytes is how large an answer is that is kept as the server wrote it, in
	// several copies. A larger one is refused.
	maxRawBytes = 64 << 20

	// maxExemplars bounds one answer. A Prometheus keeps 100,000 unless it is told
	// otherwise.
	maxExemplars = 100_000

	// maxPageBytes is how much is read of a page that identifies a server.
	maxPageBytes = 1 << 20
)
