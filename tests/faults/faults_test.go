package faults

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/faults/upstream"
)

// badCase is one way to go wrong and what people are told.
type badCase struct {
	name     string
	fault    upstream.Fault
	settings Settings
	status   int    // 200 where the answer is well
	says     string // HOST stands for the server's address
	requests int    // of a panel; an alert sends one more than the first at most
}

func say(status, body string) upstream.Fault {
	return upstream.Fault{"kind": "answer", "status": status, "body": body}
}

func raw(body, end string) upstream.Fault {
	return upstream.Fault{"kind": "raw", "body": body, "end": end}
}

// acceptEncoding are settings with that header among the custom ones.
func acceptEncoding(value string) Settings {
	return Settings{"httpHeaderName2": "Accept-Encoding", headerValue2: value}
}

const (
	ok      = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
	one     = `{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"a":"1"},"values":[[1700000000,"1"]]}]}}`
	apiBusy = `{"status":"error","errorType":"unavailable","error":"starting up"}`
)

var connectionCases = []badCase{
	{"reset before the answer", raw("", "reset"), nil, 502, "The connection to HOST was closed before a response arrived. The server may be restarting.", 4},
	{"closed before the answer", raw("", "close"), nil, 502, "The connection to HOST was closed before a response arrived. The server may be restarting.", 4},
	{"closed within the headers", raw("HTTP/1.1 200 OK\r\n", "close"), nil, 502, "The connection to HOST was closed before a response arrived. The server may be restarting.", 4},
	{"another protocol", raw("SSH-2.0-OpenSSH_9.2p1\r\n", "stay"), nil, 502, "The request to HOST failed: malformed HTTP response", 1},
	{"reset in mid-body", raw(ok+"Content-Length: 1000\r\n\r\n"+one[:90], "reset"), nil, 502, "The answer of HOST could not be read past byte 90: connection reset by peer.", 1},
	{"a body cut off", raw(ok+"Transfer-Encoding: chunked\r\n\r\n5a\r\n"+one[:90]+"\r\n", "close"), nil, 502, "The answer of HOST was cut off after 90 bytes.", 1},
	{"Content-Length larger than the body", raw(ok+"Content-Length: 1000\r\n\r\n"+one[:90], "close"), nil, 502, "The answer of HOST was cut off after 90 bytes.", 1},
	{"Content-Length smaller than the body", raw(ok+"Content-Length: 90\r\n\r\n"+one, "close"), nil, 502, "The answer of HOST was cut off after 90 bytes.", 1},
	{"a chunk that is none", raw(ok+"Transfer-Encoding: chunked\r\n\r\nnine\r\n"+one, "close"), nil, 502, "The answer of HOST could not be read past byte 0: invalid byte in chunk length.", 1},
	{"HTTP/1.0, ended by closing", raw("HTTP/1.0 200 OK\r\n\r\n"+one, "close"), nil, 200, "", 1},
	{"HTTP/1.0, cut off", raw("HTTP/1.0 200 OK\r\n\r\n"+one[:90], "close"), nil, 502, "The answer of HOST was cut off after 90 bytes.", 1},
	{"no answer at all", upstream.Fault{"kind": "silent"}, Settings{"queryTimeout": "1s"}, 504, "HOST did not answer within the data source's query timeout of 1s.", 1},
	{"a body that trickles", upstream.Fault{"kind": "trickle"}, Settings{"queryTimeout": "1s"}, 504, "HOST did not answer within the data source's query timeout of 1s.", 1},
}

