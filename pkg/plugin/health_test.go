package plugin

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// TestHealthOfAServerThatIsNoPrometheus: whatever answers vector(1), Save & test
// shows a sentence about the server and no error of the plugin's own.
func TestHealthOfAServerThatIsNoPrometheus(t *testing.T) {
	const wrong = "answered vector(1), but not with the number 1"
	for _, test := range []struct{ name, data, want string }{
		{"another number", `{"resultType":"vector","result":[{"metric":{},"value":[0,"2"]}]}`, wrong},
		{"no series", `{"resultType":"vector","result":[]}`, wrong},
		{"two series", `{"resultType":"vector","result":[{"metric":{},"value":[0,"1"]},{"metric":{"a":"b"},"value":[0,"1"]}]}`, wrong},
		{"a series without a value", `{"resultType":"vector","result":[{}]}`, ""},
		{"a histogram", `{"resultType":"vector","result":[{"metric":{},"histogram":[0,{"count":"1","sum":"1","buckets":[]}]}]}`, wrong},
		{"a matrix without samples", `{"resultType":"matrix","result":[{"metric":{},"values":[]}]}`, wrong},
		{"a text", `{"resultType":"string","result":[0,"1"]}`, wrong},
		{"nothing", `{}`, ""},
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
			if health.Status != backend.HealthStatusError || strings.Contains(health.Message, "went wrong inside") || !strings.Contains(health.Message, test.want) {
				t.Errorf("%s: %s", health.Status, health.Message)
			}
		})
	}
}
