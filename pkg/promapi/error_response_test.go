package promapi

import (
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/errortext"
)

// bodies are bodies of error responses. None of them has the format of the API's errors. text
// is the part of the body that an error message contains.
var bodies = []struct{ name, contentType, body, text string }{
	{"plain text", "text/plain", "too many series\n", "too many series"},
	{"web page", "text/html", "<html><head><title>Quota exceeded</title></head><body><h1>Quota exceeded</h1></body></html>", "Quota exceeded"},
	{"message", "application/json", `{"message":"over quota"}`, "over quota"},
	{"nested error", "application/json", `{"error":{"message":"over quota"}}`, "over quota"},
	{"error", "application/json", `{"error":"over quota"}`, "over quota"},
	{"detail", "application/json", `{"detail":"over quota"}`, "over quota"},
	{"problem document", "application/problem+json", `{"title":"Over quota","detail":"5 of 5 used"}`, "Over quota: 5 of 5 used"},
}

// statusKinds are the HTTP statuses of error responses. kind and want are the kind and the
// status of the fault for such a response.
var statusKinds = []struct {
	status int
	kind   fault.Kind
	want   int
}{
	{400, fault.Rejected, 400},
	{401, fault.Unauthorized, 401},
	{403, fault.Unauthorized, 403},
	{404, fault.NotPrometheus, 404},
	{405, fault.Rejected, 405},
	{413, fault.Rejected, 413},
	{414, fault.Rejected, 414},
	{422, fault.Rejected, 422},
	{429, fault.Busy, 429},
	{500, fault.BadAnswer, 502},
	{502, fault.Unreachable, 502},
	{503, fault.Busy, 503},
	{504, fault.Timeout, 504},
	{521, fault.BadAnswer, 502},
}

func TestErrorContainsTextOfBody(t *testing.T) {
	for _, s := range statusKinds {
		for _, b := range bodies {
			t.Run(strconv.Itoa(s.status)+" with "+b.name, func(t *testing.T) {
				c, _ := client(t, Options{Method: http.MethodGet}, func(w http.ResponseWriter, _ *http.Request) {
					w.Header().Set("Content-Type", b.contentType)
					w.WriteHeader(s.status)
					_, _ = fmt.Fprint(w, b.body)
				})
				_, err := c.Query(t.Context(), instant)
				if f := fault.As(err); f.Kind != s.kind || f.Status != s.want || !strings.Contains(f.Text, ": "+b.text+".") || strings.Contains(f.Text, "without an explanation") {
					t.Errorf("got kind %v, status %d, %q", f.Kind, f.Status, f.Text)
				}
			})
		}
	}
}

func TestErrorWithEmptyBody(t *testing.T) {
	for status, want := range map[int]string{
		400: "refused the request (HTTP 400) without an explanation. Check its log. Check that the data source's URL leads to a Prometheus API.",
		401: "refused the data source's credentials (HTTP 401). Check the authentication in the data source's settings.",
		413: "refused the request (HTTP 413) without an explanation. Check its log. Shorten the query, or raise the limit of the server or of a proxy in front of it.",
		500: "failed (HTTP 500) without an explanation. Check its log.",
		503: "is too busy to answer (HTTP 503). Try again later, or query less data. Attempts made: 4.",
		304: "answered HTTP 304, which the Prometheus API doesn't use. Check the data source's URL.",
		204: "answered HTTP 204 with an empty body instead of JSON.",
		200: "answered HTTP 200 with an empty body instead of JSON.",
	} {
		c, _ := client(t, Options{Method: http.MethodGet}, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
		for endpoint, request := range endpoints(t, c) {
			if err := request(); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%d, %s: got %v, want %s", status, endpoint, err, want)
			}
		}
	}
}

func TestErrorWithEmptyBodyContainsChallenge(t *testing.T) {
	c, _ := client(t, Options{}, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token", error_description="The token expired"`)
		w.WriteHeader(http.StatusUnauthorized)
	})
	if _, err := c.Query(t.Context(), instant); err == nil || !strings.Contains(err.Error(), `(HTTP 401): Bearer error="invalid_token", error_description="The token expired". Check`) {
		t.Errorf("got %v", err)
	}
}

