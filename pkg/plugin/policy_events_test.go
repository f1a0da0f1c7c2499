package plugin

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/audit"
)

// TestRequestIsRecordedOnce checks the audit events of queries and resource requests. For most
// of them, the plugin would send several requests to the server.
func TestRequestIsRecordedOnce(t *testing.T) {
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/query_range"):
			_, _ = fmt.Fprint(w, `{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"a":"1"},"values":[[1,"1"]]},{"metric":{"a":"2"},"values":[[1,"1"]]}]}}`)
		case strings.HasSuffix(r.URL.Path, "/query"):
			_, _ = fmt.Fprint(w, `{"status":"success","data":{"resultType":"vector","result":[{"metric":{"a":"1"},"value":[1,"1"]},{"metric":{"a":"2"},"value":[1,"1"]}]}}`)
		case strings.HasPrefix(r.URL.Path, "/api/v1/label"):
			_, _ = fmt.Fprint(w, `{"status":"success","data":[]}`)
		default:
			http.NotFound(w, r)
		}
	}))
	defer upstream.Close()
	const (
		both      = `{"expr":"up","range":true,"instant":true}`
		foreign   = `{"expr":"range_median(up)","range":true,"instant":true,"exemplar":true}`
		exemplars = `{"expr":"up","range":true,"exemplar":true}`
		report    = `{"queryType":"report","endpointIds":["ep_1"],"section":"costs.breakdown"}`
		summary   = `{"queryType":"report","endpointIds":["ep_1"],"section":"summary"}`
		confined  = `rules: [{matchers: ['a=\"b\"']}]`
	)
	caller := asUser("ada", "ada@example.com", "Admin")
	for _, test := range []struct {
		name, settings string
		queries        []string
		path           string
		want           []string
	}{
		{"allowed", `{"access":"` + confined + `\naudit: all"}`, []string{both}, "", []string{"allow "}},
		{"not confinable", `{"access":"` + confined + `"}`, []string{foreign}, "", []string{"block access_not_confinable"}},
		{"parameter", `{"customQueryParameters":"extra_label=x","access":"` + confined + `"}`, []string{exemplars}, "", []string{"block access_parameter"}},
		{"one of two expressions blocked", `{"access":"policy: {range: {max: 1s}}\naudit: all"}`, []string{both}, "", []string{"block range_too_long"}},
		{"observed", `{"access":"policy: {promql: observe, series: {max: 1, verdict: observe}}\naudit: all"}`, []string{both}, "", []string{"observe promql_not_allowed", "observe too_many_series"}},
		{"long lookback", `{"access":"policy: {range: {max: 1d}}"}`, []string{`{"expr":"up","instant":true,"customQueryParameters":"lookback_delta=1y"}`}, "", []string{"block range_too_long"}},
		{"two reports", `{"access":"policy: {series: {max: 1}}"}`, []string{report, summary}, "", []string{"block too_many_series", "block too_many_series"}},
		{"gateway", `{"access":"rules: [{deny: true}]"}`, nil, "metrics", []string{"block access_denied"}},
		{"gateway, allowed", `{"access":"` + confined + `\naudit: all"}`, nil, "metrics", []string{"allow "}},
		{"live values", `{"access":"rules: [{deny: true}]"}`, nil, "catalog/inference_error_ratio/explain", []string{"block access_denied"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := instance(t, upstream.URL, test.settings)
			defer d.Dispose()
			before := len(d.audit.Page(audit.Filter{Limit: audit.MaxEvents}).Events)
			if test.path != "" {
				getAs(t, d, caller, test.path)
			} else {
				runQueriesAs(t, d, caller, nil, test.queries...)
			}
			events := d.audit.Page(audit.Filter{Limit: audit.MaxEvents}).Events // the newest first
			got := []string{}
			for _, e := range events[:len(events)-before] {
				got = append(got, e.Verdict+" "+e.Reason)
			}
			slices.Sort(got)
			if !slices.Equal(got, test.want) {
				t.Errorf("recorded %q", got)
			}
		})
	}
}
