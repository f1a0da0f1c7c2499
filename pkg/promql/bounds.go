package promql

// Bounds of this package. Every one is a limit on what a caller may send.
const (
	// maxBytes bounds an expression. A server takes as much: Go's form parser,
	// which Prometheus uses, stops at 10 MB, and encoding makes three bytes of some.
	maxBytes = 2 << 20
	// maxTokens bounds the depth of an expression's tree. The parser walks it
	// recursively, in a time that is quadratic in its depth, and a stack that
	// overflows ends the process: no recover helps.
	maxTokens = 20_000
	// maxRegexpBytes and maxRegexpSize bound the regular expressions of a query
	// together: their text, and the instructions that they compile to, which take
	// some 40 bytes each. A variable with a thousand pods, in twenty selectors, takes
	// a megabyte of either.
	maxRegexpBytes = 3 << 19
	maxRegexpSize  = 3 << 19
	// maxFilters bounds the ad-hoc filters of a query, each of which is written into
	// every selector.
	maxFilters = 100
	// maxExtraFilters bounds the selectors that ExtraFilters returns.
	maxExtraFilters = 1000
	// maxImplications bounds the work of finding the filters that follow from a
	// selector's own matchers, in steps of a regular expression's evaluation.
	maxImplications = 10_000_000
)
