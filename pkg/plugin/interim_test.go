package plugin

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestInterimResponsesAreLimited uses the SDK's HTTP client. Its tracing observes interim
// responses (status 1xx), so net/http doesn't limit them.
func TestInterimResponsesAreLimited(t *testing.T) {
	interim := 0
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for i := 0; i < interim && r.Context().Err() == nil; i++ {
			w.WriteHeader(http.StatusEarlyHints)
		}
		_, _ = fmt.Fprint(w, `{"status":"success","data":{"resultType":"matrix","result":[]}}`)
	})
	for _, test := range []struct {
		interim int
		status  int
		want    string
	}{{2, http.StatusOK, ""}, {100_000_000, http.StatusBadGateway, "more than 10 interim responses"}} {
		for _, secure := range []bool{false, true} {
			t.Run(fmt.Sprintf("%d, HTTP/2 %t", test.interim, secure), func(t *testing.T) {
				interim = test.interim
				server := httptest.NewUnstartedServer(handler)
				if server.EnableHTTP2 = secure; secure {
					server.StartTLS()
				} else {
					server.Start()
				}
				defer server.Close()
				d := instance(t, server.URL, `{"tlsSkipVerify":true,"maxRetries":0}`)
				defer d.Dispose()
				answer := runQueries(t, d, nil, `{"expr":"up"}`)["A"]
				text := ""
				if answer.Error != nil {
					text = answer.Error.Error()
				}
				if int(answer.Status) != test.status || !strings.Contains(text, test.want) {
					t.Errorf("status %d, %s", answer.Status, text)
				}
				server.CloseClientConnections()
			})
		}
	}
}
