package promql

// Bounds of what a caller may send.
const (
	// maxBytes bounds an expression. Prometheus reads forms of up to 10 MB, and a byte of
	// the expression can take three bytes in a form.
	maxBytes = 2 << 20
	// maxTokens bounds the depth of an expression's tree. The parser visits the tree
	// recursively, in a time that is quadratic in its depth. A stack overflow ends the
	// process; it can't be recovered from.
	maxTokens = 20_000
	// maxRegexpBytes and maxRegexpSize bound all regular expressions of a query together:
	// their text, and the instructions that they compile to, of about 40 bytes each. A
	// variable with a thousand pods in twenty selectors has about a million of each.
	maxRegexpBytes = 3 << 19
	maxRegexpSize  = 3 << 19
	// maxFilters bounds the ad-hoc filters of a query. Each is added to every selector.
	maxFilters = 100
	// maxExtraFilters bounds the selectors that ExtraFilters returns.
	maxExtraFilters = 1000
	// maxImplicationSteps bounds the search for filters that are implied by the matchers of
	// the selectors, in steps of the evaluation of regular expressions.
	maxImplicationSteps = 10_000_000
)
