package plugin

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// checkRedirect decides whether a request follows a redirect. It carries the data
// source's credentials and the query, so it stays with the scheme, host and port
// of the data source's URL. (http.Client.CheckRedirect.)
func checkRedirect(next *http.Request, via []*http.Request) error {
	first := via[0]
	switch {
	case len(via) >= maxRedirects:
		return fmt.Errorf("it redirects more than %d times", maxRedirects)
	case origin(next.URL) != origin(first.URL):
		return fmt.Errorf("it redirects to %s, where the data source's credentials must not go: if that is the server, write it into the data source's URL, and if it is a login page, set up the authentication", origin(next.URL))
	case next.Method != first.Method: // the redirect would drop the form
		return fmt.Errorf("it redirects to %s%s: write that address into the data source's URL, unless it is a login page", origin(next.URL), next.URL.EscapedPath())
	}
	return nil
}

// origin returns a URL's scheme, host and port. The scheme's default port is left
// out, as people leave it out.
func origin(u *url.URL) string {
	host := strings.ToLower(u.Host)
	if port := map[string]string{"http": ":80", "https": ":443"}[u.Scheme]; port != "" {
		host = strings.TrimSuffix(host, port)
	}
	return u.Scheme + "://" + host
}