// endpoints returns a request to each endpoint from which the client reads data. The endpoints
// that only identify the server are not included.
func endpoints(t *testing.T, c *Client) map[string]func() error {
	t.Helper()
	at := time.Unix(1_700_000_000, 0)
	r := Range{Expr: "up", Start: at.Add(-time.Hour), End: at, Step: time.Minute}
	ctx := t.Context()
	return map[string]func() error{
		"query":           func() error { _, err := c.Query(ctx, instant); return err },
		"query_range":     func() error { _, err := c.QueryRange(ctx, r); return err },
		"query, raw":      func() error { _, err := c.RawQuery(ctx, instant); return err },
		"exemplars":       func() error { _, err := c.Exemplars(ctx, "up", r.Start, r.End); return err },
		"label names":     func() error { _, err := c.LabelNames(ctx, Selection{}); return err },
		"label values":    func() error { _, err := c.LabelValues(ctx, "job", Selection{}); return err },
		"series":          func() error { _, err := c.Series(ctx, Selection{Match: []string{"up"}}); return err },
		"metric metadata": func() error { _, err := c.Metadata(ctx, MetadataSelection{}); return err },
	}
}

// The error contains the text of a body with status 200 that isn't an answer of the API,
// unless the body is a long JSON object.
func TestForeignBodyWithStatus200(t *testing.T) {
	for _, test := range []struct{ name, body, want string }{
		{"login page", "<html><head><title>Sign in</title></head><body><form>Password: <input>", "answered with a web page instead of a response of the Prometheus API: Sign in. Password:. Check the data source's URL, and whether a proxy"},
		{"web page with a long style sheet", "<html><style>" + strings.Repeat("a{b:c} ", 5000) + "</style><title>Sign in</title>", "Prometheus API: Sign in. Check"},
		{"plain text", "upstream is starting", "Prometheus API: upstream is starting. Check that the data source's URL leads to a Prometheus API."},
		{"other JSON", `{"message":"no such backend"}`, "Prometheus API: no such backend. Check"},
		{"JSON with a numeric status", `{"status":404,"error":"Not Found","message":"No route"}`, "Prometheus API: Not Found: No route. Check"},
		{"error with a message field", `{"status":"error","message":"no such backend"}`, "Prometheus API: no such backend. Check"},
		{"error without a text", `{"status":"error"}`, `Prometheus API: {"status":"error"}. Check`},
		{"long other JSON", `{"message":"` + strings.Repeat("a", 5000) + `"}`, "reports neither success nor an error. Check that the data source's URL"},
		{"error of the API", `{"status":"error","errorType":"bad_data","error":"line 1:\n\tno"}`, "refused the query: bad_data: line 1: no."},
	} {
		c, _ := client(t, Options{}, func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, test.body) })
		for endpoint, request := range endpoints(t, c) {
			if err := request(); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%s, %s:\n got %v\nwant %s", test.name, endpoint, err, test.want)
			}
		}
	}
}

// The response of the test's server contains the parameters and the headers of the request.
func TestErrorsDoNotContainCredentials(t *testing.T) {
	for _, status := range []int{200, 400, 401, 404, 413, 429, 500, 503} {
		c, _ := client(t, Options{
			Params: url.Values{"token": {"a secret/parameter"}},
			Mask:   errortext.NewMasker([]errortext.Secret{{Name: "token", Value: "a secret/parameter"}, {Name: "X-Tenant", Value: "team-blue"}}),
		}, func(w http.ResponseWriter, r *http.Request) {
			_ = r.ParseForm()
			w.WriteHeader(status)
			_, _ = fmt.Fprintf(w, "%s %v refused: %s", r.Form.Encode(), r.Form, r.Header)
		})
		c.http.Transport = headerTransport{c.http.Transport, http.Header{"Authorization": {"Bearer forwarded"}, "Cookie": {"session=crumbs"}, "X-Tenant": {"team-blue"}}}
		for endpoint, request := range endpoints(t, c) {
			err := request()
			if err == nil {
				if status != http.StatusNotFound || endpoint != "exemplars" { // a server without exemplars responds with 404
					t.Errorf("%d, %s: no error", status, endpoint)
				}
				continue
			}
			for _, secret := range []string{"secret/parameter", "secret%2Fparameter", "forwarded", "crumbs", "team-blue"} {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("%d, %s: %s is in %v", status, endpoint, secret, err)
				}
			}
		}
	}
}

