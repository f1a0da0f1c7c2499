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

// sentStatuses and sentBodies are what the server sends, each with each.
var (
	sentStatuses = []int{200, 204, 302, 400, 401, 403, 404, 413, 414, 418, 422, 429, 500, 502, 503, 504}
	sentBodies   = []struct {
		name  string
		fault upstream.Fault
	}{
		{"nothing", upstream.Fault{"body": ""}},
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

// shownAt are the places where a person or a program reads the error, in the order of
// the columns. Each returns the status, 0 where the place has none, and the text.
var shownAt = []struct {
	name string
	only string // the end of the paths that go wrong, where that isn't all
	read func(*testing.T, backend.DataSourceInstanceSettings) (status int, text string)
}{
	{"panel, range", "", queried(`{"refId":"A","expr":"up","range":true}`)},
	{"panel or alert, instant", "", queried(`{"refId":"A","expr":"up","instant":true}`)},
	{"exemplars", "/query_exemplars", exemplarNotice},
	{"variable, label names", "", queried(`{"refId":"A","queryType":"labelNames"}`)},
	{"variable, label values", "", queried(`{"refId":"A","queryType":"labelValues","label":"job"}`)},
	{"variable, series", "", queried(`{"refId":"A","queryType":"series","match":"up"}`)},
	{"api/v1/labels", "", resource("api/v1/labels", "", "")},
	{"api/v1/label/{name}/values", "", resource("api/v1/label/job/values", "", "")},
	{"api/v1/series", "", resource("api/v1/series", "match[]", "up")},
	{"api/v1/metadata", "", resource("api/v1/metadata", "", "")},
	{"api/metrics/{name}", "", resource("api/metrics/total_models", "workspace", "a")},
	{"catalog/{name}/values/{param}", "", resource("catalog/total_models/values/workspace", "", "")},
	{"Save & test", "", healthMessage},
}

func queried(text string) func(*testing.T, backend.DataSourceInstanceSettings) (int, string) {
	return func(t *testing.T, from backend.DataSourceInstanceSettings) (int, string) {
		t.Helper()
		answer := ask(t, from, query("A", text), nil)
		return int(answer.Status), says(answer)
	}
}

// exemplarNotice is the warning on a graph without its exemplars.
func exemplarNotice(t *testing.T, from backend.DataSourceInstanceSettings) (int, string) {
	t.Helper()
	answer := ask(t, from, query("A", `{"refId":"A","expr":"up","range":true,"exemplar":true}`), nil)
	text, found := strings.CutPrefix(noticeOf(answer), "There are no exemplars: ")
	if !found {
		text = "(no exemplars, and no notice)"
	}
	return int(answer.Status), text
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

// cell is what is shown in one place for one answer of the server.
type cell struct{ status, body, place int }

type shown struct {
	status int
	text   string
}

// TestServerAnswers keeps docs/server-answers.md true: what a person reads for each
// status and kind of body, in each place. It runs alone: tests with short timeouts
// would not bear its load.
func TestServerAnswers(t *testing.T) {
	table := readCells(t)
	page := answersDocument(table)
	keepsSecrets(t, answersPage, page)
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

// readCells sends every answer to every place.
func readCells(t *testing.T) map[cell]shown {
	t.Helper()
	table := map[cell]shown{}
	var mu sync.Mutex
	var group sync.WaitGroup
	atOnce := make(chan struct{}, 200) // most wait between attempts
	for s, status := range sentStatuses {
		for b, body := range sentBodies {
			sources := map[string]backend.DataSourceInstanceSettings{} // by the paths that go wrong
			for p, place := range shownAt {
				from, made := sources[place.only]
				if !made {
					fault := body.fault.With(upstream.Fault{"kind": "answer", "status": strconv.Itoa(status), "only": place.only, "retry_after": "31"})
					from = source("http", server.Host(), Settings{"customQueryParameters": upstream.FaultParam + "=" + url.QueryEscape(fault.Expr())})
					sources[place.only] = from
				}
				group.Go(func() {
					atOnce <- struct{}{}
					defer func() { <-atOnce }()
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
