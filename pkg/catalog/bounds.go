package catalog

// Bounds of this package. Those of the text of packs are in package packfile.
const (
	// maxValueBytes bounds the values of a query's parameters together. They are
	// written into several selectors, and an expression is limited to 2 MiB.
	maxValueBytes = 1 << 20
	// maxMatcherBytes bounds the matchers of these values. PromQL escapes one byte of a
	// value as up to six.
	maxMatcherBytes = 2 << 20
	// maxCheckCost bounds the cost of checking one text of packs, in units of
	// Pack.checkCost. It is about half a second for a text written to be slow, and
	// several times the cost of all built-in packs.
	maxCheckCost = 3_000_000
	// maxQueryDepth bounds the depth of a metric's syntax tree, far above that of
	// written queries. Checking parses a query many times, each in time quadratic in
	// its depth.
	maxQueryDepth = 200
	// maxSearchCharacters and maxSearchWords bound the text of a search.
	maxSearchCharacters = 200
	maxSearchWords      = 10
)
