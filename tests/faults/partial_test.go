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

// partial contains the ways in which servers report missing data, with the resulting
// warnings. It has no entry for a single-node VictoriaMetrics, which has no storage nodes
// that could be down.
var partial = []struct {
	name    string
	answer  upstream.Fault
	warning string
}{
	{"VictoriaMetrics' cluster", upstream.Fault{"before": `"isPartial":true`}, "This result is partial: the server could not read all of its storage."},
	{"isPartial after the data", upstream.Fault{"after": `"isPartial":true`}, "This result is partial: the server could not read all of its storage."},
	{"Thanos", upstream.Fault{"after": `"warnings":["` + storeIsDown + `"]`}, storeIsDown},
}

func TestPartialResultsHaveNotice(t *testing.T) {
	t.Parallel()
	for _, p := range partial {
		good := p.answer.With(upstream.Fault{"kind": "good", "id": t.Name()})
		for name, q := range map[string]backend.DataQuery{
			"graph":            panel("A", good),
			"instant query":    alert(good),
			"wide time series": query("A", fmt.Sprintf(`{"refId":"A","expr":%q,"range":true,"format":"time_series_wide"}`, good.Expr())),
			"table":            query("A", fmt.Sprintf(`{"refId":"A","expr":%q,"instant":true,"format":"table"}`, good.Expr())),
			"heatmap":          query("A", fmt.Sprintf(`{"refId":"A","expr":%q,"range":true,"format":"heatmap"}`, good.Expr())),
			"annotations":      query("A", fmt.Sprintf(`{"refId":"A","queryType":"annotation","expr":%q}`, good.Expr())),
			"label values":     values("A", good),
			"label names":      query("A", fmt.Sprintf(`{"refId":"A","queryType":"labelNames","match":%q}`, good.Expr())),
			"query result":     query("A", fmt.Sprintf(`{"refId":"A","queryType":"queryResult","expr":%q}`, good.Expr())),
		} {
			t.Run(p.name+"/"+name, func(t *testing.T) {
				t.Parallel()
				response := runQuery(t, source("http", server.Host(), nil), q, nil)
				checkResponse(t, response, 200, "")
				if got := noticeOf(response); got != p.warning {
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

// A partial result is an error for an alert rule, because the missing data could make the
// rule fire or resolve. The data source's settings can allow partial results in alert
// rules.
func TestAlertRejectsPartialResult(t *testing.T) {
	t.Parallel()
	for _, p := range partial {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			good := p.answer.With(upstream.Fault{"kind": "good", "id": t.Name()})
			for _, q := range []backend.DataQuery{alert(good), panel("A", good)} {
				checkResponse(t, runQuery(t, source("http", server.Host(), nil), q, fromAlert), 502, server.Host()+" returned a partial result: ")
				response := runQuery(t, source("http", server.Host(), Settings{"partialAlerts": true}), q, fromAlert)
				checkResponse(t, response, 200, "")
				if got := noticeOf(response); got != p.warning {
					t.Errorf("notice %q, want %q", got, p.warning)
				}
			}
		})
	}
}

// PromQL's infos and warnings refer to the expression. They don't mean that data is
// missing.
func TestAlertIgnoresPromQLAnnotations(t *testing.T) {
	t.Parallel()
	for name, notes := range map[string]string{
		"an info":                     `"infos":["PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: \"x\" (1:6)"]`,
		"an info among the warnings":  `"warnings":["PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: \"x\""]`,
		"a warning of PromQL":         `"warnings":["PromQL warning: quantile value should be between 0 and 1, got 2 (1:1)"]`,
		"isPartial that is false":     `"isPartial":false`,
		"omitted warnings of PromQL":  `"warnings":["12 more warning annotations omitted"]`,
		"infos of PromQL from Thanos": `"warnings":["remote query warning (a:10901): PromQL info: x","PromQL info: y"]`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			good := upstream.Fault{"kind": "good", "id": t.Name(), "after": notes}
			checkResponse(t, runQuery(t, source("http", server.Host(), nil), alert(good), fromAlert), 200, "")
		})
	}
}

func TestWarningsWithoutDataHaveNotice(t *testing.T) {
	t.Parallel()
	nothing := respond("200", `{"status":"success","isPartial":true,"data":{"resultType":"matrix","result":[]}}`).With(upstream.Fault{"id": t.Name()})
	response := runQuery(t, source("http", server.Host(), nil), panel("A", nothing), nil)
	checkResponse(t, response, 200, "")
	if got := noticeOf(response); len(response.Frames) != 1 || len(response.Frames[0].Fields) != 0 || !strings.HasPrefix(got, "This result is partial") {
		t.Errorf("%d frames, notice %q", len(response.Frames), got)
	}
}

func TestManyWarningsAreTruncated(t *testing.T) {
	t.Parallel()
	warnings := make([]string, 5000)
	for i := range warnings {
		warnings[i] = fmt.Sprintf(`"store %d is down: %s"`, i, strings.Repeat("x", 100))
	}
	good := respond("200", `{"status":"success","data":{"resultType":"matrix","result":[]},"warnings":[`+strings.Join(warnings, ",")+`]}`).With(upstream.Fault{"id": t.Name()})
	response := runQuery(t, source("http", server.Host(), nil), panel("A", good), nil)
	checkResponse(t, response, 200, "")
	const maxLength = 30_000
	if got := noticeOf(response); len(got) > maxLength || !strings.HasPrefix(got, "81 more like these · ") || !strings.HasSuffix(got, "The server sent more than 100 warnings. Only the first are listed.") {
		t.Errorf("%d bytes: %s", len(got), got)
	}
}
