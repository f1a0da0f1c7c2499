package responses

// Names of the answers that decoders are timed on.
const (
	SeventeenDigits  = "17-digit floats"
	SixDigits        = "integers up to 6 digits"
	RaggedGrids      = "ragged grids"
	ManySeries       = "10,000 series × 24"
	InstantVector    = "vector of 10,000"
	NativeHistograms = "native histograms"
)

// Measured are the answers that decoders are timed on: a few MiB each.
func Measured() []Response {
	return []Response{
		Matrix(SeventeenDigits, 100, 1000, Floats),
		Matrix(SixDigits, 100, 1000, Integers),
		Ragged(RaggedGrids, 100, 1000, Floats),
		Matrix(ManySeries, 10_000, 24, Floats),
		Vector(InstantVector, 10_000, Floats),
		Histograms(NativeHistograms, 20, 100, 20),
	}
}

// Large is what the compiled plugins are asked for: 79 MiB of JSON.
func Large() Response { return Matrix("large", LargeSeries, LargePoints, Floats) }

// The size of Large.
const (
	LargeSeries = 10_000
	LargePoints = 240
)
