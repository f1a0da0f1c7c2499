package plugin

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// checkRedirect returns an error if a request must not follow a redirect. The request has the
// data source's credentials and the query, so only redirects to the scheme, host and port of
// the data source's URL are followed. A redirect that changes the method isn't followed
// either. checkRedirect is the CheckRedirect function of an http.Client.
func checkRedirect(next *http.Request, via []*http.Request) error {
	first := via[0]
	switch {
	case len(via) >= maxRedirects:
		return fmt.Errorf("it redirects more than %d times", maxRedirects)
	case origin(next.URL) != origin(first.URL):
		return fmt.Errorf("it redirects to %s, to which the data source's credentials are not sent. If that is the server, use it in the data source's URL. If it is a login page, set up the authentication", origin(next.URL))
	case next.Method != first.Method: // the redirect would drop the form
		return fmt.Errorf("it redirects to %s%s. Use that address in the data source's URL, unless it is a login page", origin(next.URL), next.URL.EscapedPath())
	}
	return nil
}

// origin returns the scheme, host and port of a URL, without the default port of the scheme.
func origin(u *url.URL) string {
	host := strings.ToLower(u.Host)
	if port := map[string]string{"http": ":80", "https": ":443"}[u.Scheme]; port != "" {
		host = strings.TrimSuffix(host, port)
	}
	return u.Scheme + "://" + host
}
