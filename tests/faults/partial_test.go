package faults

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/faults/upstream"
)

const storeIsDown = "receive series from Addr: store:10901: rpc error: code = Unavailable"

// partial are the ways in which servers report that data are missing, and the warning
// that people read. A single VictoriaMetrics has no storage nodes that could be down.
var partial = []struct {
	name    string
	answer  upstream.Fault
	warning string
}{
	{"VictoriaMetrics' cluster", upstream.Fault{"before": `"isPartial":true`}, "This result is partial: the server could not read all of its storage."},
	{"isPartial after the data", upstream.Fault{"after": `"isPartial":true`}, "This result is partial: the server could not read all of its storage."},
	{"Thanos", upstream.Fault{"after": `"warnings":["` + storeIsDown + `"]`}, storeIsDown},
}

// TestPartialResultsAreMarked wherever they are shown.
func TestPartialResultsAreMarked(t *testing.T) {
	t.Parallel()
	for _, p := range partial {
		good := p.answer.With(upstream.Fault{"kind": "good", "id": t.Name()})
		for name, q := range map[string]backend.DataQuery{
			"a graph":             panel("A", good),
			"a latest value":      alert(good),
			"a wide table":        query("A", fmt.Sprintf(`{"refId":"A","expr":%q,"range":true,"format":"time_series_wide"}`, good.Expr())),
			"a table":             query("A", fmt.Sprintf(`{"refId":"A","expr":%q,"instant":true,"format":"table"}`, good.Expr())),
			"a heatmap":           query("A", fmt.Sprintf(`{"refId":"A","expr":%q,"range":true,"format":"heatmap"}`, good.Expr())),
			"annotations":         query("A", fmt.Sprintf(`{"refId":"A","queryType":"annotation","expr":%q}`, good.Expr())),
			"a variable's values": values("A", good),
			"a variable's labels": query("A", fmt.Sprintf(`{"refId":"A","queryType":"labelNames","match":%q}`, good.Expr())),
			"a query_result":      query("A", fmt.Sprintf(`{"refId":"A","queryType":"queryResult","expr":%q}`, good.Expr())),
		} {
			t.Run(p.name+"/"+name, func(t *testing.T) {
				t.Parallel()
				answer := ask(t, source("http", server.Host(), nil), q, nil)
				told(t, answer, 200, "")
				if got := noticeOf(answer); got != p.warning {
					t.Errorf("notice %q, want %q", got, p.warning)
				}
			})
		}
		t.Run(p.name+"/the API's labels", func(t *testing.T) {
			t.Parallel()
			status, body := get(t, source("http", server.Host(), nil), "api/v1/labels", "match[]", good.Expr())
			var answer struct{ Warnings []string }
			if err := json.Unmarshal([]byte(body), &answer); status != 200 || err != nil || len(answer.Warnings) != 1 || answer.Warnings[0] != p.warning {
				t.Errorf("status %d: %s", status, body)
			}
		})
	}
}

// TestAnAlertRefusesAPartialResult unless the data source's settings allow it. The rule
// is then in Grafana's state for errors, where it would have fired or gone quiet.
func TestAnAlertRefusesAPartialResult(t *testing.T) {
	t.Parallel()
	for _, p := range partial {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			good := p.answer.With(upstream.Fault{"kind": "good", "id": t.Name()})
			for _, q := range []backend.DataQuery{alert(good), panel("A", good)} {
				told(t, ask(t, source("http", server.Host(), nil), q, fromAlert), 502, server.Host()+" returned a partial result: ")
				answer := ask(t, source("http", server.Host(), Settings{"partialAlerts": true}), q, fromAlert)
				told(t, answer, 200, "")
				if got := noticeOf(answer); got != p.warning {
					t.Errorf("notice %q, want %q", got, p.warning)
				}
			}
		})
	}
}

// TestAnAlertIgnoresInfosAndWarningsOfPromQL: they remark on the expression, and no
// data are missing.
func TestAnAlertIgnoresInfosAndWarningsOfPromQL(t *testing.T) {
	t.Parallel()
	for name, notes := range map[string]string{
		"an info":                      `"infos":["PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: \"x\" (1:6)"]`,
		"an info among the warnings":   `"warnings":["PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: \"x\""]`,
		"a warning of PromQL":          `"warnings":["PromQL warning: quantile value should be between 0 and 1, got 2 (1:1)"]`,
		"a complete VictoriaMetrics'":  `"isPartial":false`,
		"more than Prometheus listed":  `"warnings":["12 more warning annotations omitted"]`,
		"several infos of one Thanos'": `"warnings":["remote query warning (a:10901): PromQL info: x","PromQL info: y"]`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			good := upstream.Fault{"kind": "good", "id": t.Name(), "after": notes}
			told(t, ask(t, source("http", server.Host(), nil), alert(good), fromAlert), 200, "")
		})
	}
}

// TestWarningsWithoutDataAreMarked: a panel without data shows why there may be none.
func TestWarningsWithoutDataAreMarked(t *testing.T) {
	t.Parallel()
	nothing := say("200", `{"status":"success","isPartial":true,"data":{"resultType":"matrix","result":[]}}`).With(upstream.Fault{"id": t.Name()})
	answer := ask(t, source("http", server.Host(), nil), panel("A", nothing), nil)
	told(t, answer, 200, "")
	if got := noticeOf(answer); len(answer.Frames) != 1 || len(answer.Frames[0].Fields) != 0 || !strings.HasPrefix(got, "This result is partial") {
		t.Errorf("%d frames, notice %q", len(answer.Frames), got)
	}
}

// TestWarningsWithoutEnd: a server that warns of everything fills no panel.
func TestWarningsWithoutEnd(t *testing.T) {
	t.Parallel()
	warnings := make([]string, 5000)
	for i := range warnings {
		warnings[i] = fmt.Sprintf(`"store %d is down: %s"`, i, strings.Repeat("x", 100))
	}
	good := say("200", `{"status":"success","data":{"resultType":"matrix","result":[]},"warnings":[`+strings.Join(warnings, ",")+`]}`).With(upstream.Fault{"id": t.Name()})
	answer := ask(t, source("http", server.Host(), nil), panel("A", good), nil)
	told(t, answer, 200, "")
	const most = 30_000
	if got := noticeOf(answer); len(got) > most || !strings.HasPrefix(got, "81 more like these · ") || !strings.HasSuffix(got, "The server sent more than 100 warnings. Only the first are listed.") {
		t.Errorf("%d bytes: %s", len(got), got)
	}
}
