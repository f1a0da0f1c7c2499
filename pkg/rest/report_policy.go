package rest

import (
	"crypto/sha256"
	"encoding/json"
	"math"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/rest/cache"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/rest/negotiate"
)

// reports caches the answers of the routes for reports. All data sources share this cache.
var reports = cache.New(cache.Limits{Age: reportAge, MaxEntries: maxKeptReports, MaxBytes: maxKeptBytes, MaxAnswer: maxKeptAnswer})

// instances is the number of handlers created so far. Each data source has a handler, and a
// new one after each change of its settings.
var instances atomic.Uint64

// mediaTypes are the media types of the formats of a report.
var mediaTypes = map[string]string{
	report.JSON:           "application/json",
	report.CSV:            "text/csv; charset=utf-8; header=present",
	report.PrometheusText: "text/plain; version=0.0.4; charset=utf-8",
}

// offers are the formats of a report, the default first.
var offers = []negotiate.Offer{
	{Name: report.JSON, Type: "application", Subtype: "json"},
	{Name: report.CSV, Type: "text", Subtype: "csv", Params: map[string]string{"header": "present"}},
	{Name: report.PrometheusText, Type: "text", Subtype: "plain", Params: map[string]string{"version": "0.0.4"}},
}

// formatOf returns the format of an answer: the value of the parameter format, or if that is
// empty, the format that the header Accept prefers.
func formatOf(r *http.Request, param string) (string, error) {
	if param != "" {
		return param, nil
	}
	accept := r.Header.Values("Accept")
	if n := len(strings.Join(accept, ",")); n > maxAcceptBytes {
		return "", badParameter("Accept", "", "The header Accept has %d bytes. The limit is %d. Use fewer media types.", n, maxAcceptBytes)
	}
	if format, found := negotiate.Choose(accept, offers); found {
		return format, nil
	}
	value := strings.ToValidUTF8(strings.Join(accept, ","), "\uFFFD")
	allowed := []string{"application/json", "text/csv", "text/plain; version=0.0.4"}
	return "", &notAcceptable{&detailed{
		fault.New(fault.BadQuery, "The header Accept is %q. A report is available as %s, %s or %s. Accept one of them, or set the parameter format.", fault.ClipName(value), allowed[0], allowed[1], allowed[2]),
		details{"parameter": "Accept", "value": fault.ClipName(value), "allowedValues": allowed},
	}}
}

// countReport counts a user's request for a report. It returns an error if the user has already
// sent the maximum number of requests in the current window.
func (a api) countReport(user *backend.User, now time.Time) error {
	login := ""
	if user != nil {
		login = user.Login
	}
	wait, allowed := a.users.Allow(login, now)
	if allowed {
		return nil
	}
	seconds := int(math.Ceil(wait.Seconds()))
	return &detailed{
		fault.New(fault.Overloaded, "Too many requests for reports: a user may send %d an hour. Try again in %d seconds, or request several endpoints with one batch request.", a.users.Limit(), seconds),
		details{"limit": a.users.Limit(), "window": "1h", "retryAfter": seconds, "suggestion": "Use the batch route or increase the polling interval."},
	}
}

// reportKey returns the key of an answer: a hash of everything that the answer depends on,
// except for the time. This includes the matchers of the access rules. It also includes the
// user and the credentials, because Prometheus may return different data for other users or
// credentials.
func (a api) reportKey(r *http.Request, user *backend.User, matchers string, endpoints endpointSet, request *report.Request, format string) string {
	of := struct {
		Instance uint64
		User     *backend.User
		Matchers string
		Headers  [][]string
		IDs      []string
		IsBatch  bool
		Request  string
		Format   string
	}{a.instance, user, matchers, nil, endpoints.ids, endpoints.isBatch, request.String(), format}
	for _, name := range []string{"Authorization", "Cookie", "X-Id-Token", "X-Grafana-User"} {
		of.Headers = append(of.Headers, r.Header.Values(name))
	}
	hash := sha256.New()
	_ = json.NewEncoder(hash).Encode(of) // strings, numbers and booleans can be encoded
	return string(hash.Sum(nil))
}
