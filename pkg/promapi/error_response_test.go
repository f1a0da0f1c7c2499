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

// bodies are what servers and the proxies in front of them send instead of the API's
// errors, and what a person reads of them.
var bodies = []struct{ name, contentType, body, words string }{
	{"plain text", "text/plain", "too many series\n", "too many series"},
	{"a page", "text/html", "<html><head><title>Quota exceeded</title></head><body><h1>Quota exceeded</h1></body></html>", "Quota exceeded"},
	{"message", "application/json", `{"message":"over quota"}`, "over quota"},
	{"error within error", "application/json", `{"error":{"message":"over quota"}}`, "over quota"},
	{"error", "application/json", `{"error":"over quota"}`, "over quota"},
	{"detail", "application/json", `{"detail":"over quota"}`, "over quota"},
	{"a problem document", "application/problem+json", `{"title":"Over quota","detail":"5 of 5 used"}`, "Over quota: 5 of 5 used"},
}

// kindsOfStatus are the statuses of refusals and how a query that meets them fails.
var kindsOfStatus = []struct {
	status int
	kind   fault.Kind
	told   int
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

// TestTheServersWordsAreShown: whatever the status, whatever the kind of body.
func TestTheServersWordsAreShown(t *testing.T) {
	for _, s := range kindsOfStatus {
		for _, b := range bodies {
			t.Run(strconv.Itoa(s.status)+" with "+b.name, func(t *testing.T) {
				c, _ := client(t, Options{Method: http.MethodGet}, func(w http.ResponseWriter, _ *http.Request) {
					w.Header().Set("Content-Type", b.contentType)
					w.WriteHeader(s.status)
					_, _ = fmt.Fprint(w, b.body)
				})
				_, err := c.Query(t.Context(), instant)
				if f := fault.As(err); f.Kind != s.kind || f.Status != s.told || !strings.Contains(f.Text, ": "+b.words+".") || strings.Contains(f.Text, "did not say why") {
					t.Errorf("got kind %v, status %d, %q", f.Kind, f.Status, f.Text)
				}
			})
		}
	}
}

// TestAnEmptyBodyDoesNotSayWhy: and no other.
func TestAnEmptyBodyDoesNotSayWhy(t *testing.T) {
	for status, want := range map[int]string{
		400: "refused the request (HTTP 400) and did not say why: its log may. Check that the data source's URL is that of a Prometheus API.",
		401: "refused the data source's credentials (HTTP 401). Check the authentication in the data source's settings.",
		413: "refused the request (HTTP 413) and did not say why: its log may. Shorten the query, or raise the limit of the server or of a proxy in front of it.",
		500: "failed (HTTP 500) and did not say why: its log may.",
		503: "is too busy to answer (HTTP 503). Try again later, or ask for less. Attempts made: 4.",
		304: "answered HTTP 304 and not as a Prometheus API does. Check the data source's URL.",
		204: "answered HTTP 204 without a body, where the Prometheus API sends JSON.",
		200: "answered HTTP 200 without a body, where the Prometheus API sends JSON.",
	} {
		c, _ := client(t, Options{Method: http.MethodGet}, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
		for route, ask := range routes(t, c) {
			if err := ask(); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%d, %s: got %v, want %s", status, route, err, want)
			}
		}
	}
}

func TestAChallengeIsShownWhereTheBodyIsEmpty(t *testing.T) {
	c, _ := client(t, Options{}, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token", error_description="The token expired"`)
		w.WriteHeader(http.StatusUnauthorized)
	})
	if _, err := c.Query(t.Context(), instant); err == nil || !strings.Contains(err.Error(), `(HTTP 401): Bearer error="invalid_token", error_description="The token expired". Check`) {
		t.Errorf("got %v", err)
	}
}

