package hostile

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/results"
)

// The series that ordinary queries select: a counter of each instance and status,
// scraped for an hour.
const (
	instances      = 20
	scrapeInterval = 15 * time.Second
	history        = time.Hour
)

var statuses = []string{"200", "500"}

func writeOrdinary(app storage.Appender) error {
	for at := now.Add(-history); !at.After(now); at = at.Add(scrapeInterval) {
		elapsed := at.Sub(now.Add(-history)).Seconds()
		for i := range instances {
			for j, status := range statuses {
				series := labels.FromStrings("__name__", "ordinary_requests_total", "instance", fmt.Sprintf("i%d", i), "status", status)
				if _, err := app.Append(0, series, at.UnixMilli(), math.Floor(elapsed*float64(i+1)/float64(j+1))); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// ordinary is a query of a neighbour: what a panel, an alert rule, a variable or an
// API client sends all day.
type ordinary struct {
	name string
	ask  func(ctx context.Context, plugin *host.Host) (answer string, err error)
	expr string // of panels, for the server itself; "" for others
}

// ordinaries are fifty queries.
var ordinaries = func() (all []ordinary) {
	for i := range 15 {
		all = append(all, ordinaryPanel(fmt.Sprintf(`sum by (status) (rate(ordinary_requests_total{instance="i%d"}[5m]))`, i)))
	}
	for i := range 5 {
		all = append(all, ordinaryPanel(fmt.Sprintf(`ordinary_requests_total{status="%s",instance=~"i%d.?"}`, statuses[i%2], i)))
	}
	for i := range 10 {
		expr := fmt.Sprintf(`sum(increase(ordinary_requests_total{instance="i%d",status="500"}[10m])) > 1`, i)
		all = append(all, ordinaryQuery("alert "+expr, map[string]any{"expr": expr, "instant": true}, map[string]string{host.FromAlert: "true"}))
	}
	for i := range 10 {
		code := values[i]
		all = append(all, ordinaryQuery(fmt.Sprintf("catalog %q", code), map[string]any{"queryType": "catalog", "metric": metric, "params": map[string]any{"model_code": code}, "instant": true}, nil))
	}
	for range 5 {
		all = append(all, ordinaryQuery("variable", map[string]any{"queryType": "labelValues", "label": "instance", "metric": "ordinary_requests_total"}, nil))
	}
	for i := range 5 {
		all = append(all, ordinaryLookup(values[i]))
	}
	return all
}()

func ordinaryPanel(expr string) ordinary {
	o := ordinaryQuery("panel "+expr, map[string]any{"expr": expr, "range": true}, nil)
	o.expr = expr
	return o
}

func ordinaryQuery(name string, fields map[string]any, headers map[string]string) ordinary {
	return ordinary{name: name, ask: func(ctx context.Context, plugin *host.Host) (string, error) {
		frames, err := framesOf(ctx, plugin, fields, headers)
		if err != nil {
			return "", err
		}
		return written(frames)
	}}
}

func ordinaryLookup(code string) ordinary {
	target := "api/metrics/" + metric + "?" + url.Values{"model_code": {code}, "time": {fmt.Sprint(now.Unix())}}.Encode()
	return ordinary{name: "API " + code, ask: func(ctx context.Context, plugin *host.Host) (string, error) {
		status, body, err := resource(ctx, plugin, http.MethodGet, target, nil)
		if err == nil && status != http.StatusOK {
			err = fmt.Errorf("status %d: %s", status, body)
		}
		return string(body), err
	}}
}

// framesOf sends one query as Grafana does.
func framesOf(ctx context.Context, plugin *host.Host, fields map[string]any, headers map[string]string) (data.Frames, error) {
	q, err := dataQuery(fields)
	if err != nil {
		return nil, err
	}
	answer, err := plugin.QueryData(ctx, []backend.DataQuery{q}, headers)
	if err != nil {
		return nil, err
	}
	response := answer.Responses[q.RefID]
	return response.Frames, response.Error
}

// dataQuery is a query over the last hour.
func dataQuery(fields map[string]any) (backend.DataQuery, error) {
	if fields["refId"] == nil {
		fields["refId"] = "A"
	}
	text, err := json.Marshal(fields)
	if err != nil {
		return backend.DataQuery{}, err
	}
	q, _, err := host.DataQuery(text, backend.TimeRange{From: now.Add(-history), To: now}, host.PanelDefaults)
	return q, err
}

// written is an answer as text, without the time that it took.
func written(frames data.Frames) (string, error) {
	for _, frame := range frames {
		if frame.Meta != nil {
			frame.Meta.Stats = nil
		}
	}
	text, err := json.Marshal(frames)
	return string(text), err
}

// resource calls a route.
func resource(ctx context.Context, plugin *host.Host, method, target string, body []byte) (status int, answer []byte, err error) {
	path, _, _ := strings.Cut(target, "?")
	path, err = url.PathUnescape(path)
	if err != nil {
		return 0, nil, err
	}
	req := &backend.CallResourceRequest{Method: method, Path: path, URL: target, Body: body}
	err = plugin.CallResource(ctx, req, backend.CallResourceResponseSenderFunc(func(part *backend.CallResourceResponse) error {
		status = cmp.Or(part.Status, status)
		answer = append(answer, part.Body...)
		return nil
	}))
	return status, answer, err
}

// askAll sends every ordinary query, a few at a time, and returns how long each took.
// wanted are the right answers; what differs from them is an error.
func askAll(ctx context.Context, plugin *host.Host, wanted []string) (took []time.Duration, errs []error) {
	const concurrent = 5
	took = make([]time.Duration, len(ordinaries))
	failed := make([]error, len(ordinaries))
	var group sync.WaitGroup
	for worker := range concurrent {
		group.Go(func() {
			for i := worker; i < len(ordinaries); i += concurrent {
				begun := time.Now()
				answer, err := ordinaries[i].ask(ctx, plugin)
				took[i] = time.Since(begun)
				switch {
				case err != nil:
					failed[i] = fmt.Errorf("%s: %w", ordinaries[i].name, err)
				case answer != wanted[i]:
					failed[i] = fmt.Errorf("%s: %.500s, want %.500s", ordinaries[i].name, answer, wanted[i])
				}
			}
		})
	}
	group.Wait()
	return took, slices.DeleteFunc(failed, func(err error) bool { return err == nil })
}

// right are the answers to the ordinary queries once they are known.
var right []string

// rightAnswers asks a plugin that does nothing else, once for all tests, and compares
// what its panels show with the server's own answers.
func rightAnswers(t *testing.T, plugin *victim) []string {
	t.Helper()
	if right != nil {
		return right
	}
	all := make([]string, len(ordinaries))
	for i, o := range ordinaries {
		answer, err := o.ask(t.Context(), plugin.Host)
		if err != nil {
			t.Fatalf("%s: %v", o.name, err)
		}
		all[i] = answer
		if o.expr != "" {
			checkAnswer(t, plugin.Host, o.expr)
		}
	}
	right = all
	return right
}

func checkAnswer(t *testing.T, plugin *host.Host, expr string) {
	t.Helper()
	frames, err := framesOf(t.Context(), plugin, map[string]any{"expr": expr, "range": true}, nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := results.FromFrames(frames, now)
	if err != nil {
		t.Fatal(err)
	}
	step := time.Duration(frames[0].Fields[0].Config.Interval) * time.Millisecond
	want, err := results.QueryRange(t.Context(), server.URL(), expr, now.Add(-history).Truncate(step), now.Truncate(step), step)
	if err != nil {
		t.Fatal(err)
	}
	if problem := results.Difference(got, want); problem != "" || want.Samples() == 0 {
		t.Fatalf("%s: %s", expr, problem)
	}
}

// percentile95 of durations.
func percentile95(all []time.Duration) time.Duration {
	if len(all) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(all))
	const part, of = 95, 100
	return sorted[(len(sorted)-1)*part/of]
}
