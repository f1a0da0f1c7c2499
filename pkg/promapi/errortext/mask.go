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

// masked takes a credential's place.
const masked = "***"

// A Secret is a value that a data source sends, under the name of its setting,
// header or parameter.
type Secret struct{ Name, Value string }

// credentialName matches the names of values that are secret whatever they are.
var credentialName = regexp.MustCompile(`(?i)auth|cookie|token|secret|passw|pwd|api[-_]?key|access[-_]?key|private|signature|credential|session|^x-grafana-id$`)

// Masker replaces credentials in texts: the values that it was made with, and what
// looks like a credential of somebody else. The zero value does the latter.
type Masker struct{ values []string }

// NewMasker returns a Masker for the secrets. A value whose name isn't that of a
// credential, such as a tenant's or that of a query parameter, is masked unless it
// is too short or too usual to be recognized: true, 5m, 2.
func NewMasker(secrets []Secret) Masker {
	var m Masker
	for _, s := range secrets {
		if credentialName.MatchString(s.Name) || !isUsual(s.Value) {
			m.values = append(m.values, forms(s.Value)...)
		}
	}
	return m.sorted()
}

// isUsual reports whether a value occurs in texts that don't mean it.
func isUsual(value string) bool {
	const short = 4
	_, notNumber := strconv.ParseFloat(value, 64)
	_, notBool := strconv.ParseBool(value)
	_, notDuration := model.ParseDuration(value)
	return len(value) < short || notNumber == nil || notBool == nil || notDuration == nil
}

// WithHeader returns a Masker that also masks the credentials of a request's header,
// such as a user's token that Grafana forwards.
func (m Masker) WithHeader(header http.Header) Masker {
	values := slices.Clone(m.values)
	for name, sent := range header {
		if !credentialName.MatchString(name) {
			continue
		}
		for _, value := range sent {
			values = append(values, forms(value)...)
			if _, credential, ok := strings.Cut(value, " "); ok && name == "Authorization" {
				values = append(values, forms(credential)...)
			}
		}
	}
	if cookies, err := http.ParseCookie(header.Get("Cookie")); err == nil {
		for _, cookie := range cookies {
			values = append(values, forms(cookie.Value)...)
		}
	}
	return Masker{values}.sorted()
}

// sorted removes duplicate values.
func (m Masker) sorted() Masker {
	slices.Sort(m.values)
	m.values = slices.Compact(m.values)
	return m
}

// forms are the ways in which a server may repeat a value: as it is, as a string of Go,
// JSON or PromQL, and in HTML. Mask undoes the percent-encoding of URLs.
func forms(value string) []string {
	value = Line(value) // as the text is
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

// unquoted is a quoted string's text between the quotes, with its escapes.
func unquoted(quoted string) string { return quoted[1 : len(quoted)-1] }

// escapeBefore matches an escaped character of a string at the end of a text.
var escapeBefore = regexp.MustCompile(`(?:\\[nrt]|\\u[0-9A-Fa-f]{4})$`)

// Mask returns a line without credentials.
func (m Masker) Mask(line string) string {
	line = m.maskValues(line)
	for _, p := range patterns {
		line = p.expr.ReplaceAllStringFunc(line, func(match string) string {
			return p.mask(p.expr.FindStringSubmatch(match))
		})
	}
	return line
}

// maskValues masks the values in a line, and in what it is as a part of a URL, and of a
// URL within a URL: a server encodes more or fewer characters of a value than another.
func (m Masker) maskValues(line string) string {
	if len(m.values) == 0 {
		return line
	}
	var found []span
	plain := undecoded(line)
	for _, text := range append([]decoded{plain}, plain.levels()...) {
		for _, value := range m.values {
			found = append(found, text.find(value)...)
		}
	}
	return masking(line, found)
}

// patterns recognize credentials by their form. mask is called with a match and its
// groups.
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
			certain := g[2] == "=" || looksRandom(g[4]) || strings.HasPrefix(strings.ToLower(g[1]), "passw")
			return g[1] + g[2] + g[3] + maskIf(certain, g[4])
		},
	},
}

func maskIf(secret bool, value string) string {
	if secret {
		return masked
	}
	return value
}

// looksRandom reports whether a word is a key or a token rather than one of a
// language.
func looksRandom(word string) bool {
	const short = 8
	return len(word) >= short && strings.ContainsAny(word, "0123456789") && strings.ContainsFunc(word, unicode.IsLetter)
}

// longWord is longer than a word that follows Bearer in a sentence.
const longWord = 24

// isUserAndPassword reports whether a word is the base64 form of user:password.
func isUserAndPassword(word string) bool {
	plain, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(word, "="))
	return err == nil && strings.Contains(string(plain), ":")
}