var statusCases = []badCase{
	{"400", say("400", `{"status":"error","errorType":"bad_data","error":"no such function"}`), nil, 400, "HOST refused the query: bad_data: no such function.", 1},
	{"422", say("422", `{"status":"error","errorType":"execution","error":"too many samples"}`), nil, 422, "HOST refused the query: execution: too many samples.", 1},
	{"401", say("401", ""), nil, 401, "HOST refused the data source's credentials (HTTP 401). Check the authentication in the data source's settings.", 1},
	{"403", say("403", "forbidden"), nil, 403, "HOST refused the data source's credentials (HTTP 403): forbidden. Check the authentication in the data source's settings.", 1},
	{"404", say("404", "404 page not found"), nil, 404, "There is no Prometheus API at this URL (HTTP 404 from HOST): 404 page not found. Check the data source's URL", 1},
	{"418", say("418", "teapot"), nil, 418, "HOST refused the request (HTTP 418): teapot. Check that the data source's URL is that of a Prometheus API.", 1},
	{"500 of the API", say("500", `{"status":"error","errorType":"internal","error":"disk full"}`), nil, 502, "HOST failed (HTTP 500): internal: disk full.", 1},
	{"500", say("500", "oops"), nil, 502, "HOST failed (HTTP 500): oops.", 1},
	{"204", say("204", ""), nil, 502, "HOST answered HTTP 204 with an empty body instead of JSON.", 1},
	{"429 once", say("429", "").With(upstream.Fault{"times": "1"}), nil, 200, "", 2},
	{"429", say("429", "").With(upstream.Fault{"retry_after": "1"}), nil, 429, "HOST is too busy to answer (HTTP 429). Try again later, or query less data. Attempts made: 6. The server requested a wait of 1s.", 6},
	{"429 that asks for more than half of the time", say("429", "").With(upstream.Fault{"retry_after": "31"}), nil, 429, "Attempts made: 1. The server requested a wait of 31s.", 1},
	{"429 until a date", upstream.Fault{"kind": "busy"}, nil, 200, "", 2},
	{"503 once", say("503", "").With(upstream.Fault{"times": "1"}), nil, 200, "", 2},
	{"503", say("503", apiBusy), nil, 503, "HOST is too busy to answer (HTTP 503): unavailable: starting up. Try again later, or query less data. Attempts made: 4.", 4},
	{"503 with Retry-After", say("503", "").With(upstream.Fault{"retry_after": "1"}), nil, 503, "HOST is too busy to answer (HTTP 503). Try again later, or query less data. Attempts made: 4. The server requested a wait of 1s.", 4},
	{"503 of a query that ran out of time", say("503", `{"status":"error","errorType":"timeout","error":"query timed out"}`), nil, 504, "HOST stopped the query because it took too long: query timed out.", 1},
	{"502", say("502", "<html>bad gateway</html>"), nil, 502, "A proxy at HOST could not reach the Prometheus server behind it (HTTP 502): bad gateway.", 4},
	{"502 once", say("502", "").With(upstream.Fault{"times": "1"}), nil, 200, "", 2},
	{"504", say("504", "<html>gateway time-out</html>"), nil, 504, "A proxy at HOST gave up waiting for the Prometheus server behind it (HTTP 504): gateway time-out.", 1},
	{"a redirect to a login page", say("302", "").With(upstream.Fault{"location": "/login?next=query"}), nil, 502, "/login. Use that address in the data source's URL, unless it is a login page.", 1},
	{"a redirect that goes nowhere", say("302", ""), nil, 502, "HOST answered HTTP 302, which the Prometheus API doesn't use", 1},
	{"a redirect that goes nowhere and says why", say("302", "<a>moved</a>"), nil, 502, "HOST answered HTTP 302, which the Prometheus API doesn't use: moved. Check the data source's URL.", 1},
	{"another protocol on the connection", raw("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n", "stay"), nil, 502, "HOST answered HTTP 101, which the Prometheus API doesn't use. Check the data source's URL.", 1},
	{"400 of a proxy", say("400", "Client sent an HTTP request to an HTTPS server.\n"), nil, 400, "HOST refused the request (HTTP 400): Client sent an HTTP request to an HTTPS server. Check", 1},
	{"413 of a proxy", say("413", "<html><head><title>413 Request Entity Too Large</title></head></html>"), nil, 413, "HOST refused the request (HTTP 413): 413 Request Entity Too Large. Shorten the query", 1},
	{"422 with a message", say("422", `{"message":"no such tenant"}`), nil, 422, "HOST refused the request (HTTP 422): no such tenant.", 1},
	{"404 of the API", say("404", `{"status":"error","errorType":"not_found","error":"no such tenant"}`), nil, 404, "HOST refused the query: not_found: no such tenant.", 1},
	{"500 without a word", say("500", ""), nil, 502, "HOST failed (HTTP 500) without an explanation. Check its log.", 1},
	{"500 that trickles", upstream.Fault{"kind": "trickle", "status": "500", "body": "out of memory and more"}, Settings{"queryTimeout": "5s"}, 502, "HOST failed (HTTP 500): out of", 1},
	{"500 of one long line", say("500", strings.Repeat("why ", 50_000)), nil, 502, "HOST failed (HTTP 500): why why", 1},
	{"500 with the request's own credentials", upstream.Fault{"kind": "echo", "status": "500"}, nil, 502, "HOST failed (HTTP 500): ", 1},
	{"401 with the request's own credentials", upstream.Fault{"kind": "echo", "status": "401"}, nil, 401, "HOST refused the data source's credentials (HTTP 401): ", 1},
	{"400 with the request's own credentials", upstream.Fault{"kind": "echo", "status": "400"}, nil, 400, "HOST refused the request (HTTP 400): ", 1},
	{"200 with the request's own credentials", upstream.Fault{"kind": "echo", "status": "200"}, nil, 502, "is not a valid response of the Prometheus API: ", 1},
	{"a redirect loop", say("307", "").With(upstream.Fault{"location": "query"}), nil, 502, "The request to HOST failed: it redirects more than 10 times.", 10},
}