// routes are the ways in which the API is used.
func routes(t *testing.T, c *Client) map[string]func() error {
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

// TestWhatIsNotOfTheAPIIsShown: under status 200 too, on every route.
func TestWhatIsNotOfTheAPIIsShown(t *testing.T) {
	for _, test := range []struct{ name, body, want string }{
		{"a login page", "<html><head><title>Sign in</title></head><body><form>Password: <input>", "answered with a web page where a Prometheus API was expected: Sign in. Password:. Check the data source's URL, and whether a login page"},
		{"a page behind a long style sheet", "<html><style>" + strings.Repeat("a{b:c} ", 5000) + "</style><title>Sign in</title>", "was expected: Sign in. Check"},
		{"text", "upstream is starting", "promises: upstream is starting. Check that the data source's URL is that of a Prometheus API."},
		{"JSON of another kind", `{"message":"no such backend"}`, "promises: no such backend. Check"},
		{"JSON whose status is a number", `{"status":404,"error":"Not Found","message":"No route"}`, "promises: Not Found: No route. Check"},
		{"an error without the error", `{"status":"error","message":"no such backend"}`, "promises: no such backend. Check"},
		{"an error that says nothing", `{"status":"error"}`, `promises: {"status":"error"}. Check`},
		{"much JSON of another kind", `{"message":"` + strings.Repeat("a", 5000) + `"}`, "says neither success nor what failed. Check that the data source's URL"},
		{"a failure of the API", `{"status":"error","errorType":"bad_data","error":"line 1:\n\tno"}`, "refused the query: bad_data: line 1: no."},
	} {
		c, _ := client(t, Options{}, func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, test.body) })
		for route, ask := range routes(t, c) {
			if err := ask(); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%s, %s:\n got %v\nwant %s", test.name, route, err, test.want)
			}
		}
	}
}

// TestServersDoNotRepeatCredentials: a server that echoes the whole request.
func TestServersDoNotRepeatCredentials(t *testing.T) {
	for _, status := range []int{200, 400, 401, 404, 413, 429, 500, 503} {
		c, _ := client(t, Options{
			Params: url.Values{"token": {"a secret/parameter"}},
			Mask:   errortext.NewMasker([]errortext.Secret{{Name: "token", Value: "a secret/parameter"}, {Name: "X-Tenant", Value: "team-blue"}}),
		}, func(w http.ResponseWriter, r *http.Request) {
			_ = r.ParseForm()
			w.WriteHeader(status)
			_, _ = fmt.Fprintf(w, "%s %v refused: %s", r.Form.Encode(), r.Form, r.Header)
		})
		c.http.Transport = sending{c.http.Transport, http.Header{"Authorization": {"Bearer forwarded"}, "Cookie": {"session=crumbs"}, "X-Tenant": {"team-blue"}}}
		for route, ask := range routes(t, c) {
			err := ask()
			if err == nil {
				if status != http.StatusNotFound || route != "exemplars" { // a server without exemplars has none
					t.Errorf("%d, %s: no error", status, route)
				}
				continue
			}
			for _, secret := range []string{"secret/parameter", "secret%2Fparameter", "forwarded", "crumbs", "team-blue"} {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("%d, %s: %s is in %v", status, route, secret, err)
				}
			}
		}
	}
}

// TestWarningsDoNotRepeatCredentials: what comes along with data is masked as errors
// are.
func TestWarningsDoNotRepeatCredentials(t *testing.T) {
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

// sending adds headers on the way out, as the SDK's client does.
type sending struct {
	http.RoundTripper
	header http.Header
}

func (s sending) RoundTrip(req *http.Request) (*http.Response, error) {
	maps.Copy(req.Header, s.header)
	return s.RoundTripper.RoundTrip(req)
}

// TestAnExplanationIsReadInPart: a body that goes wrong says what arrived of it, one
// that never ends is cut, and neither takes longer than the query may.
func TestAnExplanationIsReadInPart(t *testing.T) {
	for _, test := range []struct {
		name, want string
		handler    http.HandlerFunc
	}{
		{"cut off", "(HTTP 500): out of", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			w.WriteHeader(http.StatusInternalServerError)
			_, _ = fmt.Fprint(w, "out of memo")
		}},
		{"without an end", "(HTTP 500): why why why", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusInternalServerError)
			for _, err := fmt.Fprint(w, "why"); err == nil; {
				_, err = fmt.Fprint(w, strings.Repeat(" why", 1000))
			}
		}},
		{"that stops", "(HTTP 500): out of", func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusInternalServerError)
			_, _ = fmt.Fprint(w, "out of memo")
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		}},
		{"that never comes", "(HTTP 500): its explanation did not arrive in time.", func(w http.ResponseWriter, r *http.Request) {
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

// TestAnotherProtocolEndsTheQuery: a connection that a server upgrades has no body,
// and waiting for one would never end.
func TestAnotherProtocolEndsTheQuery(t *testing.T) {
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
		if err == nil || !strings.Contains(err.Error(), "answered HTTP 101 and not as a Prometheus API does.") {
			t.Errorf("got %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Error("still waiting")
	}
}

// TestAMalformedAnswerIsShownWithoutCredentials: Go's own errors quote what came.
func TestAMalformedAnswerIsShownWithoutCredentials(t *testing.T) {
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
