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

// Headers of a request from Grafana that are forwarded to the server regardless of the caller,
// in canonical form. mayForward also allows some headers that identify the caller. Other
// headers are dropped, because some of them would change the response. A browser requests
// encodings and ranges with such headers, for example.
var (
	// Credentials. Grafana removes the browser's credentials and sets these headers
	// according to the settings of the data source.
	credentialHeaders = []string{"Authorization", "Cookie"}

	// Descriptions of the panel or expression of a query. A browser can forge them, but
	// they don't identify anybody.
	descriptiveHeaders  = []string{"X-Grafana-From-Expr"}
	descriptivePrefixes = []string{"X-Dashboard-", "X-Datasource-", "X-Panel-", "X-Query-"}
)

// alertUser is the login under which Grafana's alert engine runs queries.
const alertUser = "grafana_scheduler"

// fromAlertHeader marks the requests of an alert rule.
const fromAlertHeader = "Fromalert"

// isAlert reports whether Grafana's alert engine sent a request. It doesn't rely on the
// header FromAlert, which Grafana 12 copies from a browser's request, or on the login alone,
// which a person may choose. The alert engine has no email address, whereas Grafana gives
// each person one, which is a copy of the login by default.
func isAlert(caller backend.PluginContext) bool {
	return caller.User != nil && caller.User.Login == alertUser && caller.User.Email == ""
}

// signsIdentity reports whether Grafana sets the header X-Grafana-Id to a signed token.
// Grafana 11.3 and later always set it (grafana/grafana#92209), and earlier versions do if a
// feature toggle is enabled. Otherwise Grafana passes on the header of the browser. If the
// version is unknown, signsIdentity depends on the feature toggle alone.
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

// queryHeaders returns the HTTP headers of a query. GetHTTPHeaders of the SDK drops headers
// without the prefix http_, except for credentials. If an alert rule runs the query, Grafana
// doesn't add this prefix to the headers. Therefore queryHeaders returns all headers.
func queryHeaders(prefixed map[string]string) http.Header {
	headers := (&backend.QueryDataRequest{Headers: prefixed}).GetHTTPHeaders()
	for name, value := range prefixed {
		if !strings.HasPrefix(name, "http_") {
			headers.Set(name, value)
		}
	}
	return headers
}

// forward returns a context for requests to the server. The requests get those of the given
// headers that may be forwarded. A header of the data source's settings takes precedence over
// a forwarded header with the same name.
func (d *DataSource) forward(ctx context.Context, caller backend.PluginContext, headers http.Header) context.Context {
	forwarded := http.Header{}
	for name, values := range headers {
		if d.mayForward(caller, headers, name) && !slices.ContainsFunc(values, hasControl) {
			forwarded[name] = values
		}
	}
	ctx = withIdentity(ctx, forwarded)
	return httpclient.WithContextualMiddleware(ctx, httpclient.MiddlewareFunc(func(_ httpclient.Options, next http.RoundTripper) http.RoundTripper {
		return httpclient.RoundTripperFunc(func(req *http.Request) (*http.Response, error) {
			// For any caller, the SDK sets FromAlert to the value in Grafana's request.
			switch configured := d.headers[fromAlertHeader]; {
			case len(configured) > 0:
				req.Header[fromAlertHeader] = configured
			case !isAlert(caller):
				req.Header.Del(fromAlertHeader)
			}
			for name, values := range forwarded {
				if req.Header.Get(name) == "" {
					req.Header[name] = values
				}
			}
			return next.RoundTrip(req)
		})
	}))
}

// mayForward reports whether a header is forwarded. Grafana passes on some headers as the
// browser sent them. A header that identifies the caller or an alert rule is therefore
// forwarded only if the browser can't have forged it.
func (d *DataSource) mayForward(caller backend.PluginContext, headers http.Header, name string) bool {
	switch values := headers[name]; {
	case slices.Contains(credentialHeaders, name), slices.Contains(descriptiveHeaders, name):
		return true
	case name == "X-Grafana-Id":
		return signsIdentity(caller)
	case name == "X-Id-Token":
		// Grafana sets this header together with the access token. There may be a second
		// value, which the browser sent.
		return d.settings.ForwardOAuth && headers.Get("Authorization") != "" && len(values) == 1
	case name == "X-Grafana-User":
		return caller.User != nil && slices.Equal(values, []string{caller.User.Login})
	case name == "X-Grafana-Org-Id":
		return slices.Equal(values, []string{strconv.FormatInt(caller.OrgID, 10)}) //nolint:staticcheck // Grafana names an organization by number in this header
	case name == fromAlertHeader, strings.HasPrefix(name, "X-Rule-"):
		return isAlert(caller)
	}
	return slices.ContainsFunc(descriptivePrefixes, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
}

// hasControl reports whether a header's value contains a control character. Package net/http
// refuses to send most of these.
func hasControl(value string) bool { return strings.ContainsFunc(value, unicode.IsControl) }
