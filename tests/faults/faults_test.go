package faults

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/faults/upstream"
)

// badCase is a fault with the error that is expected for it.
type badCase struct {
	name     string
	fault    upstream.Fault
	settings Settings
	status   int    // 200 if no error is expected
	want     string // part of the error; HOST is the server's address
	requests int    // requests for a panel; an alert rule retries at most once
}

func respond(status, body string) upstream.Fault {
	return upstream.Fault{"kind": "answer", "status": status, "body": body}
}

func raw(body, end string) upstream.Fault {
	return upstream.Fault{"kind": "raw", "body": body, "end": end}
}

// acceptEncoding returns settings with the custom header Accept-Encoding.
func acceptEncoding(value string) Settings {
	return Settings{"httpHeaderName2": "Accept-Encoding", headerValue2: value}
}

const (
	ok      = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
	one     = `{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"a":"1"},"values":[[1700000000,"1"]]}]}}`
	apiBusy = `{"status":"error","errorType":"unavailable","error":"starting up"}`
)

var connectionCases = []badCase{
	{"reset before the response", raw("", "reset"), nil, 502, "The connection to HOST was closed before a response arrived. The server may be restarting.", 4},
	{"closed before the response", raw("", "close"), nil, 502, "The connection to HOST was closed before a response arrived. The server may be restarting.", 4},
	{"closed in the headers", raw("HTTP/1.1 200 OK\r\n", "close"), nil, 502, "The connection to HOST was closed before a response arrived. The server may be restarting.", 4},
	{"other protocol", raw("SSH-2.0-OpenSSH_9.2p1\r\n", "stay"), nil, 502, "The request to HOST failed: malformed HTTP response", 1},
	{"reset in the body", raw(ok+"Content-Length: 1000\r\n\r\n"+one[:90], "reset"), nil, 502, "The response of HOST could not be read past byte 90: connection reset by peer.", 1},
	{"truncated body", raw(ok+"Transfer-Encoding: chunked\r\n\r\n5a\r\n"+one[:90]+"\r\n", "close"), nil, 502, "The response of HOST was cut off after 90 bytes.", 1},
	{"Content-Length larger than the body", raw(ok+"Content-Length: 1000\r\n\r\n"+one[:90], "close"), nil, 502, "The response of HOST was cut off after 90 bytes.", 1},
	{"Content-Length smaller than the body", raw(ok+"Content-Length: 90\r\n\r\n"+one, "close"), nil, 502, "The response of HOST was cut off after 90 bytes.", 1},
	{"invalid chunk", raw(ok+"Transfer-Encoding: chunked\r\n\r\nnine\r\n"+one, "close"), nil, 502, "The response of HOST could not be read past byte 0: invalid byte in chunk length.", 1},
	{"HTTP/1.0, complete", raw("HTTP/1.0 200 OK\r\n\r\n"+one, "close"), nil, 200, "", 1},
	{"HTTP/1.0, truncated", raw("HTTP/1.0 200 OK\r\n\r\n"+one[:90], "close"), nil, 502, "The response of HOST was cut off after 90 bytes.", 1},
	{"no response", upstream.Fault{"kind": "silent"}, Settings{"queryTimeout": "1s"}, 504, "HOST did not answer within the data source's query timeout of 1s.", 1},
	{"slow body", upstream.Fault{"kind": "trickle"}, Settings{"queryTimeout": "1s"}, 504, "HOST did not answer within the data source's query timeout of 1s.", 1},
}

