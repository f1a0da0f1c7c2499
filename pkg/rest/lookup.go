package rest

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/access"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/query"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/rest/restjson"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/telemetry"
)

// lookup is a parsed request for the values of a metric.
type lookup struct {
	metric *catalog.Metric
	params catalog.Params
	group  []string // nil means the metric's default
	times  times
	window window
}

// window is the value of $__rate_interval and its origin: the request, the metric, the step
// of a range, or the default.
type window struct {
	length time.Duration
	from   string
}

// getMetric serves GET api/metrics/{name}: the latest value of a metric, the value at a time,
// or the values over a range.
func (a api) getMetric(r *http.Request, in input) (body any, err error) {
	counted := a.Telemetry.Query(telemetry.API)
	counted.SetType(string(query.Catalog))
	err = fault.Catch(func() error {
		body, err = a.runLookup(r, in, counted)
		return err
	})
	counted.End(err)
	return body, err
}

// runLookup runs the query of a lookup.
func (a api) runLookup(r *http.Request, in input, counted *telemetry.Query) (json.RawMessage, error) {
	metric, err := a.metric(r)
	if err != nil {
		return nil, err
	}
	counted.SetMetric(metric)
	if err := in.checkValues("group_by"); err != nil {
		return nil, err
	}
	var (
		l        lookup
		q        *query.Query
		compiled query.Compiled
	)
	err = a.parse(r, func() error {
		if l, err = a.parseLookup(metric, in); err != nil {
			return err
		}
		q = l.query(a.ScrapeInterval)
		if compiled, err = q.Compile(l.metric, q.Instant); err != nil {
			return l.withDetails(err)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if a.Broken != nil {
		return nil, a.Broken
	}
	ctx := r.Context()
	if l.window.from == fromRequest {
		target := access.TargetOf(ctx)
		target.Span = l.window.length
		ctx = access.WithTarget(ctx, target)
	}
	var raw promapi.Raw
	if l.times.isRange() {
		raw, err = a.Client.RawRange(ctx, promapi.Range{Expr: compiled.Expr, Start: q.From, End: q.To, Step: q.Step})
	} else {
		raw, err = a.Client.RawQuery(ctx, promapi.Instant{Expr: compiled.Expr, At: q.To})
	}
	if err != nil {
		return nil, err
	}
	return lookupResponse(metric.Name, compiled.Expr, raw)
}

// parseLookup parses the parameters of getMetric and explain.
func (a api) parseLookup(metric *catalog.Metric, in input) (l lookup, err error) {
	l.metric = metric
	l.params = in.metricParams("start", "end", "step", "time", "window", "group_by")
	if err := checkParams(metric, l.params); err != nil {
		return l, err
	}
	if list, given := in["group_by"]; given {
		l.group = parseGroup(list)
	}
	if l.times, err = parseTimes(in, a.Now); err != nil {
		return l, err
	}
	l.window, err = a.windowOf(l, in)
	return l, err
}

// parseGroup returns the names in a list of values, each of which may contain several names
// separated by commas. An empty result means a grouping without labels.
func parseGroup(list []string) []string {
	group := []string{}
	for name := range strings.SplitSeq(strings.Join(list, ","), ",") {
		if name = strings.TrimSpace(name); name != "" {
			group = append(group, name)
		}
	}
	return group
}

// fromRequest is the origin of a window that the request sets.
const fromRequest = "request"

func (a api) windowOf(l lookup, in input) (w window, err error) {
	text, err := in.text("window")
	switch {
	case err != nil:
		return w, err
	case text != "":
		w.from = fromRequest
		if w.length, err = query.ParseWindow(text); err != nil { // the syntax is that of panels
			err = badParameter("window", text, "%s", err)
		}
	case l.times.isRange():
		w = window{query.RateInterval(l.times.step, a.ScrapeInterval), "step"}
	case l.metric.Window != "":
		w.from = "metric"
		w.length, err = query.ParseWindow(l.metric.Window)
	default:
		w.from = "default"
		w.length, err = query.ParseWindow(catalog.DefaultWindow)
	}
	return w, err
}

// query returns the query of the lookup. The expression for a range is the same as in a panel
// with the same parameters. The expression for a single time is the same as in an alert rule
// with the same parameters, if both set the same window. The query's times aren't rounded.
//
// For a single time, the range of the query ends at this time and has the length of the
// window. If the request sets a window, this window replaces $__range in addition to
// $__rate_interval.
func (l lookup) query(scrape time.Duration) *query.Query {
	start := l.times.start
	if !l.times.isRange() {
		start = l.times.end.Add(-l.window.length)
	}
	q := query.Metrics(l.metric.Name, l.params, start, l.times.end, l.times.step, scrape)
	q.GroupBy = l.group
	if l.window.from == fromRequest {
		q.Window = l.window.length
	}
	return q
}

// lookupResponse returns the response of docs/contracts/tango.md#answers: the unchanged data
// of Prometheus, and Prometheus's warnings and infos, if any.
func lookupResponse(metric, executed string, raw promapi.Raw) (json.RawMessage, error) {
	return restjson.WithData(struct {
		Metric string `json:"metric"`
		Query  string `json:"query"`
	}{metric, executed}, raw.Data, raw.Notes)
}
