package reportframes

// Bounds of frames.
const (
	// maxNotices bounds the number of texts that one notice joins.
	maxNotices = 10
	// maxName bounds the length of a series name in bytes, because a legend can repeat long
	// labels.
	maxName = 1 << 10
)
