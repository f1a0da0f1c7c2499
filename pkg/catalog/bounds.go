package catalog

// Bounds of this package; those of the text of packs are in document.go.
const (
	// maxValueBytes bounds the values of a query's parameters together. They go into
	// several selectors, and an expression may have 2 MiB.
	maxValueBytes = 1 << 20
	// maxMatcherBytes bounds the matchers that they become. PromQL writes up to six bytes
	// for one of a value.
	maxMatcherBytes = 2 << 20
)
