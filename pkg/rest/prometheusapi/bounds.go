package prometheusapi

// Bounds of the parameters and of the responses.
const (
	// maxPoints bounds the number of steps of a range. Prometheus has the same limit.
	maxPoints = 11_000
	// maxSeconds bounds a UNIX timestamp: the milliseconds of a larger one overflow an int64.
	maxSeconds = 1 << 53
	// maxPerFamily bounds the number of descriptions of each metric family.
	maxPerFamily = 1000
)
