package errortext

import (
	"net/http"
	"strings"
	"testing"
)

func TestMaskReplacesGivenSecrets(t *testing.T) {
	m := NewMasker([]Secret{
		{"basicAuthPassword", "p/ss word"}, {"X-Api-Key", "k3y"}, {"X-Scope-OrgID", "team-blue"},
		{"dedup", "true"}, {"max_source_resolution", "5m"}, {"Tenant", "2"}, {"token", "tok"},
	}).WithHeader(http.Header{
		"Authorization": {"Basic cmVhZGVyOnBhc3M="}, "Cookie": {"grafana_session=abcdef; lang=de"}, "X-Id-Token": {"id-token"}, "User-Agent": {"Grafana/12"},
	})
	for text, want := range map[string]string{
		"wrong password p/ss word for reader":               "wrong password *** for reader",
		"GET /?p=p%2Fss+word and p%2fss%20word":             "GET /?p=*** and ***",
		"key k3y, but not k3ys or tok3y":                    "key ***, but not k3ys or tok3y",
		"no access for team-blue":                           "no access for ***",
		"dedup is true, resolution 5m, tenant 2":            "dedup is true, resolution 5m, tenant 2",
		"tok, token, tok.":                                  "***, token, ***.",
		"got Basic cmVhZGVyOnBhc3M= from Grafana/12":        "got *** from Grafana/12",
		"user cmVhZGVyOnBhc3M= is unknown":                  "user *** is unknown",
		"session abcdef has ended, and id-token is invalid": "session *** has ended, and *** is invalid",
	} {
		if got := m.Mask(text); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestMaskReplacesTextsLikeCredentials(t *testing.T) {
	for text, want := range map[string]string{
		"dial http://admin:hunter2@vm:8428/select":                          "dial http://***@vm:8428/select",
		"invalid token eyJhbGciOi.eyJzdWIiOjEyMzQ.c2lnbmF0dXJl":             "invalid token ***",
		"Authorization: Bearer abc123def456 was refused":                    "Authorization: Bearer *** was refused",
		"Authorization: Basic dXNlcjpwYXNz was refused":                     "Authorization: Basic *** was refused",
		"Basic authentication is required":                                  "Basic authentication is required",
		"Bearer token is missing":                                           "Bearer token is missing",
		"GET /api?password=x&access_token=y&query=up failed":                "GET /api?password=***&access_token=***&query=up failed",
		`got {"token": "abcdef12345", "user": "x"}`:                         `got {"token": "***", "user": "x"}`,
		"password: hunter2":                                                 "password: ***",
		"X-Api-Key=abc":                                                     "X-Api-Key=***",
		`unexpected token: "llm"`:                                           `unexpected token: "llm"`,
		`parse error: unexpected "=" in label matching, token=~"a"`:         `parse error: unexpected "=" in label matching, token=~"a"`,
		"sum(rate(llm_tokens_total[5m])) by (token) exceeds 50000000 limit": "sum(rate(llm_tokens_total[5m])) by (token) exceeds 50000000 limit",
	} {
		if got := (Masker{}).Mask(text); got != want {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	}
}

// Servers quote and escape the values that they repeat.
func TestMaskReplacesEncodedSecrets(t *testing.T) {
	m := NewMasker([]Secret{{"basicAuthPassword", `R&D<se"cret>\99`}, {"token", "hunter2"}, {"httpHeaderValue1", "päss/w+rd=="}})
	for _, test := range []struct{ line, want string }{
		{`invalid password "R&D<se\"cret>\\99"`, `invalid password "***"`},
		{`{"sent":"R\u0026D\u003cse\"cret\u003e\\99"}`, `{"sent":"***"}`},
		{`R&amp;D&lt;se&#34;cret&gt;\99 is wrong`, `*** is wrong`},
		{`/x?form=key%3Dhunter2%26a`, `/x?form=key%3D***%26a`},
		{`key\nhunter2 is wrong`, `key\n*** is wrong`},
		{`redirect=p%25C3%25A4ss%252Fw%252Brd%253D%253D`, `redirect=***`},
		{`hunter2000 is a name`, `hunter2000 is a name`},
	} {
		if got := m.Mask(test.line); got != test.want {
			t.Errorf("Mask(%s) = %s, want %s", test.line, got, test.want)
		}
	}
}

// Servers differ in the characters that they percent-encode, and a URL within a URL is
// encoded twice.
func TestMaskReplacesPartlyEncodedSecrets(t *testing.T) {
	m := NewMasker([]Secret{{"password", "p/ss w+rd?&\u00fc"}, {"token", "a b/c"}, {"secret", "ss w+rd?&\u00fc and more"}})
	for _, test := range []struct{ line, want string }{
		{"GET /p/ss%20w+rd?&\u00fc HTTP", "GET /*** HTTP"},
		{"GET /p%2Fss w%2Brd?&%C3%BC HTTP", "GET /*** HTTP"},
		{"GET /p%2fss+w%2brd%3f&%c3%bc HTTP", "GET /*** HTTP"},
		{"%70%2F%73%73%20%77%2B%72%64%3F%26%C3%BC", "***"},
		{"/?to=p/ss%2520w%2Brd%253F%26%25C3%25BC%26x=1", "/?to=***%26x=1"},
		{"key%3Da%20b/c%26", "key%3D***%26"},
		{"keya%20b/c is another", "keya%20b/c is another"},
		{"a%0Ab/c and a+b%2Fc", "*** and ***"},
		{"p/ss%20w+rd?&%C3%BC and more", "***"},
		{"100%25 of %zz%2 and 1+1", "100%25 of %zz%2 and 1+1"},
	} {
		if got := m.Mask(test.line); got != test.want {
			t.Errorf("Mask(%s) = %s, want %s", test.line, got, test.want)
		}
	}
}

// A server chooses how often it repeats a secret, so masking must not take quadratic time.
func TestMaskLongLine(t *testing.T) {
	m := NewMasker([]Secret{{"token", "x%2"}, {"password", "secret-1"}})
	const n = 50_000
	got := m.Mask(strings.Repeat("x%2 ", n) + strings.Repeat("%", n) + strings.Repeat("secret%2D1", n))
	if want := strings.Repeat("*** ", n) + strings.Repeat("%", n) + strings.Repeat("***", n); got != want {
		t.Errorf("got %d bytes, want %d: %.100s", len(got), len(want), got)
	}
}
