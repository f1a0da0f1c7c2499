package plugin

import (
	"context"
	"fmt"
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
	// source's settings say.
	credentialHeaders = []string{"Authorization", "Cookie"}

	// Descriptions of the panel or expression that a query belongs to. They
	// identify nobody, so it doesn't matter that a browser can write them.
	descriptiveHeaders  = []string{"X-Grafana-From-Expr"}
	descriptivePrefixes = []string{"X-Dashboard-", "X-Datasource-", "X-Panel-", "X-Query-"}
)

// alertUser is the login under which Grafana's alert engine runs queries.
const alertUser = "grafana_scheduler"

// fromAlertHeader marks the requests of an alert rule.
const fromAlertHeader = "Fromalert"

// isAlert reports whether Grafana's alert engine sent a request. The header
// FromAlert doesn't decide: Grafana 12 copies it from a browser's request. Nor
// does the login alone: a person may choose it. But Grafana gives every person an
// email address, at least a copy of the login, and the alert engine has none.
func isAlert(caller backend.PluginContext) bool {
	return caller.User != nil && caller.User.Login == alertUser && caller.User.Email == ""
}

// signsIdentity reports whether Grafana writes the header X-Grafana-Id itself, a
// token that it signs. Grafana 11.3 and later always do (grafana/grafana#92209),
// earlier ones with a feature toggle. Without it, they hand over a browser's own.
func signsIdentity(caller backend.PluginContext) bool {
	if caller.GrafanaConfig != nil && caller.GrafanaConfig.FeatureToggles().IsEnabled("idForwarding") {
		return true
	}
	if caller.UserAgent == nil {
		return false
	}
	var major, minor int
	_, err := fmt.Sscanf(caller.UserAgent.GrafanaVersion(), "%d.%d", &major, &minor)
	return err == nil && (major > 11 || major == 11 && minor >= 3)
}

// queryHeaders returns the HTTP headers of a query. Grafana hands over those of an
// alert rule without the prefix that marks the others, so the SDK leaves them out.
func queryHeaders(marked map[string]string) http.Header {
	headers := (&backend.QueryDataRequest{Headers: marked}).GetHTTPHeaders()
	for name, value := range marked {
		if !strings.HasPrefix(name, "http_") {
			headers.Set(name, value)
		}
	}
	return headers
}

// forward returns a context whose requests to the server carry the headers that
// may be passed on. A header of the data source's settings takes precedence over
// one of the same name.
func (d *DataSource) forward(ctx context.Context, caller backend.PluginContext, headers http.Header) context.Context {
	kept := http.Header{}
	for name, values := range headers {
		if d.mayForward(caller, headers, name) && !slices.ContainsFunc(values, hasControl) {
			kept[name] = values
		}
	}
	return httpclient.WithContextualMiddleware(ctx, httpclient.MiddlewareFunc(func(_ httpclient.Options, next http.RoundTripper) http.RoundTripper {
		return httpclient.RoundTripperFunc(func(req *http.Request) (*http.Response, error) {
			// The SDK has set FromAlert to what Grafana handed over, whoever the caller is.
			switch own := d.headers[fromAlertHeader]; {
			case len(own) > 0:
				req.Header[fromAlertHeader] = own
			case !isAlert(caller):
				req.Header.Del(fromAlertHeader)
			}
			for name, values := range kept {
				if req.Header.Get(name) == "" {
					req.Header[name] = values
				}
			}
			return next.RoundTrip(req)
		})
	}))
}

// mayForward reports whether one of the headers is passed on. Grafana hands over
// some headers as the browser sent them, so one that says who is asking is passed
// on only where it agrees with the plugin context, which a browser can't write.
func (d *DataSource) mayForward(caller backend.PluginContext, headers http.Header, name string) bool {
	switch values := headers[name]; {
	case slices.Contains(credentialHeaders, name), slices.Contains(descriptiveHeaders, name):
		return true
	case name == "X-Grafana-Id":
		return signsIdentity(caller)
	case name == "X-Id-Token":
		// Grafana writes it next to the access token. It can leave a browser's own
		// value beside its own.
		return d.settings.ForwardOAuth && headers.Get("Authorization") != "" && len(values) == 1
	case name == "X-Grafana-User":
		return caller.User != nil && slices.Equal(values, []string{caller.User.Login})
	case name == "X-Grafana-Org-Id":
		return slices.Equal(values, []string{strconv.FormatInt(caller.OrgID, 10)}) //nolint:staticcheck // Grafana names an organisation by number in this header
	case name == fromAlertHeader, strings.HasPrefix(name, "X-Rule-"):
		return isAlert(caller)
	}
	return slices.ContainsFunc(descriptivePrefixes, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
}

// hasControl reports whether a header's value contains a control character and
// so can't be sent.
func hasControl(value string) bool { return strings.ContainsFunc(value, unicode.IsControl) }
