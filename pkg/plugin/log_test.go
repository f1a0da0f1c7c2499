package plugin

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/log"
)

// logRecorder is a logger that records its lines.
type logRecorder struct {
	mu    *sync.Mutex
	lines *[]string
	with  string
}

func (r logRecorder) record(level, text string, args []any) {
	for _, arg := range args {
		if _, ok := arg.(time.Duration); ok {
			text += " (a duration in nanoseconds)" // Grafana's logger formats it as an integer
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	*r.lines = append(*r.lines, level+" "+text+r.with+fmt.Sprintf(" %v", args))
}

func (r logRecorder) Debug(text string, args ...any) { r.record("debug", text, args) }
func (r logRecorder) Info(text string, args ...any)  { r.record("info", text, args) }
func (r logRecorder) Warn(text string, args ...any)  { r.record("warn", text, args) }
func (r logRecorder) Error(text string, args ...any) { r.record("error", text, args) }
func (r logRecorder) Level() log.Level               { return log.Debug }
func (r logRecorder) With(args ...any) log.Logger {
	r.with += fmt.Sprintf(" %v", args)
	return r
}
func (r logRecorder) FromContext(ctx context.Context) log.Logger {
	return r.With(log.ContextualAttributesFromContext(ctx)...)
}

// recordLog records the log until the test ends.
func recordLog(t *testing.T) func() []string {
	t.Helper()
	r := logRecorder{mu: new(sync.Mutex), lines: new([]string)}
	logger, defaultLogger := backend.Logger, log.DefaultLogger
	backend.Logger, log.DefaultLogger = r, r
	t.Cleanup(func() { backend.Logger, log.DefaultLogger = logger, defaultLogger })
	return func() []string {
		r.mu.Lock()
		defer r.mu.Unlock()
		return append([]string{}, *r.lines...)
	}
}

// lineWith returns the first line that contains a text.
func lineWith(t *testing.T, lines []string, text string) string {
	t.Helper()
	for _, line := range lines {
		if strings.Contains(line, text) {
			return line
		}
	}
	t.Fatalf("no line has %q:\n%s", text, strings.Join(lines, "\n"))
	return ""
}

func TestQueriesAreLogged(t *testing.T) {
	lines := recordLog(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("query") == "down" {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		_, _ = fmt.Fprint(w, `{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"a":"b"},"values":[[0,"1"],[15,"2"]]}]}}`)
	}))
	defer server.Close()
	d := instance(t, server.URL, `{"queryTimeout":"2s"}`)
	defer d.Dispose()
	runQueries(t, d, nil, `{"expr":"up[$__interval]","legendFormat":""}`, `{"metric":"nothing_like_it"}`, `{"expr":"down"}`, `{`)
	get(t, d, "api/v1/labels")
	for _, test := range []struct{ line, want string }{
		{"Data source loaded", "uid modelmetrics metrics"},
		{"refId A", "debug Query executed"},
		{"refId A", "queryType promql metric  expr up[15s] step 15s series 1 samples 2 bytes 111 requests 1 retries 0 duration "},
		{"refId B", "queryType catalog metric nothing_like_it series 0"},
		{"refId B", "status 400 error The catalog has no metric"},
		{"Retries exhausted", "warn Retries exhausted"},
		{"Retries exhausted", "refId C queryType promql metric  expr down step 15s api query_range reason transient attempts "},
		{"refId D", "status 400 error The query is not valid JSON"},
		{"Resource request", "method GET path api/v1/labels samples 0"},
	} {
		if line := lineWith(t, lines(), test.line); !strings.Contains(line, test.want) {
			t.Errorf("got %s\nwant %s", line, test.want)
		}
	}
	for _, line := range lines() {
		if strings.Contains(line, "in nanoseconds") {
			t.Error(line)
		}
	}
}

func TestLinesOfTheLogAreShort(t *testing.T) {
	lines := recordLog(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = fmt.Fprintf(w, `{"status":"error","errorType":"bad_data","error":"%s"}`, strings.Repeat("&lt;<", 1000))
	}))
	defer server.Close()
	d := instance(t, server.URL, `{}`)
	defer d.Dispose()
	long := strings.Repeat("<", 10_000)
	expr := `{"expr":"x{a='` + long + `'}"}`
	runQueries(t, d, nil, expr, `{"queryType":"`+long+`"}`, `{"metric":"`+long+`"}`, `{"expr":"x","timezone":"`+long+`"}`)
	get(t, d, "catalog/"+long)
	const maxLine = 4 << 10
	for _, line := range lines() {
		encoded, err := json.Marshal(line)
		if err != nil {
			t.Fatal(err)
		}
		if len(encoded) > maxLine {
			t.Errorf("a line has %d bytes: %.300s", len(encoded), line)
		}
	}
	lineWith(t, lines(), "expr x{a=")
}

