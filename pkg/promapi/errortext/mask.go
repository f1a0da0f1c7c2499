package errortext

import (
	"encoding/base64"
	"encoding/json"
	"html"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/prometheus/common/model"
)

// masked replaces a credential.
const masked = "***"

// A Secret is a value that requests of a data source contain, with the name of its setting,
// header or parameter.
type Secret struct{ Name, Value string }

// credentialName matches the names of credentials. Their values are always secret.
var credentialName = regexp.MustCompile(`(?i)auth|cookie|token|secret|passw|pwd|api[-_]?key|access[-_]?key|private|signature|credential|session|^x-grafana-id$`)

// Masker replaces credentials in texts: given values, and texts that look like credentials.
// The zero value has no given values.
type Masker struct{ values []string }

// NewMasker returns a Masker for the secrets. If a secret's name is that of a credential, such
// as a token, any value is masked. Other values, such as the name of a tenant, are masked
// unless they are short or common, such as 2, 5m or true.
func NewMasker(secrets []Secret) Masker {
	var m Masker
	for _, s := range secrets {
		if credentialName.MatchString(s.Name) || !isCommon(s.Value) {
			m.values = append(m.values, encodings(s.Value)...)
		}
	}
	return m.unique()
}

// isCommon reports whether a value is likely to occur in a text with another meaning.
func isCommon(value string) bool {
	const minLen = 4
	_, notNumber := strconv.ParseFloat(value, 64)
	_, notBool := strconv.ParseBool(value)
	_, notDuration := model.ParseDuration(value)
	return len(value) < minLen || notNumber == nil || notBool == nil || notDuration == nil
}

// WithHeader returns a Masker that also masks the credentials in the headers of a request,
// such as a user's token that Grafana forwards.
func (m Masker) WithHeader(header http.Header) Masker {
	values := slices.Clone(m.values)
	for name, sent := range header {
		if !credentialName.MatchString(name) {
			continue
		}
		for _, value := range sent {
			values = append(values, encodings(value)...)
			if _, credential, ok := strings.Cut(value, " "); ok && name == "Authorization" {
				values = append(values, encodings(credential)...)
			}
		}
	}
	if cookies, err := http.ParseCookie(header.Get("Cookie")); err == nil {
		for _, cookie := range cookies {
			values = append(values, encodings(cookie.Value)...)
		}
	}
	return Masker{values}.unique()
}

// WithValues returns a Masker that also masks the given values, however common they are.
func (m Masker) WithValues(values []string) Masker {
	if len(values) == 0 {
		return m
	}
	all := slices.Clone(m.values)
	for _, value := range values {
		all = append(all, encodings(value)...)
	}
	return Masker{all}.unique()
}

// unique removes duplicate values.
func (m Masker) unique() Masker {
	slices.Sort(m.values)
	m.values = slices.Compact(m.values)
	return m
}

// encodings returns the forms in which servers may repeat a value: unchanged, escaped as in
// a string of Go, JSON or PromQL, and escaped as in HTML. Mask handles the percent-encoding
// of URLs.
func encodings(value string) []string {
	value = Line(value) // Mask searches lines
	if value == "" {
		return nil
	}
	all := []string{value, unquoted(strconv.Quote(value)), html.EscapeString(value)}
	if text, err := json.Marshal(value); err == nil {
		all = append(all, unquoted(string(text)))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// unquoted returns the text between the quotes of a quoted string, with its escapes.
func unquoted(quoted string) string { return quoted[1 : len(quoted)-1] }

// trailingEscape matches an escape sequence at the end of a text.
var trailingEscape = regexp.MustCompile(`(?:\\[nrt]|\\u[0-9A-Fa-f]{4})$`)

// Mask returns a line without the credentials that the Masker recognizes.
func (m Masker) Mask(line string) string {
	line = m.maskValues(line)
	for _, p := range patterns {
		line = p.expr.ReplaceAllStringFunc(line, func(match string) string {
			return p.mask(p.expr.FindStringSubmatch(match))
		})
	}
	return line
}

// maskValues masks the values in a line, even if they are percent-encoded once or twice.
// Servers differ in the characters that they encode.
func (m Masker) maskValues(line string) string {
	if len(m.values) == 0 {
		return line
	}
	var spans []span
	plain := decodedLine{text: line}
	for _, text := range append([]decodedLine{plain}, plain.allDecodings()...) {
		for _, value := range m.values {
			spans = append(spans, text.find(value)...)
		}
	}
	return maskSpans(line, spans)
}

// patterns match texts that look like credentials. The function mask returns the replacement
// for a match. Its parameter groups contains the match and its submatches.
var patterns = []struct {
	expr *regexp.Regexp
	mask func(groups []string) string
}{
	{ // http://user:password@host
		regexp.MustCompile(`(\w://)[^\s/@"'<>]+@`),
		func(g []string) string { return g[1] + masked + "@" },
	},
	{ // a JSON Web Token
		regexp.MustCompile(`\beyJ[\w-]+\.[\w-]+(\.[\w-]*)?`),
		func([]string) string { return masked },
	},
	{ // Bearer 0123abcd
		regexp.MustCompile(`(?i)\b(bearer|apikey|api-key) +([\w.~+/=-]+)`),
		func(g []string) string {
			return g[0][:len(g[0])-len(g[2])] + maskIf(len(g[2]) >= longWord || looksRandom(g[2]), g[2])
		},
	},
	{ // Basic dXNlcjpwYXNzd29yZA==
		regexp.MustCompile(`(?i)\b(basic) +([A-Za-z0-9+/]+=*)`),
		func(g []string) string { return g[0][:len(g[0])-len(g[2])] + maskIf(isUserAndPassword(g[2]), g[2]) },
	},
	{ // password=a, "token":"b", api_key: c
		regexp.MustCompile(`(?i)([\w.-]*(?:passw(?:or)?d|pwd|secret|token|api[-_]?key|access[-_]?key|signature|credentials?|session[-_]?id|authorization|cookie)["']?\s*)([=:])(\s*["']?)([^\s"'&,;(){}\[\]=~][^\s"'&,;(){}\[\]]*)`),
		func(g []string) string {
			isSecret := g[2] == "=" || looksRandom(g[4]) || strings.HasPrefix(strings.ToLower(g[1]), "passw")
			return g[1] + g[2] + g[3] + maskIf(isSecret, g[4])
		},
	},
}

func maskIf(secret bool, value string) string {
	if secret {
		return masked
	}
	return value
}

// looksRandom reports whether a word looks like a key or a token and not like a word of a
// language.
func looksRandom(word string) bool {
	const minLen = 8
	return len(word) >= minLen && strings.ContainsAny(word, "0123456789") && strings.ContainsFunc(word, unicode.IsLetter)
}

// longWord is the length from which a word after "Bearer" or "ApiKey" is always masked. The
// words of sentences are shorter.
const longWord = 24

// isUserAndPassword reports whether a word is user:password in base64.
func isUserAndPassword(word string) bool {
	plain, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(word, "="))
	return err == nil && strings.Contains(string(plain), ":")
}
