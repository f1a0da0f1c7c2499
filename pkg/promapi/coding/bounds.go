package coding

import "github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/errortext"

// Bounds of the content codings of a response.
const (
	// maxCodings bounds the number of codings of a response. Servers apply one; a proxy may
	// add another.
	maxCodings = 2
	// maxZstdWindow bounds the size of the zstd window, in bytes. RFC 9659 allows up to 8 MiB.
	maxZstdWindow = 8 << 20
	// maxZstdBlock estimates the memory that a zstd decoder uses in addition to its window.
	maxZstdBlock = 1 << 20
	// maxRecordedBytes bounds the number of encoded bytes that are kept until a decoder
	// returns decoded bytes or an error. Decoders read a few KiB before they return any.
	maxRecordedBytes = errortext.MaxBody
)