var statusCases = []badCase{
	{"400", respond("400", `{"status":"error","errorType":"bad_data","error":"no such function"}`), nil, 400, "HOST refused the query: bad_data: no such function.", 1},
	{"422", respond("422", `{"status":"error","errorType":"execution","error":"too many samples"}`), nil, 422, "HOST refused the query: execution: too many samples.", 1},
	{"401", respond("401", ""), nil, 401, "HOST refused the data source's credentials (HTTP 401). Check the authentication in the data source's settings.", 1},
	{"403", respond("403", "forbidden"), nil, 403, "HOST refused the data source's credentials (HTTP 403): forbidden. Check the authentication in the data source's settings.", 1},
	{"404", respond("404", "404 page not found"), nil, 404, "There is no Prometheus API at this URL (HTTP 404 from HOST): 404 page not found. Check the data source's URL", 1},
	{"418", respond("418", "teapot"), nil, 418, "HOST refused the request (HTTP 418): teapot. Check that the data source's URL leads to a Prometheus API.", 1},
	{"500 of the API", respond("500", `{"status":"error","errorType":"internal","error":"disk full"}`), nil, 502, "HOST failed (HTTP 500): internal: disk full.", 1},
	{"500", respond("500", "oops"), nil, 502, "HOST failed (HTTP 500): oops.", 1},
	{"204", respond("204", ""), nil, 502, "HOST answered HTTP 204 with an empty body instead of JSON.", 1},
	{"429 once", respond("429", "").With(upstream.Fault{"times": "1"}), nil, 200, "", 2},
	{"429", respond("429", "").With(upstream.Fault{"retry_after": "1"}), nil, 429, "HOST is too busy to answer (HTTP 429). Try again later, or query less data. Attempts made: 6. The server requested a wait of 1s.", 6},
	{"429 with a long Retry-After", respond("429", "").With(upstream.Fault{"retry_after": "31"}), nil, 429, "Attempts made: 1. The server requested a wait of 31s.", 1},
	{"429 with a date", upstream.Fault{"kind": "busy"}, nil, 200, "", 2},
	{"503 once", respond("503", "").With(upstream.Fault{"times": "1"}), nil, 200, "", 2},
	{"503", respond("503", apiBusy), nil, 503, "HOST is too busy to answer (HTTP 503): unavailable: starting up. Try again later, or query less data. Attempts made: 4.", 4},
	{"503 with Retry-After", respond("503", "").With(upstream.Fault{"retry_after": "1"}), nil, 503, "HOST is too busy to answer (HTTP 503). Try again later, or query less data. Attempts made: 4. The server requested a wait of 1s.", 4},
	{"503 of a query timeout", respond("503", `{"status":"error","errorType":"timeout","error":"query timed out"}`), nil, 504, "HOST stopped the query because it took too long: query timed out.", 1},
	{"502", respond("502", "<html>bad gateway</html>"), nil, 502, "A proxy at HOST could not reach the Prometheus server behind it (HTTP 502): bad gateway.", 4},
	{"502 once", respond("502", "").With(upstream.Fault{"times": "1"}), nil, 200, "", 2},
	{"504", respond("504", "<html>gateway time-out</html>"), nil, 504, "A proxy at HOST gave up waiting for the Prometheus server behind it (HTTP 504): gateway time-out.", 1},
	{"redirect to a login page", respond("302", "").With(upstream.Fault{"location": "/login?next=query"}), nil, 502, "/login. If this address is a login page, set up the authentication. Otherwise, use the address in the data source's URL.", 1},
	{"redirect without location", respond("302", ""), nil, 502, "HOST answered HTTP 302, which the Prometheus API doesn't use", 1},
	{"redirect without location, with body", respond("302", "<a>moved</a>"), nil, 502, "HOST answered HTTP 302, which the Prometheus API doesn't use: moved. Check the data source's URL.", 1},
	{"101 Switching Protocols", raw("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n", "stay"), nil, 502, "HOST answered HTTP 101, which the Prometheus API doesn't use. Check the data source's URL.", 1},
	{"400 of a proxy", respond("400", "Client sent an HTTP request to an HTTPS server.\n"), nil, 400, "HOST refused the request (HTTP 400): Client sent an HTTP request to an HTTPS server. Check", 1},
	{"413 of a proxy", respond("413", "<html><head><title>413 Request Entity Too Large</title></head></html>"), nil, 413, "HOST refused the request (HTTP 413): 413 Request Entity Too Large. Shorten the query", 1},
	{"422 with a message", respond("422", `{"message":"no such tenant"}`), nil, 422, "HOST refused the request (HTTP 422): no such tenant.", 1},
	{"404 of the API", respond("404", `{"status":"error","errorType":"not_found","error":"no such tenant"}`), nil, 404, "HOST refused the query: not_found: no such tenant.", 1},
	{"500 without body", respond("500", ""), nil, 502, "HOST failed (HTTP 500) without an explanation. Check its log.", 1},
	{"500 with slow body", upstream.Fault{"kind": "trickle", "status": "500", "body": "out of memory and more"}, Settings{"queryTimeout": "5s"}, 502, "HOST failed (HTTP 500): out of", 1},
	{"500 with a long line", respond("500", strings.Repeat("why ", 50_000)), nil, 502, "HOST failed (HTTP 500): why why", 1},
	{"500 with the credentials of the request", upstream.Fault{"kind": "echo", "status": "500"}, nil, 502, "HOST failed (HTTP 500): ", 1},
	{"401 with the credentials of the request", upstream.Fault{"kind": "echo", "status": "401"}, nil, 401, "HOST refused the data source's credentials (HTTP 401): ", 1},
	{"400 with the credentials of the request", upstream.Fault{"kind": "echo", "status": "400"}, nil, 400, "HOST refused the request (HTTP 400): ", 1},
	{"200 with the credentials of the request", upstream.Fault{"kind": "echo", "status": "200"}, nil, 502, "did not send a valid response of the Prometheus API: ", 1},
	{"redirect loop", respond("307", "").With(upstream.Fault{"location": "query"}), nil, 502, "The request to HOST failed: the server redirects it more than 10 times.", 11},
}

