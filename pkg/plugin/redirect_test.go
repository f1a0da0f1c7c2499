package plugin

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestRedirectToOtherServerIsRejected(t *testing.T) {
	for _, test := range []struct {
		name, from, to string
		rejected       string // origin in the error; "" if the redirect is followed
	}{
		{"other path", "http://prom:9090/api", "http://prom:9090/prometheus/api", ""},
		{"other spelling", "http://prom/api", "http://PROM:80/api", ""},
		{"default port of https", "https://prom:443/api", "https://prom/api", ""},
		{"other port", "http://prom:9090/api", "http://prom:9091/api", "http://prom:9091"},
		{"other host", "http://prom:9090/api", "http://evil:9090/api", "http://evil:9090"},
		{"other domain", "http://prom/api", "http://prom.evil/api", "http://prom.evil"},
		{"without encryption", "https://prom/api", "http://prom/api", "http://prom"},
		{"with encryption, other port", "http://prom/api", "https://prom/api", "https://prom"},
		{"credentials in the address", "http://prom/api", "http://user:secret@evil/api", "http://evil"},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := checkRedirect(redirected(t, http.MethodGet, test.to), []*http.Request{redirected(t, http.MethodGet, test.from)})
			if (err != nil) != (test.rejected != "") || err != nil && !strings.HasPrefix(err.Error(), "the server redirects it to "+test.rejected+". The data source's credentials are not sent to that address.") {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestRedirectThatDropsTheFormIsRejected(t *testing.T) {
	err := checkRedirect(redirected(t, http.MethodGet, "http://prom/login"), []*http.Request{redirected(t, http.MethodPost, "http://prom/api")})
	if want := "the server redirects it to http://prom/login. If this address is a login page, set up the authentication. Otherwise, use the address in the data source's URL"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestRedirectsAreFollowedUpToTheLimit(t *testing.T) {
	for _, test := range []struct {
		redirects int
		fails     bool
	}{{1, false}, {maxRedirects, false}, {maxRedirects + 1, true}} {
		hops := 0
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if hops == test.redirects {
				return
			}
			hops++
			http.Redirect(w, r, "/", http.StatusTemporaryRedirect)
		}))
		defer server.Close()
		client := &http.Client{CheckRedirect: checkRedirect}
		resp, err := client.Do(redirected(t, http.MethodGet, server.URL))
		if err == nil {
			_ = resp.Body.Close()
		}
		if (err != nil) != test.fails || err != nil && !strings.Contains(err.Error(), "the server redirects it more than 10 times") {
			t.Errorf("%d redirects: %v", test.redirects, err)
		}
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
