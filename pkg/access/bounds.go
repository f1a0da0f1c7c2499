package access

// Bounds of an access text, and of the login and email address of a caller. pkg/packfile
// bounds the YAML values of the text, and access.schema.json bounds its lists.
const (
	// MaxTextBytes bounds the size of the text.
	MaxTextBytes = 256 << 10
	// maxPatternBytes bounds the length of one regular expression for users.
	maxPatternBytes = 200
	// maxPatternSize bounds the total number of instructions of two kinds of regular
	// expressions, because they take time for each request from Grafana. Those for users are
	// matched against the caller's login and email address. Those with templates, in matchers,
	// are compiled after the templates have been replaced.
	maxPatternSize = 20_000
	// maxMatcherSize bounds the total number of instructions of the regular expressions in
	// matchers. maxMatcherClasses bounds the number of character classes in them that contain
	// most characters, such as [^0]. Compiling takes about 0.2 seconds at each of the bounds.
	maxMatcherSize    = 200_000
	maxMatcherClasses = 100
	// maxIdentityBytes bounds the length of a login or an email address. A longer one matches
	// no regular expression for users. The caller is denied if a longer one would be inserted
	// into a matcher.
	maxIdentityBytes = 1 << 10
	// maxTemplates bounds the number of templates in the value of one matcher. In a regular
	// expression, a template with a repetition such as {5} counts five times.
	maxTemplates = 10
)