var contentCases = []badCase{
	{"login page", respond("200", "\n<!doctype html><title>Sign in</title>").With(upstream.Fault{"content_type": "text/html"}), nil, 502, "HOST answered with a web page instead of a response of the Prometheus API: Sign in. Check the data source's URL, and whether a proxy in front of it requires a login.", 1},
	{"other Content-Type", respond("200", one).With(upstream.Fault{"content_type": "text/plain"}), nil, 200, "", 1},
	{"nothing", respond("200", ""), nil, 502, "HOST answered HTTP 200 with an empty body instead of JSON.", 1},
	{"text", respond("200", "OK"), nil, 502, "did not send a valid response of the Prometheus API: OK. Check that the data source's URL", 1},
	{"JSON list", respond("200", "[]"), nil, 502, "did not send a valid response of the Prometheus API: []. Check", 1},
	{"invalid JSON in the middle", respond("200", strings.Replace(one, `:[[`, `:[<[`, 1)), nil, 502, "did not send a valid response of the Prometheus API", 1},
	{"value that isn't a number", respond("200", strings.Replace(one, `"1"]]`, `"one"]]`, 1)), nil, 502, "a value is not a number, at byte", 1},
	{"the value of a label is not a string", respond("200", strings.Replace(one, `"a":"1"`, `"a":1`, 1)), nil, 502, "did not send a valid response of the Prometheus API", 1},
	{"truncated JSON", respond("200", one[:90]), nil, 502, "The response of HOST was cut off after 90 bytes.", 1},
	{"text after the JSON", respond("200", one+"Fatal error: out of memory"), nil, 502, "did not send a valid response of the Prometheus API", 1},
	{"second response after the first", respond("200", one+one), nil, 502, "did not send a valid response of the Prometheus API", 1},
	{"invalid UTF-8", respond("200", strings.Replace(one, `"a":"1"`, "\"a\":\"\xff\"", 1)), nil, 200, "", 1},
	{"NUL in a string", respond("200", strings.Replace(one, `"a":"1"`, "\"a\":\"\x00\"", 1)), nil, 502, "did not send a valid response of the Prometheus API", 1},
	{"body of NULs", respond("200", strings.Repeat("\x00", 100)), nil, 502, "did not send a valid response of the Prometheus API: 100 bytes that are not text.", 1},
	{"byte order mark", respond("200", "\ufeff"+one), nil, 502, "did not send a valid response of the Prometheus API", 1},
	{"error with status 200", respond("200", `{"status":"error","errorType":"bad_data","error":"no such function"}`), nil, 400, "HOST refused the query: bad_data: no such function.", 1},
	{"error without message", respond("200", `{"status":"error"}`), nil, 502, "did not send a valid response of the Prometheus API: {\"status\":\"error\"}. Check", 1},
	{"other JSON", respond("200", `{"message":"hello"}`), nil, 502, "HOST did not send a valid response of the Prometheus API: hello. Check that the data source's URL leads to a Prometheus API.", 1},
	{"timeout with status 200", respond("200", `{"status":"error","errorType":"timeout","error":"query timed out"}`), nil, 504, "HOST stopped the query because it took too long: query timed out.", 1},
	{"success without data", respond("200", `{"status":"success"}`), nil, 502, "resultType is not matrix, vector, scalar or string", 1},
	{"unknown result type", respond("200", `{"status":"success","data":{"resultType":"table","result":[]}}`), nil, 502, "resultType is not matrix, vector, scalar or string", 1},
	{"vector", respond("200", `{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1700000000,"1"]}]}}`), nil, 200, "", 1},
	{"scalar", respond("200", `{"status":"success","data":{"resultType":"scalar","result":[1700000000,"1"]}}`), nil, 200, "", 1},
	{"matrix", respond("200", one), nil, 200, "", 1},
	{"the same label twice", respond("200", strings.Replace(one, `"a":"1"`, `"a":"1","a":"2"`, 1)), nil, 200, "", 1},
	{"the same key twice", respond("200", `{"status":"error","data":null,"status":"success",`+one[20:]), nil, 200, "", 1},
	{"the same series twice", respond("200", strings.Replace(one, `"result":[`, `"result":[{"metric":{"a":"1"},"values":[[1700000000,"2"]]},`, 1)), nil, 200, "", 1},
	{"deep nesting", upstream.Fault{"kind": "endless", "of": "depth"}, nil, 502, "did not send a valid response of the Prometheus API", 1},
	{"deep nesting in an ignored key", respond("200", `{"x":`+strings.Repeat(`[`, 5000)), nil, 502, "nested too deeply", 1},
	{"truncated gzip", upstream.Fault{"kind": "gzip", "damage": "cut", "series": "50", "points": "50"}, nil, 502, "The response of HOST was cut off after", 1},
	{"gzip with corrupted bytes", upstream.Fault{"kind": "gzip", "damage": "bytes", "series": "50", "points": "50"}, nil, 502, "HOST", 1},
	{"gzip with wrong checksum", upstream.Fault{"kind": "gzip", "damage": "checksum"}, nil, 502, "gzip: invalid checksum", 1},
	{"gzip encoding without gzip body", raw(ok+"Content-Encoding: gzip\r\nContent-Length: 113\r\n\r\n\x00"+one, "close"), nil, 502, "could not be read past byte 0: gzip: invalid header.", 1},
	{"gzip encoding with text body", raw(ok+"Content-Encoding: gzip\r\nContent-Length: 13\r\n\r\nout of memory", "close"), nil, 502, "not send a valid response of the Prometheus API: out of memory.", 1},
	{"gzip with a custom Accept-Encoding", upstream.Fault{"kind": "good", "encoding": "requested"}, acceptEncoding("gzip"), 200, "", 1},
	{"br with a custom Accept-Encoding of br and gzip", upstream.Fault{"kind": "good", "encoding": "requested"}, acceptEncoding("br, gzip;q=0.5"), 200, "", 1},
	{"br with a custom Accept-Encoding of br", upstream.Fault{"kind": "good", "encoding": "requested"}, acceptEncoding("br"), 200, "", 1},
	{"deflate with a custom Accept-Encoding", upstream.Fault{"kind": "good", "encoding": "requested"}, acceptEncoding("deflate"), 200, "", 1},
	{"unrequested br", respond("200", "\x1b\x2a\x00\xf8\x8d").With(upstream.Fault{"content_encoding": "br"}), nil, 502, "The response of HOST has the content encoding \"br\", which can't be decoded.", 1},
	{"gzip bomb", upstream.Fault{"kind": "bomb"}, Settings{"responseLimitMiB": 4}, 413, "larger than the data source's limit of 4 MiB (response limit)", 1},
}

