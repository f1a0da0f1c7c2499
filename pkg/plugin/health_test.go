package plugin

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// TestHealthOfOtherServers: the message is about the server, and not an internal error.
func TestHealthOfOtherServers(t *testing.T) {
	const wrong = "The result of vector(1) is not the number 1."
	for _, test := range []struct{ name, data, want string }{
		{"other number", `{"resultType":"vector","result":[{"metric":{},"value":[0,"2"]}]}`, wrong},
		{"no series", `{"resultType":"vector","result":[]}`, wrong},
		{"two series", `{"resultType":"vector","result":[{"metric":{},"value":[0,"1"]},{"metric":{"a":"b"},"value":[0,"1"]}]}`, wrong},
		{"series without value", `{"resultType":"vector","result":[{}]}`, ""},
		{"histogram", `{"resultType":"vector","result":[{"metric":{},"histogram":[0,{"count":"1","sum":"1","buckets":[]}]}]}`, wrong},
		{"matrix without samples", `{"resultType":"matrix","result":[{"metric":{},"values":[]}]}`, wrong},
		{"string", `{"resultType":"string","result":[0,"1"]}`, wrong},
		{"empty object", `{}`, ""},
		{"null", `null`, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				_, _ = io.WriteString(w, `{"status":"success","data":`+test.data+`}`)
			}))
			defer server.Close()
			d := instance(t, server.URL, `{}`)
			health, err := d.CheckHealth(t.Context(), &backend.CheckHealthRequest{})
			if err != nil {
				t.Fatal(err)
			}
			if health.Status != backend.HealthStatusError || strings.Contains(health.Message, "internal error") || !strings.Contains(health.Message, test.want) {
				t.Errorf("%s: %s", health.Status, health.Message)
			}
		})
	}
}
