package catalog

// Bounds of this package. The bounds on the YAML text of packs are in package packfile.
const (
	// maxValueBytes bounds the total size of the parameter values of a query. The values
	// are written into several selectors, and an expression is limited to 2 MiB.
	maxValueBytes = 1 << 20
	// maxMatcherBytes bounds the total size of the matchers of a query's parameters in PromQL,
	// where an escaped byte of a value takes up to four bytes, such as \x01.
	maxMatcherBytes = 2 << 20
	// maxCheckCost bounds the cost of checking the packs of one YAML text, in units of
	// Pack.checkCost. At this cost, the worst text takes about half a second to check. The
	// cost of all built-in packs together is a fraction of it.
	maxCheckCost = 3_000_000
	// maxQueryDepth bounds the depth of a query's syntax tree. It is much larger than the
	// depth of real queries. A check parses a query many times, and the time of each parse is
	// quadratic in the depth.
	maxQueryDepth = 200
)