// TestNoSecretIsLogged uses several authentication methods, and responses that repeat
// requests.
func TestNoSecretIsLogged(t *testing.T) {
	certificate, key := keyPair(t)
	const secret = "hunter2-secret"
	for _, auth := range []struct {
		name    string
		user    string // of the URL
		basic   bool
		data    string
		secure  map[string]string
		headers map[string]string // of the caller
	}{
		{name: "basic authentication", basic: true, data: `{}`, secure: map[string]string{"basicAuthPassword": secret}},
		{name: "credentials in the URL", user: "reader:" + secret + "@", data: `{}`},
		{name: "custom headers", data: `{"httpHeaderName1":"Authorization","httpHeaderName2":"X-Api-Key"}`, secure: map[string]string{"httpHeaderValue1": "Bearer " + secret, "httpHeaderValue2": secret}},
		{name: "query parameters", data: `{"customQueryParameters":"token=` + secret + `"}`},
		{name: "TLS client certificate", data: `{"tlsAuth":true}`, secure: map[string]string{"tlsClientCert": certificate, "tlsClientKey": key}},
		{name: "forwarded OAuth identity", data: `{"oauthPassThru":true}`, headers: map[string]string{"Authorization": "Bearer " + secret, "X-ID-Token": secret}},
		{name: "forwarded cookies", data: `{"keepCookies":["session"]}`, headers: map[string]string{"Cookie": "session=" + secret}},
	} {
		t.Run(auth.name, func(t *testing.T) {
			lines := recordLog(t)
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch echo := fmt.Sprint(r.Header, r.URL, r.FormValue("token")); r.FormValue("query") {
				case "rejected":
					w.WriteHeader(http.StatusUnauthorized)
					_, _ = fmt.Fprint(w, "no access with ", echo)
				case "down":
					w.WriteHeader(http.StatusServiceUnavailable)
					_, _ = fmt.Fprint(w, echo)
				default:
					_, _ = fmt.Fprint(w, `{"status":"success","warnings":["`+strings.ReplaceAll(echo, `"`, `'`)+`"],"data":{"resultType":"vector","result":[]}}`)
				}
			}))
			defer server.Close()
			made, err := NewInstance(t.Context(), backend.DataSourceInstanceSettings{
				UID: "auth", URL: strings.Replace(server.URL, "http://", "http://"+auth.user, 1), BasicAuthEnabled: auth.basic, BasicAuthUser: "reader",
				JSONData: []byte(strings.NewReplacer(`{}`, `{"queryTimeout":"1s"}`, `{"`, `{"queryTimeout":"1s","`).Replace(auth.data)), DecryptedSecureJSONData: auth.secure,
			})
			if err != nil {
				t.Fatal(err)
			}
			d := made.(*DataSource)
			defer d.Dispose()
			runQueries(t, d, auth.headers, `{"expr":"up","instant":true}`, `{"expr":"rejected","instant":true}`, `{"expr":"down","instant":true}`, `{"queryType":"labelNames"}`)
			get(t, d, "api/v1/labels")
			if _, err := d.CheckHealth(t.Context(), &backend.CheckHealthRequest{}); err != nil {
				t.Fatal(err)
			}
			lineWith(t, lines(), "refId A")
			keyBody, _ := pem.Decode([]byte(key))
			for _, line := range lines() {
				if strings.Contains(line, secret) || bytes.Contains([]byte(line), []byte(key[30:60])) || bytes.Contains([]byte(line), keyBody.Bytes) {
					t.Errorf("the line contains a secret: %s", line)
				}
			}
		})
	}
}

// keyPair returns a certificate and its key in PEM.
func keyPair(t *testing.T) (certificate, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "client"}, NotAfter: time.Now().Add(time.Hour)}
	signed, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := x509.MarshalECPrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: signed})),
		string(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: encoded}))
}
