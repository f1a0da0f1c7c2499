package rest

import (
	"strings"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// TestResources: Grafana hands over paths decoded, whatever was in them.
func TestResources(t *testing.T) {
	handler := Resources(options(t, &upstream{status: 200}))
	for _, test := range []struct {
		path, url string
		status    int
		want      string
	}{
		{"api/metrics/total_models", "api/metrics/total_models?workspace=a", 200, `sum(total_models{workspace=\"a\"})`},
		{"api/metrics/100%", "api/metrics/100%25", 404, `no metric \"100%\"`},
		{"api/metrics/total_models?workspace=a", "api/metrics/total_models%3Fworkspace=a", 404, `no metric \"total_models?workspace=a\"`},
		{"api/metrics/a b\x00\n", "api/metrics/a%20b%00%0A", 404, `NOT_FOUND`},
		{"api/metrics/\xff", "api/metrics/%FF", 404, `NOT_FOUND`},
		{"", "", 404, `NOT_FOUND`},
	} {
		var got *backend.CallResourceResponse
		err := handler.CallResource(t.Context(), &backend.CallResourceRequest{Method: "GET", Path: test.path, URL: test.url},
			backend.CallResourceResponseSenderFunc(func(r *backend.CallResourceResponse) error {
				got = r
				return nil
			}))
		if err != nil || got.Status != test.status || !strings.Contains(string(got.Body), test.want) {
			t.Errorf("%q: %v %+v %s", test.path, err, got, got.Body)
		}
	}
}
