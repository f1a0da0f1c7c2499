package rest

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report"
)

// TestReportKeyDependsOnMatchers: callers whose access rules have different matchers must not
// share cached reports.
func TestReportKeyDependsOnMatchers(t *testing.T) {
	request, err := report.Parse([]string{"ep_1"}, report.Params{Timeframe: "1h"}, time.Now(), time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	a := newAPI(Options{})
	key := func(matchers string) string {
		return a.reportKey(httptest.NewRequest("GET", "/", nil), &backend.User{Login: "alice"}, matchers, endpointSet{ids: []string{"ep_1"}}, request, report.JSON)
	}
	acme, again := key(`{tenant="acme"}`), key(`{tenant="acme"}`)
	if acme != again || acme == key(`{tenant="globex"}`) || acme == key("") {
		t.Error("different matchers share a key, or equal matchers have different keys")
	}
}