// TestFaults checks the error, the status and the number of requests of each fault, for
// panels and alert rules.
func TestFaults(t *testing.T) {
	t.Parallel()
	t.Cleanup(func() { checkNoSecrets(t, "the plugin's log", stderr.String()) })
	for _, group := range []struct {
		name, method string
		cases        []badCase
	}{
		{"connection", "POST", connectionCases},
		{"connection by GET", "GET", connectionCases}, // the URL contains the query and the parameters
		{"status", "POST", statusCases},
		{"content", "POST", contentCases},
	} {
		for _, c := range group.cases {
			name, settings := group.name+"/"+c.name, Settings{"httpMethod": group.method}
			maps.Copy(settings, c.settings)
			t.Run(name+"/panel", func(t *testing.T) {
				t.Parallel()
				fault := c.fault.With(upstream.Fault{"id": t.Name()})
				c.check(t, runQuery(t, source("http", server.Host(), settings), panel("A", fault), nil), c.requests)
			})
			t.Run(name+"/alert", func(t *testing.T) {
				t.Parallel()
				requests := min(c.requests, 2)
				if c.fault["location"] != "" {
					requests = c.requests // redirects belong to one attempt
				}
				fault := c.fault.With(upstream.Fault{"id": t.Name()})
				c.check(t, runQuery(t, source("http", server.Host(), settings), alert(fault), fromAlert), requests)
			})
		}
	}
}

