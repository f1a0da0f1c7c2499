package plugin

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

// TestRangesInCatalogQueriesAreLimited: a policy limits the window of a catalog query, and the
// time range of an instant catalog query, because both can become ranges in the PromQL.
func TestRangesInCatalogQueriesAreLimited(t *testing.T) {
	var requests atomic.Int64
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		requests.Add(1)
		fmt.Fprint(w, `{"status":"success","data":{"resultType":"vector","result":[]}}`)
	}))
	defer upstream.Close()
	d := instance(t, upstream.URL, withAccess(t, "policy: {range: {max: 5m}}"))
	defer d.Dispose()
	const want = "range_too_long: the time range is "
	for refID, answer := range runQueriesAs(t, d, viewer, nil,
		`{"queryType":"catalog","metric":"inference_request_rate","instant":true,"range":false}`,
		`{"queryType":"catalog","metric":"inference_request_rate","instant":true,"range":false,"window":"520w"}`,
	) {
		if answer.Error == nil || !strings.HasPrefix(answer.Error.Error(), want) {
			t.Errorf("%s: %v", refID, answer.Error)
		}
	}
	if status, body := getAs(t, d, viewer, "api/metrics/inference_request_rate?window=520w"); status != http.StatusForbidden || !strings.Contains(body, want) {
		t.Errorf("%d %s", status, body)
	}
	if n := requests.Load(); n > 0 {
		t.Errorf("%d requests were sent", n)
	}
}
