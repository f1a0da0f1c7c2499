package reportframes

// Bounds of frames.
const (
	// maxNotices bounds the notes about absent values in the notice of a result.
	maxNotices = 10
	// maxName bounds the name of a series, which a legend can extend by labels, in bytes.
	maxName = 1 << 10
)
