package promql

// Bounds of expressions and filters. Users and clients choose both.
const (
	// maxBytes bounds the size of an expression. Prometheus reads forms of up to 10 MB, and
	// a byte of the expression can take three bytes in a form.
	maxBytes = 2 << 20
	// maxTokens bounds the number of tokens of an expression, and thereby the depth of its
	// tree. The parser visits the tree recursively, in a time that is quadratic in the
	// depth. A stack overflow would end the process, because Go can't recover from it.
	maxTokens = 20_000
	// maxRegexpBytes bounds the total length of the regular expressions of a query.
	// maxRegexpSize bounds the total number of instructions that they compile to. An
	// instruction takes about 40 bytes. The names of a thousand pods in each of twenty
	// selectors have about a million bytes and compile to a million instructions.
	maxRegexpBytes = 3 << 19
	maxRegexpSize  = 3 << 19
	// maxRepeatedSize bounds the number of these instructions that repetitions such as {1000}
	// add. Without this bound, a text of two thousand bytes could take a tenth of a second to
	// compile. Package budget lets several short texts be parsed concurrently.
	maxRepeatedSize = 1 << 13
	// maxClassRunes bounds the total number of characters in the character classes of the
	// regular expressions of a query. A class such as [^0] counts as WholeClass characters and
	// takes two milliseconds to compile: Prometheus looks up the case of each character.
	maxClassRunes = 256 * WholeClass
	// maxSampleSteps bounds the estimated number of steps in which a RegexpBudget matches
	// regular expressions against sample values. An expression that matches all these values
	// is taken to match everything.
	maxSampleSteps = 2_000_000
	// maxFilters bounds the number of ad-hoc filters of a query. Each filter may be added to
	// every selector.
	maxFilters = 100
	// maxExtraFilters bounds the number of selectors that ExtraFilters returns.
	maxExtraFilters = 1000
	// maxImplicationSteps bounds the estimated number of steps for finding the filters that
	// a selector doesn't need, because its own matchers imply them. Each filter that is a
	// regular expression is matched against the values of these matchers. A step takes up to
	// ten nanoseconds.
	maxImplicationSteps = 100_000
)
