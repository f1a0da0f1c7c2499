package access

// Bounds of the access text of a data source's settings, and of a caller. pkg/packfile bounds
// the YAML values of the text, and access.schema.json bounds the lists.
const (
	// MaxTextBytes bounds the size of the text.
	MaxTextBytes = 256 << 10
	// maxPatternBytes bounds the length of one regular expression for users. maxPatternSize
	// bounds the total number of instructions of all of them and of the matchers with
	// templates. Each request from Grafana can match a login and an email address against all
	// expressions for users, and compiles the matchers with templates.
	maxPatternBytes = 200
	maxPatternSize  = 20_000
	// maxIdentityBytes bounds the length of a login or an email address that is inserted
	// into a matcher. A caller with a longer one is denied.
	maxIdentityBytes = 1 << 10
	// maxTemplates bounds the number of templates in the value of one matcher.
	maxTemplates = 10
)
