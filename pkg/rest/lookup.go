package rest

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/query"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/telemetry"
)

// lookup is what a request asks of a metric.
type lookup struct {
	metric *catalog.Metric
	params catalog.Params
	group  []string // nil means the metric's default
	times  times
	window window
}

// window is what takes the place of $__rate_interval, and who says so: the
// request, the metric, the step of a range, or else the default.
type window struct {
	length time.Duration
	from   string
}

// lookUp answers GET api/metrics/{name}: the latest value, that at time, or with
// start, end and step the values over a range.
func (a api) lookUp(r *http.Request, in input) (body any, err error) {
	counted := a.Telemetry.Query(telemetry.API)
	counted.SetType(string(query.Catalog))
	err = fault.Catch(func() error {
		body, err = a.ask(r, in, counted)
		return err
	})
	counted.End(err)
	return body, err
}

// ask sends a lookup's query, of which it tells counted.
func (a api) ask(r *http.Request, in input, counted *telemetry.Query) (json.RawMessage, error) {
	metric, err := a.metric(r)
	if err != nil {
		return nil, err
	}
	counted.SetMetric(metric)
	if err := in.filled("group_by"); err != nil {
		return nil, err
	}
	var (
		l        lookup
		q        *query.Query
		compiled query.Compiled
	)
	err = a.parse(r, func() error {
		if l, err = a.lookupOf(metric, in); err != nil {
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
	var raw promapi.Raw
	if l.times.isRange() {
		raw, err = a.Client.RawRange(r.Context(), promapi.Range{Expr: compiled.Expr, Start: q.From, End: q.To, Step: q.Step})
	} else {
		raw, err = a.Client.RawQuery(r.Context(), promapi.Instant{Expr: compiled.Expr, At: q.To})
	}
	if err != nil {
		return nil, err
	}
	return looked(metric.Name, compiled.Expr, raw)
}

// lookupOf reads what lookUp and explain take.
func (a api) lookupOf(metric *catalog.Metric, in input) (l lookup, err error) {
	l.metric = metric
	if l.params, err = in.paramsBeside("start", "end", "step", "time", "window", "group_by"); err != nil {
		return l, err
	}
	if err := onlyKnown(metric, l.params); err != nil {
		return l, err
	}
	if list, given := in["group_by"]; given {
		l.group = groupOf(list)
	}
	if l.times, err = timesOf(in, a.Now); err != nil {
		return l, err
	}
	l.window, err = a.windowOf(l, in)
	return l, err
}

// groupOf reads names that are repeated or stand between commas; none at all
// means a grouping by nothing.
func groupOf(list []string) []string {
	group := []string{}
	for name := range strings.SplitSeq(strings.Join(list, ","), ",") {
		if name = strings.TrimSpace(name); name != "" {
			group = append(group, name)
		}
	}
	return group
}

// fromRequest is where a window comes from that the caller names.
const fromRequest = "request"

func (a api) windowOf(l lookup, in input) (w window, err error) {
	text, err := in.text("window")
	switch {
	case err != nil:
		return w, err
	case text != "":
		w.from = fromRequest
		if w.length, err = query.ParseWindow(text); err != nil { // as a panel's query has it
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

// query is the lookup as panels and alert rules ask it. The range of a single
// moment is the window: as far as that looks back. A window that the request names
// goes along, since it stands in for $__range too.
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

// looked is the answer of docs/contracts/tango.md#answers: Prometheus's data unchanged,
// and its warnings and infos, if any. json.Marshal would reformat the data.
func looked(metric, executed string, raw promapi.Raw) (json.RawMessage, error) {
	head, err := marshal(struct {
		Metric string `json:"metric"`
		Query  string `json:"query"`
	}{metric, executed})
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.Grow(len(head) + len(raw.Data) + 1<<10)
	b.Write(bytes.TrimSuffix(head, []byte("}")))
	b.WriteString(`,"data":`)
	b.Write(raw.Data)
	for _, notes := range []struct {
		name  string
		texts []string
	}{{"warnings", raw.Warnings}, {"infos", raw.Infos}} {
		if len(notes.texts) == 0 {
			continue
		}
		texts, err := marshal(notes.texts)
		if err != nil {
			return nil, err
		}
		b.WriteString(`,"` + notes.name + `":`)
		b.Write(texts)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}
