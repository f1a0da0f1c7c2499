package plugin

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/httpclient"
)

// Headers of a Grafana request that are passed on to the server, in canonical
// form. A browser's other headers are dropped: its encodings, ranges and
// conditions would change the response.
var (
	// Credentials. Grafana removes a browser's own and adds these as the data
	// source's settings say. X-Grafana-Id is a token that Grafana signs.
	credentialHeaders = []string{"Authorization", "Cookie", "X-Grafana-Id"}

	// Descriptions of the panel or expression that a query belongs to. They
	// identify nobody, so it doesn't matter that a browser can write them.
	descriptiveHeaders  = []string{"X-Grafana-From-Expr"}
	descriptivePrefixes = []string{"X-Dashboard-", "X-Datasource-", "X-Panel-", "X-Query-"}
)

// alertUser is the login under which Grafana's alert engine runs queries.
const alertUser = "grafana_scheduler"

// isAlert reports whether Grafana's alert engine sent a request. The header
// FromAlert doesn't decide: Grafana 12 copies it from a browser's request.
func isAlert(caller backend.PluginContext) bool {
	return caller.User != nil && caller.User.Login == alertUser
}

// forward returns a context whose requests to the server carry the headers that
// may be passed on. A header of the data source's settings takes precedence over
// one of the same name.
func (d *DataSource) forward(ctx context.Context, caller backend.PluginContext, headers http.Header) context.Context {
	kept := http.Header{}
	for name, values := range headers {
		if d.mayForward(caller, name, values) && !slices.ContainsFunc(values, hasControl) {
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

// mayForward reports whether a header is passed on. Grafana hands over some
// headers as the browser sent them, so one that says who is asking is passed on
// only where it agrees with the plugin context, which a browser can't write.
func (d *DataSource) mayForward(caller backend.PluginContext, name string, values []string) bool {
	switch {
	case slices.Contains(credentialHeaders, name), slices.Contains(descriptiveHeaders, name):
		return true
	case name == "X-Id-Token":
		return d.settings.ForwardOAuth // only then does Grafana write it
	case name == "X-Grafana-User":
		return caller.User != nil && slices.Equal(values, []string{caller.User.Login})
	case name == "X-Grafana-Org-Id":
		return slices.Equal(values, []string{strconv.FormatInt(caller.OrgID, 10)}) //nolint:staticcheck // Grafana names an organisation by number in this header
	case name == "Fromalert", strings.HasPrefix(name, "X-Rule-"):
		return isAlert(caller)
	}
	return slices.ContainsFunc(descriptivePrefixes, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
}

// hasControl reports whether a header's value contains a control character and
// so can't be sent.
func hasControl(value string) bool { return strings.ContainsFunc(value, unicode.IsControl) }
