package access

// Bounds of an access text, and of the login and email address of a caller. pkg/packfile
// bounds the YAML values of the text, and access.schema.json bounds its lists.
const (
	// MaxTextBytes bounds the size of the text.
	MaxTextBytes = 256 << 10
	// maxPatternBytes bounds the length of one regular expression for users.
	maxPatternBytes = 200
	// maxPatternSize bounds the total number of instructions of two kinds of regular
	// expressions: those for users, and those in matchers with templates. For a request from
	// Grafana, the caller's login and email address can be matched against all expressions for
	// users. The expressions with templates in the caller's rule are compiled.
	maxPatternSize = 20_000
	// maxMatcherSize bounds the total number of instructions of the regular expressions in
	// matchers, and maxMatcherClasses the number of their character classes that contain most
	// characters, such as [^0]. Compiling as many takes about 0.2 seconds each.
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