var contentCases = []badCase{
	{"a login page", say("200", "\n<!doctype html><title>Sign in</title>").With(upstream.Fault{"content_type": "text/html"}), nil, 502, "HOST answered with a web page instead of a response of the Prometheus API: Sign in. Check the data source's URL, and whether a proxy in front of it requires a login.", 1},
	{"another Content-Type", say("200", one).With(upstream.Fault{"content_type": "text/plain"}), nil, 200, "", 1},
	{"nothing", say("200", ""), nil, 502, "HOST answered HTTP 200 with an empty body instead of JSON.", 1},
	{"text", say("200", "OK"), nil, 502, "is not a valid response of the Prometheus API: OK. Check that the data source's URL", 1},
	{"a list", say("200", "[]"), nil, 502, "is not a valid response of the Prometheus API: []. Check", 1},
	{"no JSON in the middle", say("200", strings.Replace(one, `:[[`, `:[<[`, 1)), nil, 502, "is not a valid response of the Prometheus API", 1},
	{"a value that is no number", say("200", strings.Replace(one, `"1"]]`, `"one"]]`, 1)), nil, 502, "a value is not a number, at byte", 1},
	{"the value of a label is not a string", say("200", strings.Replace(one, `"a":"1"`, `"a":1`, 1)), nil, 502, "is not a valid response of the Prometheus API", 1},
	{"JSON cut off", say("200", one[:90]), nil, 502, "The answer of HOST was cut off after 90 bytes.", 1},
	{"something behind the JSON", say("200", one+"Fatal error: out of memory"), nil, 502, "is not a valid response of the Prometheus API", 1},
	{"a second answer behind the first", say("200", one+one), nil, 502, "is not a valid response of the Prometheus API", 1},
	{"invalid UTF-8", say("200", strings.Replace(one, `"a":"1"`, "\"a\":\"\xff\"", 1)), nil, 200, "", 1},
	{"a NUL within a text", say("200", strings.Replace(one, `"a":"1"`, "\"a\":\"\x00\"", 1)), nil, 502, "is not a valid response of the Prometheus API", 1},
	{"NULs for a body", say("200", strings.Repeat("\x00", 100)), nil, 502, "is not a valid response of the Prometheus API: 100 bytes that are not text.", 1},
	{"a byte order mark", say("200", "\ufeff"+one), nil, 502, "is not a valid response of the Prometheus API", 1},
	{"an error under status 200", say("200", `{"status":"error","errorType":"bad_data","error":"no such function"}`), nil, 400, "HOST refused the query: bad_data: no such function.", 1},
	{"an error that says nothing", say("200", `{"status":"error"}`), nil, 502, "is not a valid response of the Prometheus API: {\"status\":\"error\"}. Check", 1},
	{"JSON of something else", say("200", `{"message":"hello"}`), nil, 502, "The answer of HOST is not a valid response of the Prometheus API: hello. Check that the data source's URL is that of a Prometheus API.", 1},
	{"a timeout under status 200", say("200", `{"status":"error","errorType":"timeout","error":"query timed out"}`), nil, 504, "HOST stopped the query because it took too long: query timed out.", 1},
	{"success and no data", say("200", `{"status":"success"}`), nil, 502, "resultType is not matrix, vector, scalar or string", 1},
	{"an unknown type of result", say("200", `{"status":"success","data":{"resultType":"table","result":[]}}`), nil, 502, "resultType is not matrix, vector, scalar or string", 1},
	{"a vector for a result", say("200", `{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1700000000,"1"]}]}}`), nil, 200, "", 1},
	{"a scalar for a result", say("200", `{"status":"success","data":{"resultType":"scalar","result":[1700000000,"1"]}}`), nil, 200, "", 1},
	{"a matrix for a result", say("200", one), nil, 200, "", 1},
	{"the same label twice", say("200", strings.Replace(one, `"a":"1"`, `"a":"1","a":"2"`, 1)), nil, 200, "", 1},
	{"the same key twice", say("200", `{"status":"error","data":null,"status":"success",`+one[20:]), nil, 200, "", 1},
	{"the same series twice", say("200", strings.Replace(one, `"result":[`, `"result":[{"metric":{"a":"1"},"values":[[1700000000,"2"]]},`, 1)), nil, 200, "", 1},
	{"deep nesting", upstream.Fault{"kind": "endless", "of": "depth"}, nil, 502, "is not a valid response of the Prometheus API", 1},
	{"deep nesting of what nobody reads", say("200", `{"x":`+strings.Repeat(`[`, 5000)), nil, 502, "nested too deeply", 1},
	{"gzip that is cut off", upstream.Fault{"kind": "gzip", "damage": "cut", "series": "50", "points": "50"}, nil, 502, "The answer of HOST was cut off after", 1},
	{"gzip with damaged bytes", upstream.Fault{"kind": "gzip", "damage": "bytes", "series": "50", "points": "50"}, nil, 502, "HOST", 1},
	{"gzip whose checksum is wrong", upstream.Fault{"kind": "gzip", "damage": "checksum"}, nil, 502, "gzip: invalid checksum", 1},
	{"gzip that is none", raw(ok+"Content-Encoding: gzip\r\nContent-Length: 113\r\n\r\n\x00"+one, "close"), nil, 502, "could not be read past byte 0: gzip: invalid header.", 1},
	{"text in gzip that is none", raw(ok+"Content-Encoding: gzip\r\nContent-Length: 13\r\n\r\nout of memory", "close"), nil, 502, "not a valid response of the Prometheus API: out of memory.", 1},
	{"gzip that a header of the settings asks for", upstream.Fault{"kind": "good", "encoding": "asked"}, acceptEncoding("gzip"), 200, "", 1},
	{"br, which that header asks for too", upstream.Fault{"kind": "good", "encoding": "asked"}, acceptEncoding("br, gzip;q=0.5"), 200, "", 1},
	{"br alone, which that header asks for", upstream.Fault{"kind": "good", "encoding": "asked"}, acceptEncoding("br"), 200, "", 1},
	{"deflate, which that header asks for", upstream.Fault{"kind": "good", "encoding": "asked"}, acceptEncoding("deflate"), 200, "", 1},
	{"br that nobody asked for", say("200", "\x1b\x2a\x00\xf8\x8d").With(upstream.Fault{"content_encoding": "br"}), nil, 502, "The answer of HOST has the content encoding \"br\", which can't be decoded.", 1},
	{"a gzip bomb", upstream.Fault{"kind": "bomb"}, Settings{"responseLimitMiB": 4}, 413, "larger than the data source's limit of 4 MiB (response limit)", 1},
}