func TestNotesDoNotContainCredentials(t *testing.T) {
	c, _ := client(t, Options{Mask: errortext.NewMasker([]errortext.Secret{{Name: "token", Value: "hush-hush"}})}, func(w http.ResponseWriter, r *http.Request) {
		data := `["a"]`
		if strings.HasSuffix(r.URL.Path, "/query") {
			data = `{"resultType":"vector","result":[]}`
		}
		_, _ = fmt.Fprintf(w, `{"status":"success","data":%s,"warnings":["a store refused\nhush-hush"],"infos":["PromQL info: hush-hush"]}`, data)
	})
	const warning, info = "a store refused ***", "PromQL info: ***"
	result, err := c.Query(t.Context(), instant)
	if err != nil || !slices.Equal(result.Warnings, []string{warning}) || !slices.Equal(result.Infos, []string{info}) || result.Partial != warning {
		t.Errorf("query: got %+v, %v", result, err)
	}
	names, err := c.LabelNames(t.Context(), Selection{})
	if err != nil || !slices.Equal(names.Warnings, []string{warning}) || !slices.Equal(names.Infos, []string{info}) || names.Partial != warning {
		t.Errorf("label names: got %+v, %v", names, err)
	}
	raw, err := c.RawQuery(t.Context(), instant)
	if err != nil || !slices.Equal(raw.Warnings, []string{warning}) || !slices.Equal(raw.Infos, []string{info}) {
		t.Errorf("raw: got %+v, %v", raw, err)
	}
}

// headerTransport adds headers to requests, like the HTTP client of the SDK.
type headerTransport struct {
	http.RoundTripper
	header http.Header
}

func (t headerTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	maps.Copy(req.Header, t.header)
	return t.RoundTripper.RoundTrip(req)
}

// The error contains the beginning of a body that is incomplete or endless, or the reason why
// there is no body.
func TestErrorWithIncompleteBody(t *testing.T) {
	for _, test := range []struct {
		name, want string
		handler    http.HandlerFunc
	}{
		{"cut off", "(HTTP 500): out of", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			w.WriteHeader(http.StatusInternalServerError)
			_, _ = fmt.Fprint(w, "out of memo")
		}},
		{"endless", "(HTTP 500): why why why", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusInternalServerError)
			for _, err := fmt.Fprint(w, "why"); err == nil; {
				_, err = fmt.Fprint(w, strings.Repeat(" why", 1000))
			}
		}},
		{"stalled", "(HTTP 500): out of", func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusInternalServerError)
			_, _ = fmt.Fprint(w, "out of memo")
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		}},
		{"missing", "(HTTP 500): the response body did not arrive in time.", func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusInternalServerError)
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, _ := client(t, Options{Method: http.MethodGet, Timeout: 500 * time.Millisecond}, test.handler)
			_, err := c.Query(t.Context(), instant)
			if err == nil || !strings.Contains(err.Error(), test.want) || len(err.Error()) > errortext.MaxText+100 {
				t.Errorf("got %v", err)
			}
		})
	}
}

// The body of a response that switches protocols may never end, so it isn't read.
func TestSwitchingProtocolsIsError(t *testing.T) {
	c, _ := client(t, Options{Timeout: 2 * time.Second}, func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		t.Cleanup(func() { _ = conn.Close() })
		_, _ = fmt.Fprint(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n")
	})
	ended := make(chan error, 1)
	go func() { _, err := c.Query(t.Context(), instant); ended <- err }()
	select {
	case err := <-ended:
		if err == nil || !strings.Contains(err.Error(), "answered HTTP 101, which the Prometheus API doesn't use.") {
			t.Errorf("got %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Error("the query is still waiting")
	}
}

// Errors of net/http quote a malformed response.
func TestMalformedHTTPErrorDoesNotContainCredentials(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() { // an echo server
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer func() { _ = conn.Close() }()
		buf := make([]byte, 4<<10)
		if n, err := conn.Read(buf); err == nil {
			_, _ = conn.Write(buf[:n])
		}
	}()
	c, _ := client(t, Options{
		URL: "http://" + listener.Addr().String(), Method: http.MethodGet, Params: url.Values{"key": {"opensesame"}},
		Mask: errortext.NewMasker([]errortext.Secret{{Name: "key", Value: "opensesame"}}),
	}, http.NotFound)
	if _, err := c.Query(t.Context(), instant); err == nil || !strings.Contains(err.Error(), "malformed HTTP") || strings.Contains(err.Error(), "opensesame") {
		t.Errorf("got %v", err)
	}
}
