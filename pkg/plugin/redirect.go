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
	case len(via) > maxRedirects: // via contains the first request, too
		return fmt.Errorf("the server redirects it more than %d times", maxRedirects)
	case origin(next.URL) != origin(first.URL):
		return fmt.Errorf("the server redirects it to %s. The data source's credentials are not sent to that address. If the address is the Prometheus server, use it in the data source's URL. If the address is a login page, set up the authentication", origin(next.URL))
	case next.Method != first.Method: // the redirect would drop the form
		return fmt.Errorf("the server redirects it to %s%s. If this address is a login page, set up the authentication. Otherwise, use the address in the data source's URL", origin(next.URL), next.URL.EscapedPath())
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
