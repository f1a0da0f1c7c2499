package plugin

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"unicode"

	"github.com/grafana/grafana-plugin-sdk-go/backend/httpclient"
)

// Headers that go on from Grafana to the server: who asks, with what token, and
// for which panel or rule. Grafana puts tokens and cookies there only where the
// data source's settings say so. A browser's other headers stay behind: an
// encoding, a range or a condition of its would change the answer.
var (
	forwardedHeaders  = []string{"Authorization", "Cookie", "Fromalert", "X-Id-Token"}
	forwardedPrefixes = []string{"X-Dashboard-", "X-Datasource-", "X-Grafana-", "X-Panel-", "X-Query-", "X-Rule-"}
)

// forward makes every request under ctx carry them, unless the data source's own
// settings have set the same header.
func forward(ctx context.Context, headers http.Header) context.Context {
	kept := http.Header{}
	for name, values := range headers {
		if isForwarded(name) && !slices.ContainsFunc(values, hasControl) {
			kept[name] = values
		}
	}
	if len(kept) == 0 {
		return ctx
	}
	return httpclient.WithContextualMiddleware(ctx, httpclient.MiddlewareFunc(func(_ httpclient.Options, next http.RoundTripper) http.RoundTripper {
		return httpclient.RoundTripperFunc(func(req *http.Request) (*http.Response, error) {
			for name, values := range kept {
				if req.Header.Get(name) == "" {
					req.Header[name] = values
				}
			}
			return next.RoundTrip(req)
		})
	}))
}

func isForwarded(name string) bool {
	return slices.Contains(forwardedHeaders, name) ||
		slices.ContainsFunc(forwardedPrefixes, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
}

// hasControl reports whether a header's value can't be sent.
func hasControl(value string) bool { return strings.ContainsFunc(value, unicode.IsControl) }
