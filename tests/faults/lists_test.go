package faults

import (
	"net/http"
	"strings"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/faults/upstream"
)

// listCases are responses to requests for label names or label values. Most of the responses
// are faulty.
var listCases = []badCase{
	{"good", upstream.Fault{"kind": "good"}, nil, 200, "", 1},
	{"rejected credentials", respond("401", ""), nil, 401, "HOST refused the data source's credentials (HTTP 401).", 1},
	{"rejected credentials with message", respond("401", `{"message":"the token has expired"}`), nil, 401, "HOST refused the data source's credentials (HTTP 401): the token has expired.", 1},
	{"413 of a proxy", respond("413", "<title>413 Request Entity Too Large</title>"), nil, 413, "HOST refused the request (HTTP 413): 413 Request Entity Too Large.", 1},
	{"500", respond("500", "out of memory"), nil, 502, "HOST failed (HTTP 500): out of memory.", 1},
	{"error with the credentials of the request", upstream.Fault{"kind": "echo", "status": "422"}, nil, 422, "HOST refused the request (HTTP 422): ", 1},
	{"404", respond("404", ""), nil, 404, "There is no Prometheus API at this URL (HTTP 404 from HOST)", 1},
	{"503", respond("503", ""), nil, 503, "HOST is too busy to answer (HTTP 503). Try again later, or query less data. Attempts made: 4.", 4},
	{"reset", raw("", "reset"), nil, 502, "The connection to HOST was closed", 4},
	{"no response", upstream.Fault{"kind": "silent"}, Settings{"queryTimeout": "1s"}, 504, "HOST did not answer within the data source's query timeout of 1s.", 1},
	{"login page", respond("200", "<html>login</html>"), nil, 502, "HOST answered with a web page instead of a response of the Prometheus API: login. Check", 1},
	{"truncated body", raw(ok+"Content-Length: 100\r\n\r\n"+`{"status":"success","data":["a"`, "close"), nil, 502, "The response of HOST was cut off after 31 bytes.", 1},
	{"truncated JSON", respond("200", `{"status":"success","data":["a"`), nil, 502, "The response of HOST was cut off after 31 bytes.", 1},
	{"invalid JSON", respond("200", "OK"), nil, 502, "did not send a valid response of the Prometheus API: OK. Check", 1},
	{"object instead of list", respond("200", `{"status":"success","data":{}}`), nil, 502, "did not send a valid response of the Prometheus API: unexpected JSON object, at byte", 1},
	{"error with status 200", respond("200", `{"status":"error","errorType":"bad_data","error":"no such label"}`), nil, 400, "HOST refused the query: bad_data: no such label.", 1},
	{"endless object instead of list", upstream.Fault{"kind": "endless", "of": "space"}, Settings{"responseLimitMiB": 1}, 502, "did not send a valid response of the Prometheus API: unexpected JSON object, at byte 27.", 1},
	{"endless white space", upstream.Fault{"kind": "endless", "of": "spaces"}, Settings{"responseLimitMiB": 1}, 413, "limit of 1 MiB (response limit)", 1},
	{"endless white space within the response limit", upstream.Fault{"kind": "endless", "of": "spaces"}, nil, 413, "larger than 64 MiB, which is the limit for lists", 1},
	{"endless name", upstream.Fault{"kind": "endless", "of": "a name"}, nil, 413, "has more than 4 MiB in one string, which is the limit.", 1},
	{"endless list of names", upstream.Fault{"kind": "endless", "of": "names"}, Settings{"responseLimitMiB": 1}, 200, "", 1},
}

// TestVariables checks the results of variable queries for all listCases.
func TestVariables(t *testing.T) {
	t.Parallel()
	for _, c := range listCases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			fault := c.fault.With(upstream.Fault{"id": t.Name()})
			c.check(t, runQuery(t, source("http", server.Host(), c.settings), values("A", fault), nil), c.requests)
		})
	}
}

// TestResources checks the responses of a resource route for all listCases. A timeout and a
// response over a limit have the statuses of Prometheus. Other errors that the caller didn't
// cause have status 502, because a browser would attribute 401 or 404 to Grafana.
func TestResources(t *testing.T) {
	t.Parallel()
	for _, c := range listCases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			fault := c.fault.With(upstream.Fault{"id": t.Name()})
			status, body := get(t, source("http", server.Host(), c.settings), "api/v1/labels", "match[]", fault.Expr())
			expected := c.status
			switch {
			case expected == http.StatusGatewayTimeout:
				expected = http.StatusServiceUnavailable
			case expected == http.StatusRequestEntityTooLarge && strings.Contains(c.want, "limit"):
				expected = http.StatusUnprocessableEntity
			case expected > http.StatusBadRequest:
				expected = http.StatusBadGateway
			}
			if want := strings.ReplaceAll(c.want, "HOST", server.Host()); status != expected || !strings.Contains(body, want) {
				t.Errorf("status %d, want %d:\n got %s\nwant %s", status, expected, body, want)
			}
			checkNoSecrets(t, "the body", body)
		})
	}
}

// TestHealth checks the message of "Save & test" for faults.
func TestHealth(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, address, want string }{
		{"refused", closedPort(t), "Could not connect to Prometheus at HOST: connection refused."},
		{"no API", server.Host(), "HOST refused the request (HTTP 400): "},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			health, err := compiled.WithDataSource(source("http", test.address, nil)).CheckHealth(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if want := strings.ReplaceAll(test.want, "HOST", test.address); health.Status != backend.HealthStatusError || !strings.HasPrefix(health.Message, want) {
				t.Errorf("%s: %s, want %s", health.Status, health.Message, want)
			}
		})
	}
}
