package hostile

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/results"
)

// The series ordinary_requests_total of background queries: a counter for each instance and
// status, with samples of one hour.
const (
	instances      = 20
	scrapeInterval = 15 * time.Second
	history        = time.Hour
)

var statuses = []string{"200", "500"}

func writeBackground(app storage.Appender) error {
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

// backgroundQuery is an ordinary query of another user's panel, alert rule, variable or
// API client.
type backgroundQuery struct {
	name string
	run  func(ctx context.Context, plugin *host.Host) (response string, err error)
	expr string // expression of a panel's query; empty for other queries
}

// backgroundQueries are the fifty queries that run during an attack.
var backgroundQueries = func() (all []backgroundQuery) {
	for i := range 15 {
		all = append(all, backgroundPanel(fmt.Sprintf(`sum by (status) (rate(ordinary_requests_total{instance="i%d"}[5m]))`, i)))
	}
	for i := range 5 {
		all = append(all, backgroundPanel(fmt.Sprintf(`ordinary_requests_total{status="%s",instance=~"i%d.?"}`, statuses[i%2], i)))
	}
	for i := range 10 {
		expr := fmt.Sprintf(`sum(increase(ordinary_requests_total{instance="i%d",status="500"}[10m])) > 1`, i)
		all = append(all, newBackgroundQuery("alert "+expr, map[string]any{"expr": expr, "instant": true}, map[string]string{host.FromAlert: "true"}))
	}
	for i := range 10 {
		code := values[i]
		all = append(all, newBackgroundQuery(fmt.Sprintf("catalog %q", code), map[string]any{"queryType": "catalog", "metric": metric, "params": map[string]any{"model_code": code}, "instant": true}, nil))
	}
	for range 5 {
		all = append(all, newBackgroundQuery("variable", map[string]any{"queryType": "labelValues", "label": "instance", "metric": "ordinary_requests_total"}, nil))
	}
	for i := range 5 {
		all = append(all, backgroundLookup(values[i]))
	}
	return all
}()

func backgroundPanel(expr string) backgroundQuery {
	o := newBackgroundQuery("panel "+expr, map[string]any{"expr": expr, "range": true}, nil)
	o.expr = expr
	return o
}

func newBackgroundQuery(name string, fields map[string]any, headers map[string]string) backgroundQuery {
	return backgroundQuery{name: name, run: func(ctx context.Context, plugin *host.Host) (string, error) {
		frames, err := framesOf(ctx, plugin, fields, headers)
		if err != nil {
			return "", err
		}
		return encode(frames)
	}}
}

func backgroundLookup(code string) backgroundQuery {
	target := "api/metrics/" + metric + "?" + url.Values{"model_code": {code}, "time": {fmt.Sprint(now.Unix())}}.Encode()
	return backgroundQuery{name: "API " + code, run: func(ctx context.Context, plugin *host.Host) (string, error) {
		status, body, err := resource(ctx, plugin, http.MethodGet, target, nil)
		if err == nil && status != http.StatusOK {
			err = fmt.Errorf("status %d: %s", status, body)
		}
		return string(body), err
	}}
}

// framesOf sends one query and returns the frames of the response.
func framesOf(ctx context.Context, plugin *host.Host, fields map[string]any, headers map[string]string) (data.Frames, error) {
	q, err := dataQuery(fields)
	if err != nil {
		return nil, err
	}
	responses, err := plugin.QueryData(ctx, []backend.DataQuery{q}, headers)
	if err != nil {
		return nil, err
	}
	response := responses.Responses[q.RefID]
	return response.Frames, response.Error
}

// dataQuery returns a query over the hour before now. The default refId is A.
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

// encode removes the statistics from frames and returns the frames as JSON.
func encode(frames data.Frames) (string, error) {
	for _, frame := range frames {
		if frame.Meta != nil {
			frame.Meta.Stats = nil
		}
	}
	text, err := json.Marshal(frames)
	return string(text), err
}

// resource calls a resource route and returns the complete response.
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

// backgroundWorkers is the number of background queries that run concurrently in the
// background process (see Background).
const backgroundWorkers = 5

// runBackground runs all background queries with the given number of concurrent workers, and
// returns the durations of the queries. It returns an error for each query that fails or
// whose response differs from the expected one.
func runBackground(ctx context.Context, plugin *host.Host, want []string, workers int) (took []time.Duration, errs []error) {
	took = make([]time.Duration, len(backgroundQueries))
	failed := make([]error, len(backgroundQueries))
	var group sync.WaitGroup
	for worker := range workers {
		group.Go(func() {
			for i := worker; i < len(backgroundQueries); i += workers {
				begun := time.Now()
				response, err := backgroundQueries[i].run(ctx, plugin)
				took[i] = time.Since(begun)
				switch {
				case err != nil:
					failed[i] = fmt.Errorf("%s: %w", backgroundQueries[i].name, err)
				case response != want[i]:
					failed[i] = fmt.Errorf("%s: %.500s, want %.500s", backgroundQueries[i].name, response, want[i])
				}
			}
		})
	}
	group.Wait()
	return took, slices.DeleteFunc(failed, func(err error) bool { return err == nil })
}

// expectedResponses sends the background queries to an idle plugin and returns the responses.
// It returns an error if a query fails, or if a panel query's result differs from the
// server's.
func expectedResponses(ctx context.Context, plugin *host.Host) ([]string, error) {
	all := make([]string, len(backgroundQueries))
	for i, o := range backgroundQueries {
		response, err := o.run(ctx, plugin)
		if err == nil && o.expr != "" {
			err = checkPanelQuery(ctx, plugin, o.expr)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", o.name, err)
		}
		all[i] = response
	}
	return all, nil
}

func checkPanelQuery(ctx context.Context, plugin *host.Host, expr string) error {
	frames, err := framesOf(ctx, plugin, map[string]any{"expr": expr, "range": true}, nil)
	if err != nil {
		return err
	}
	got, err := results.FromFrames(frames, now)
	if err != nil {
		return err
	}
	step := time.Duration(frames[0].Fields[0].Config.Interval) * time.Millisecond
	want, err := results.QueryRange(ctx, serverURL, expr, now.Add(-history).Truncate(step), now.Truncate(step), step)
	if err != nil {
		return err
	}
	if want.Samples() == 0 {
		return errors.New("the server returned no samples")
	}
	if problem := results.Difference(got, want); problem != "" {
		return errors.New(problem)
	}
	return nil
}

// percentile95 returns the 95th percentile of durations, or 0 if there are none.
func percentile95(all []time.Duration) time.Duration {
	if len(all) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(all))
	const part, of = 95, 100
	return sorted[(len(sorted)-1)*part/of]
}
