package frames

// Bounds on texts, which a caller's template multiplies by the series of an answer.
const (
	maxFilled = 1 << 10 // bytes of a series' name, or of a template that is filled in; the rest is cut
	maxTags   = 100     // of an annotation; the others are left out
)
