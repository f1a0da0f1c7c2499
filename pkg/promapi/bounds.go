package promapi

// Bounds of this package.
const (
	// maxParams and maxParamBytes bound the custom query parameters of a data source, and
	// those of a query: their number, and their text.
	maxParams     = 100
	maxParamBytes = 64 << 10
)
