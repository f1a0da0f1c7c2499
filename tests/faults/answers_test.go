package faults

import (
	"flag"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/faults/upstream"
)

var update = flag.Bool("update", false, "rewrite docs/server-answers.md")

const answersPage = root + "/docs/server-answers.md"

// sentStatuses and sentBodies are the statuses and bodies that the server sends, in all
// combinations.
var (
	sentStatuses = []int{200, 204, 302, 400, 401, 403, 404, 413, 414, 418, 422, 429, 500, 502, 503, 504}
	sentBodies   = []struct {
		name  string
		fault upstream.Fault
	}{
		{"empty", upstream.Fault{"body": ""}},
		{"an error of the Prometheus API", upstream.Fault{"body": `{"status":"error","errorType":"execution","error":"too many series"}`}},
		{"a timeout of the Prometheus API", upstream.Fault{"body": `{"status":"error","errorType":"timeout","error":"query timed out"}`}},
		{"plain text", upstream.Fault{"body": "too many series\n"}},
		{"a web page", upstream.Fault{"content_type": "text/html", "body": "<html><head><title>too many series</title></head><body><h1>too many series</h1></body></html>"}},
		{`{"message": …}`, upstream.Fault{"body": `{"message":"too many series"}`}},
		{`{"error": …}`, upstream.Fault{"body": `{"error":"too many series"}`}},
		{`{"error": {"message": …}}`, upstream.Fault{"body": `{"error":{"message":"too many series"}}`}},
		{`{"detail": …}`, upstream.Fault{"body": `{"detail":"too many series"}`}},
		{"a problem document (RFC 9457)", upstream.Fault{"content_type": "application/problem+json", "body": `{"title":"Over quota","detail":"too many series"}`}},
		{"other JSON", upstream.Fault{"body": `{"code":7}`}},
		{"bytes in an unknown encoding", upstream.Fault{"content_encoding": "br", "body": "\x1b\x2a\x00\xf8"}},
	}
)

// shownAt are the places where the plugin shows an error of the server. The function read
// returns the status and the text that a place shows. For Save & test, the status is 0.
var shownAt = []struct {
	name string
	only string // suffix of the API paths that have the fault; empty for all paths
	read func(*testing.T, backend.DataSourceInstanceSettings) (status int, text string)
}{
	{"range query of a panel", "", queryError(`{"refId":"A","expr":"up","range":true}`)},
	{"instant query of a panel or an alert rule", "", queryError(`{"refId":"A","expr":"up","instant":true}`)},
	{"exemplars", "/query_exemplars", exemplarNotice},
	{"variable with label names", "", queryError(`{"refId":"A","queryType":"labelNames"}`)},
	{"variable with label values", "", queryError(`{"refId":"A","queryType":"labelValues","label":"job"}`)},
	{"variable with series", "", queryError(`{"refId":"A","queryType":"series","match":"up"}`)},
	{"api/v1/labels", "", resource("api/v1/labels", "", "")},
	{"api/v1/label/{name}/values", "", resource("api/v1/label/job/values", "", "")},
	{"api/v1/series", "", resource("api/v1/series", "match[]", "up")},
	{"api/v1/metadata", "", resource("api/v1/metadata", "", "")},
	{"api/metrics/{name}", "", resource("api/metrics/total_models", "workspace", "a")},
	{"catalog/{name}/values/{param}", "", resource("catalog/total_models/values/workspace", "", "")},
	{"Save & test", "", healthMessage},
}

func queryError(text string) func(*testing.T, backend.DataSourceInstanceSettings) (int, string) {
	return func(t *testing.T, from backend.DataSourceInstanceSettings) (int, string) {
		t.Helper()
		response := runQuery(t, from, query("A", text), nil)
		return int(response.Status), errorText(response)
	}
}

// exemplarNotice returns the warning on a graph whose exemplars can't be loaded.
func exemplarNotice(t *testing.T, from backend.DataSourceInstanceSettings) (int, string) {
	t.Helper()
	response := runQuery(t, from, query("A", `{"refId":"A","expr":"up","range":true,"exemplar":true}`), nil)
	text, found := strings.CutPrefix(noticeOf(response), "There are no exemplars: ")
	if !found {
		text = "(no exemplars and no notice)"
	}
	return int(response.Status), text
}

func resource(path, param, value string) func(*testing.T, backend.DataSourceInstanceSettings) (int, string) {
	return func(t *testing.T, from backend.DataSourceInstanceSettings) (int, string) {
		t.Helper()
		return get(t, from, path, param, value)
	}
}

func healthMessage(t *testing.T, from backend.DataSourceInstanceSettings) (int, string) {
	t.Helper()
	health, err := compiled.WithDataSource(from).CheckHealth(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if health.Status != backend.HealthStatusError {
		t.Errorf("%s: %s", health.Status, health.Message)
	}
	return 0, health.Message
}

// cell identifies a response of the server and a place that shows it, by their indexes.
type cell struct{ status, body, place int }

type shown struct {
	status int
	text   string
}

// TestServerAnswers checks that docs/server-answers.md is up to date. The page lists the
// text that each place shows for each status and each kind of body. The test doesn't run
// in parallel with other tests, because its load would make short timeouts expire.
func TestServerAnswers(t *testing.T) {
	table := readCells(t)
	page := answersDocument(table)
	checkNoSecrets(t, answersPage, page)
	if *update {
		if err := os.WriteFile(answersPage, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	committed, err := os.ReadFile(answersPage)
	if err != nil {
		t.Fatal(err)
	}
	if string(committed) != page {
		t.Errorf("docs/server-answers.md is out of date. Run in tests: go test ./faults -run TestServerAnswers -update. It would be:\n%s", page)
	}
}

// readCells returns what every place shows for every response of the server.
func readCells(t *testing.T) map[cell]shown {
	t.Helper()
	table := map[cell]shown{}
	var mu sync.Mutex
	var group sync.WaitGroup
	slots := make(chan struct{}, 200) // maximum number of concurrent reads
	for s, status := range sentStatuses {
		for b, body := range sentBodies {
			sources := map[string]backend.DataSourceInstanceSettings{} // by place.only
			for p, place := range shownAt {
				from, made := sources[place.only]
				if !made {
					fault := body.fault.With(upstream.Fault{"kind": "answer", "status": strconv.Itoa(status), "only": place.only, "retry_after": "31"})
					from = source("http", server.Host(), Settings{"customQueryParameters": upstream.FaultParam + "=" + url.QueryEscape(fault.Expr())})
					sources[place.only] = from
				}
				group.Go(func() {
					slots <- struct{}{}
					defer func() { <-slots }()
					code, text := place.read(t, from)
					mu.Lock()
					defer mu.Unlock()
					table[cell{s, b, p}] = shown{code, strings.ReplaceAll(text, server.Host(), "prometheus:9090")}
				})
			}
		}
	}
	group.Wait()
	return table
}
