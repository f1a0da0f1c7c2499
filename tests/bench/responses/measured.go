package responses

// Names of the responses with which the decoders are measured.
const (
	SeventeenDigits  = "17-digit floats"
	SixDigits        = "integers up to 6 digits"
	RaggedTimes      = "different timestamps"
	ManySeries       = "10,000 series × 24"
	InstantVector    = "vector of 10,000"
	NativeHistograms = "native histograms"
)

// Measured returns the responses with which the decoders are measured. Each has a few
// MiB.
func Measured() []Response {
	return []Response{
		Matrix(SeventeenDigits, 100, 1000, Floats),
		Matrix(SixDigits, 100, 1000, Integers),
		Ragged(RaggedTimes, 100, 1000, Floats),
		Matrix(ManySeries, 10_000, 24, Floats),
		Vector(InstantVector, 10_000, Floats),
		Histograms(NativeHistograms, 20, 100, 20),
	}
}

// Large returns the response with which the compiled plugins are measured. It has 79 MiB
// of JSON.
func Large() Response { return Matrix("large", LargeSeries, LargePoints, Floats) }

// The size of Large.
const (
	LargeSeries = 10_000
	LargePoints = 240
)