// TestFaults: whoever asks is told what happened, under the right status, and
// the server isn't asked more often than that can help.
func TestFaults(t *testing.T) {
	t.Parallel()
	t.Cleanup(func() { keepsSecrets(t, "the plugin's log", stderr.String()) })
	for _, group := range []struct {
		name, method string
		cases        []badCase
	}{
		{"connection", "POST", connectionCases},
		{"connection by GET", "GET", connectionCases}, // whose URL holds query and parameters
		{"status", "POST", statusCases},
		{"content", "POST", contentCases},
	} {
		for _, c := range group.cases {
			name, settings := group.name+"/"+c.name, Settings{"httpMethod": group.method}
			maps.Copy(settings, c.settings)
			t.Run(name+"/panel", func(t *testing.T) {
				t.Parallel()
				fault := c.fault.With(upstream.Fault{"id": t.Name()})
				c.check(t, ask(t, source("http", server.Host(), settings), panel("A", fault), nil), c.requests)
			})
			t.Run(name+"/alert", func(t *testing.T) {
				t.Parallel()
				requests := min(c.requests, 2)
				if c.fault["location"] != "" {
					requests = c.requests // all of one attempt
				}
				fault := c.fault.With(upstream.Fault{"id": t.Name()})
				c.check(t, ask(t, source("http", server.Host(), settings), alert(fault), fromAlert), requests)
			})
		}
	}
}

// check holds the answer to a query under the test's name against what is due
// after so many requests.
func (c badCase) check(t *testing.T, answer backend.DataResponse, requests int) {
	t.Helper()
	got := server.Requests(t.Name())
	t.Logf("status %d after %d requests: %s", answer.Status, got, says(answer))
	want := strings.ReplaceAll(c.says, "HOST", server.Host())
	want = strings.ReplaceAll(want, fmt.Sprintf("Attempts made: %d.", c.requests), fmt.Sprintf("Attempts made: %d.", requests))
	told(t, answer, c.status, want)
	if got != requests {
		t.Errorf("%d requests, want %d", got, requests)
	}
}

// told holds an answer against its status and text.
func told(t *testing.T, answer backend.DataResponse, status int, want string) {
	t.Helper()
	text := says(answer)
	if status == 200 {
		if answer.Error != nil || answer.Status != 200 || len(answer.Frames) == 0 {
			t.Errorf("status %d, %d frames, %q", answer.Status, len(answer.Frames), text)
		}
		return
	}
	if int(answer.Status) != status || answer.ErrorSource != backend.ErrorSourceDownstream || text == "" || !strings.Contains(text, want) {
		t.Errorf("status %d of source %q, want %d:\n got %q\nwant %q", answer.Status, answer.ErrorSource, status, text, want)
	}
	keepsSecrets(t, "the error", text)
}

func keepsSecrets(t *testing.T, what, text string) {
	t.Helper()
	for _, secret := range secrets {
		if strings.Contains(text, secret) {
			t.Errorf("%s tells a secret: %q", what, text)
		}
	}
}