// check compares a response with the expected status and error. The parameter requests is the
// expected number of requests whose id is the test's name.
func (c badCase) check(t *testing.T, response backend.DataResponse, requests int) {
	t.Helper()
	got := server.Requests(t.Name())
	t.Logf("status %d after %d requests: %s", response.Status, got, errorText(response))
	want := strings.ReplaceAll(c.want, "HOST", server.Host())
	want = strings.ReplaceAll(want, fmt.Sprintf("Attempts made: %d.", c.requests), fmt.Sprintf("Attempts made: %d.", requests))
	checkResponse(t, response, c.status, want)
	if got != requests {
		t.Errorf("%d requests, want %d", got, requests)
	}
}

// checkResponse checks the status and error of a response.
func checkResponse(t *testing.T, response backend.DataResponse, status int, want string) {
	t.Helper()
	text := errorText(response)
	if status == 200 {
		if response.Error != nil || response.Status != 200 || len(response.Frames) == 0 {
			t.Errorf("status %d, %d frames, %q", response.Status, len(response.Frames), text)
		}
		return
	}
	if int(response.Status) != status || response.ErrorSource != backend.ErrorSourceDownstream || text == "" || !strings.Contains(text, want) {
		t.Errorf("status %d of source %q, want %d:\n got %q\nwant %q", response.Status, response.ErrorSource, status, text, want)
	}
	checkNoSecrets(t, "the error", text)
}

func checkNoSecrets(t *testing.T, source, text string) {
	t.Helper()
	for _, secret := range secrets {
		if strings.Contains(text, secret) {
			t.Errorf("%s contains a secret: %q", source, text)
		}
	}
}
