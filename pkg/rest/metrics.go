package rest

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/query"
)

// definition is a metric as GET api/metrics lists it (000_*.txt).
type definition struct {
	Name            string   `json:"name"`
	Description     string   `json:"description"`
	PrometheusQuery string   `json:"prometheus_query"`
	RequiredParams  []string `json:"required_params"`
	OptionalParams  []string `json:"optional_params"`
}

// listMetrics answers GET api/metrics: every metric of the catalog, or those of
// one pack with ?pack=name.
func (a api) listMetrics(w http.ResponseWriter, r *http.Request) {
	only := r.URL.Query().Get("pack")
	list := []definition{}
	found := only == ""
	for _, pack := range a.Catalog.Packs() {
		if only != "" && pack.Name != only {
			continue
		}
		found = true
		for _, m := range pack.Metrics {
			list = append(list, definition{m.Name, m.Description, m.Query, orEmpty(m.RequiredParams), orEmpty(m.OptionalParams)})
		}
	}
	if !found {
		fail(w, r, fault.New(fault.NotFound, "There is no pack %q.", only))
		return
	}
	send(w, http.StatusOK, list)
}

// looked is the answer of GET api/metrics/{name} (000_*.txt): data is what
// Prometheus wrote, unchanged.
type looked struct {
	Metric string          `json:"metric"`
	Query  string          `json:"query"`
	Data   json.RawMessage `json:"data"`
}

// lookUp answers GET api/metrics/{name}: the latest value, or with start, end
// and step the values over a range.
func (a api) lookUp(w http.ResponseWriter, r *http.Request) {
	answer, err := a.lookup(r)
	if err != nil {
		fail(w, r, err)
		return
	}
	send(w, http.StatusOK, answer)
}

func (a api) lookup(r *http.Request) (*looked, error) {
	metric, err := a.Catalog.Metric(r.PathValue("name"))
	if err != nil {
		return nil, fault.New(fault.NotFound, "%s", fault.As(err).Text)
	}
	values := r.URL.Query()
	span, err := rangeOf(values)
	if err != nil {
		return nil, err
	}
	q := query.Metrics(metric.Name, params(values), span.start, span.end, span.step, a.ScrapeInterval)
	if !span.given {
		q.To = a.Now()
	}
	if text := values.Get("window"); text != "" {
		if q.Window, err = query.ParseWindow(text); err != nil {
			return nil, err
		}
	}
	compiled, err := q.Compile(a.Catalog, !span.given)
	if err != nil {
		return nil, err
	}
	if a.Broken != nil {
		return nil, a.Broken
	}
	answer := &looked{Metric: metric.Name, Query: compiled.Expr}
	if span.given {
		answer.Data, err = a.Client.RawRange(r.Context(), promapi.Range{Expr: compiled.Expr, Start: q.From, End: q.To, Step: q.Step})
	} else {
		answer.Data, err = a.Client.RawQuery(r.Context(), promapi.Instant{Expr: compiled.Expr, At: q.To})
	}
	return answer, err
}

// reserved are the query parameters that aren't the metric's.
var reserved = []string{"start", "end", "step", "window"}

// params are the metric's own parameters; one that is repeated has several
// values.
func params(values url.Values) catalog.Params {
	out := catalog.Params{}
	for name, list := range values {
		if !slices.Contains(reserved, name) {
			out[name] = catalog.Param{Values: list}
		}
	}
	return out
}

// span is the time range that a request names, if any.
type span struct {
	given      bool
	start, end time.Time
	step       time.Duration
}

// rangeOf reads start, end and step: all of them or none.
func rangeOf(values url.Values) (s span, err error) {
	var missing []string
	for _, name := range []string{"start", "end", "step"} {
		if values.Get(name) == "" {
			missing = append(missing, name)
		}
	}
	switch len(missing) {
	case 3:
		return span{}, nil
	case 0:
		s.given = true
	default:
		return s, fault.New(fault.BadQuery, "A range needs start, end and step together; missing: %s.", strings.Join(missing, ", "))
	}
	if s.start, err = timeOf("start", values.Get("start")); err != nil {
		return s, err
	}
	if s.end, err = timeOf("end", values.Get("end")); err != nil {
		return s, err
	}
	if s.step, err = stepOf(values.Get("step")); err != nil {
		return s, err
	}
	switch {
	case s.end.Before(s.start):
		return s, fault.New(fault.BadQuery, "The end is before the start.")
	case s.end.Sub(s.start)/s.step >= query.MaxPoints:
		return s, fault.New(fault.BadQuery, "The range holds more than %d steps, which is as many as Prometheus gives: ask for a larger step.", query.MaxPoints)
	}
	return s, nil
}

// timeOf reads a UNIX timestamp in seconds or an ISO 8601 time; one without a
// zone is UTC.
func timeOf(name, text string) (time.Time, error) {
	const latest = 253402300799 // the last second of the year 9999
	if seconds, err := strconv.ParseFloat(text, 64); err == nil && seconds >= 0 && seconds <= latest {
		return time.UnixMilli(int64(seconds * 1000)).UTC(), nil
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02T15:04", time.DateOnly} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, fault.New(fault.BadQuery, "%s is %q: write a UNIX timestamp or a time such as 2025-08-27T09:00:00.", name, text)
}

// stepOf reads a duration with a unit, or a number of seconds.
func stepOf(text string) (time.Duration, error) {
	if seconds, err := strconv.ParseFloat(text, 64); err == nil && seconds >= 0.001 && seconds <= 1e9 {
		return time.Duration(seconds * float64(time.Second)), nil
	}
	if d, err := model.ParseDuration(text); err == nil && d > 0 {
		return time.Duration(d), nil
	}
	return 0, fault.New(fault.BadQuery, "step is %q: write a duration such as 30s, 5m or 1h.", text)
}

func orEmpty(names []string) []string { return append([]string{}, names...) }
