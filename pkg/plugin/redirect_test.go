package plugin

import (
	"net/http"
	"strings"
	"testing"
)

func TestRedirectsStayWithTheServer(t *testing.T) {
	for _, test := range []struct {
		name, from, to string
		refused        string // the origin that the error names; "" where the redirect is followed
	}{
		{"another path", "http://prom:9090/api", "http://prom:9090/prometheus/api", ""},
		{"another spelling of the same", "http://prom/api", "http://PROM:80/api", ""},
		{"the default port of https", "https://prom:443/api", "https://prom/api", ""},
		{"another port", "http://prom:9090/api", "http://prom:9091/api", "http://prom:9091"},
		{"another host", "http://prom:9090/api", "http://evil:9090/api", "http://evil:9090"},
		{"a subdomain", "http://prom/api", "http://prom.evil/api", "http://prom.evil"},
		{"without encryption", "https://prom/api", "http://prom/api", "http://prom"},
		{"with encryption, at another port", "http://prom/api", "https://prom/api", "https://prom"},
		{"credentials in the address", "http://prom/api", "http://user:secret@evil/api", "http://evil"},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := checkRedirect(redirected(t, http.MethodGet, test.to), []*http.Request{redirected(t, http.MethodGet, test.from)})
			if (err != nil) != (test.refused != "") || err != nil && !strings.HasPrefix(err.Error(), "it redirects to "+test.refused+", where the data source's credentials must not go") {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestARedirectThatDropsTheForm(t *testing.T) {
	err := checkRedirect(redirected(t, http.MethodGet, "http://prom/login"), []*http.Request{redirected(t, http.MethodPost, "http://prom/api")})
	if want := "it redirects to http://prom/login: write that address into the data source's URL, unless it is a login page"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func redirected(t *testing.T, method, url string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
