package prometheusapi

// Bounds of the parameters and of the responses.
const (
	// maxSeconds bounds a UNIX timestamp: the milliseconds of a larger one overflow an int64.
	maxSeconds = 1 << 53
	// maxPerFamily bounds the number of descriptions of each metric family.
	maxPerFamily = 1000
)
