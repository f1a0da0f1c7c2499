// Package query reads the query JSON that panels, alert rules, variables and
// the API send, fixes its step and range, and compiles it to the PromQL that is
// executed. plugin hands it what the SDK received; its errors say what a person
// has to change.
package query

import (
	"cmp"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promql"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/stored"
)

// Type is a query's queryType.
type Type string

// The query types. Those after Annotation answer dashboard variables.
const (
	PromQL         Type = "promql"
	Catalog        Type = "catalog"
	Annotation     Type = "annotation"
	LabelNames     Type = "labelNames"
	LabelValues    Type = "labelValues"
	MetricNames    Type = "metricNames"
	CatalogMetrics Type = "catalogMetrics"
	ParamValues    Type = "paramValues"
	Series         Type = "series"
	QueryResult    Type = "queryResult"
)

var types = []Type{PromQL, Catalog, Annotation, LabelNames, LabelValues, MetricNames, CatalogMetrics, ParamValues, Series, QueryResult}

// Format is the shape of the frames that a query wants.
type Format string

// The formats.
const (
	TimeSeries     Format = "time_series"
	TimeSeriesWide Format = "time_series_wide"
	Table          Format = "table"
	Heatmap        Format = "heatmap"
)

var formats = []Format{TimeSeries, TimeSeriesWide, Table, Heatmap}

// formatOf returns the format with a name, in whatever spelling it is stored:
// timeseries, Time series.
func formatOf(name stored.Text) Format {
	plain := func(name string) string {
		return strings.ToLower(strings.NewReplacer("_", "", "-", "", " ", "").Replace(name))
	}
	for _, format := range formats {
		if plain(string(format)) == plain(string(name)) {
			return format
		}
	}
	return Format(name)
}

// Query is a validated query.
type Query struct {
	Type    Type
	Expr    string         // PromQL, QueryResult and Annotation: the user's own text
	Metric  string         // Catalog, ParamValues and Annotation: the catalog's name; LabelValues and LabelNames: a Prometheus metric
	Params  catalog.Params // filters, by parameter or label
	GroupBy []string       // nil means the metric's default
	Window  time.Duration  // 0 where the query names none
	Label   string         // LabelValues
	Param   string         // ParamValues
	Match   string         // LabelNames, LabelValues and Series: a selector in PromQL, in the place of Metric and Params
	Regex   string         // LabelNames and MetricNames: a part of the metrics' names matches it

	Range   bool // wants the value at every step
	Instant bool // wants the value at the range's end
	Format  Format
	AtEnd   Format // of the value at the range's end
	Legend  string

	Exemplar bool            // wants exemplars beside the value at every step
	Sampler  series.Sampler  // which of them
	Filters  []promql.Filter // added to every selector
	Custom   string          // parameters for the API, written as in a URL

	Marks Marks // Annotation

	From, To time.Time
	At       time.Time // the time of instant values: To, or now where To is later
	Step     time.Duration

	location  *time.Location // of step boundaries
	scrape    time.Duration
	maxPoints int // of one series over the range; 0 for an API client's, whose times aren't moved
}

// Source is what comes with a query's JSON.
type Source struct {
	QueryType      string        // as the SDK has it; the JSON's own is used where this is empty
	From, To       time.Time     // the range asked for
	Now            time.Time     // where zero, To is never later
	Interval       time.Duration // what Grafana takes for the step; may be 0
	MaxDataPoints  int64         // may be 0
	ScrapeInterval time.Duration // of the data source
}

// text is the query JSON. Other Grafanas have stored its fields in other types.
type text struct {
	QueryType      stored.Text   `json:"queryType"`
	Expr           stored.Text   `json:"expr"`
	Range          *stored.Bool  `json:"range"`
	Instant        *stored.Bool  `json:"instant"`
	Format         stored.Text   `json:"format"`
	InstantFormat  stored.Text   `json:"instantFormat"`
	LegendFormat   stored.Text   `json:"legendFormat"`
	Interval       stored.Text   `json:"interval"`
	IntervalFactor stored.Number `json:"intervalFactor"`
	UTCOffsetSec   stored.Number `json:"utcOffsetSec"`
	Timezone       stored.Text   `json:"timezone"`

	Exemplar stored.Bool     `json:"exemplar"`
	Sampler  series.Sampler  `json:"exemplarSampler"`
	Filters  []promql.Filter `json:"adhocFilters"`
	Custom   stored.Text     `json:"customQueryParameters"`
}

// catalogText is what a query that isn't PromQL holds besides. Panels keep what
// other data sources have left in their queries, such as a groupBy of objects:
// beside an expression that means nothing.
type catalogText struct {
	Metric  stored.Text    `json:"metric"`
	Params  catalog.Params `json:"params"`
	GroupBy stored.List    `json:"groupBy"`
	Window  stored.Text    `json:"window"`
	Label   stored.Text    `json:"label"`
	Param   stored.Text    `json:"param"`
	Match   stored.Text    `json:"match"`
	Regex   stored.Text    `json:"regex"`
}

// Parse reads a query's JSON. Its errors are fault.BadQuery.
func Parse(data []byte, source Source) (*Query, error) {
	var t text
	if err := read(data, &t); err != nil {
		return nil, err
	}
	source.QueryType = cmp.Or(source.QueryType, string(t.QueryType))
	var c catalogText
	if t.Expr == "" || isOwn(source.QueryType) {
		if err := read(data, &c); err != nil {
			return nil, err
		}
	}
	kind, err := typeOf(string(t.Expr), string(c.Metric), Type(source.QueryType))
	if err != nil {
		return nil, err
	}
	q := &Query{
		Type: kind, Expr: string(t.Expr),
		Metric: string(c.Metric), Params: c.Params, GroupBy: c.GroupBy,
		Label: string(c.Label), Param: string(c.Param), Match: string(c.Match), Regex: string(c.Regex),
		Format: cmp.Or(formatOf(t.Format), TimeSeries), Legend: string(t.LegendFormat),
		Exemplar: bool(t.Exemplar), Sampler: cmp.Or(t.Sampler, series.SpreadSampler), Filters: t.Filters, Custom: string(t.Custom),
		From: source.From, To: source.To, At: evaluationTime(source),
		scrape: source.ScrapeInterval,
	}
	q.Range, q.Instant = t.kind()
	if err := checkTemplate("The legend", q.Legend); err != nil {
		return nil, err
	}
	if kind == Annotation {
		if err := q.annotate(data); err != nil {
			return nil, err
		}
	}
	if !slices.Contains(series.Samplers, q.Sampler) {
		return nil, fault.New(fault.BadQuery, "There is no exemplar sampler %q: use %s.", q.Sampler, list(series.Samplers))
	}
	q.AtEnd = cmp.Or(formatOf(t.InstantFormat), q.Format)
	for _, format := range []Format{q.Format, q.AtEnd} {
		if !slices.Contains(formats, format) {
			return nil, fault.New(fault.BadQuery, "There is no format %q: use %s.", format, list(formats))
		}
	}
	if err := checkRange(q.From, q.To); err != nil {
		return nil, err
	}
	if c.Window != "" {
		if q.Window, err = ParseWindow(string(c.Window)); err != nil {
			return nil, err
		}
	}
	if q.location, err = locationOf(t); err != nil {
		return nil, err
	}
	return q, q.fixStep(t, source)
}

// checkRange refuses times that can't be computed with; nobody has data there.
func checkRange(from, to time.Time) error {
	const earliest, latest = 1900, 2200
	switch {
	case from.After(to):
		return fault.New(fault.BadQuery, "The time range ends before it begins.")
	case from.Year() < earliest || to.Year() > latest:
		return fault.New(fault.BadQuery, "The time range must lie between the years %d and %d.", earliest, latest)
	}
	return nil
}

// Metrics is the query of an API client: a catalog metric with the times it
// asked for, which aren't moved. step is 0 for a query at end alone.
func Metrics(metric string, params catalog.Params, start, end time.Time, step, scrape time.Duration) *Query {
	return &Query{
		Type: Catalog, Metric: metric, Params: params,
		Range: step > 0, Instant: step == 0, Format: TimeSeries,
		From: start, To: end, At: end, Step: max(step, time.Millisecond),
		location: time.UTC, scrape: scrape,
	}
}

func read(data []byte, into any) error {
	err := json.Unmarshal(data, into)
	wrong, mistyped := errors.AsType[*json.UnmarshalTypeError](err)
	switch {
	case mistyped && wrong.Field == "":
		return fault.New(fault.BadQuery, "The query can't be read: it must be a JSON object, not a JSON %s.", wrong.Value)
	case mistyped:
		use := ""
		if want := stored.Want(wrong.Type); want != "" {
			use = " Use " + want + "."
		}
		return fault.New(fault.BadQuery, "The query can't be read: its field %s can't be a JSON %s.%s", wrong.Field, wrong.Value, use)
	case err != nil:
		return fault.New(fault.BadQuery, "The query can't be read: %v.", err)
	}
	return nil
}

// isOwn reports whether a query type is one of ours that isn't PromQL.
func isOwn(name string) bool { return Type(name) != PromQL && slices.Contains(types, Type(name)) }

// typeOf decides what a query is. Dashboards carry types of other data sources;
// beside an expression those mean nothing.
func typeOf(expr, metric string, name Type) (Type, error) {
	switch {
	case slices.Contains(types, name):
		return name, nil
	case name == "" && expr == "" && metric != "":
		return Catalog, nil
	case name == "" || expr != "":
		return PromQL, nil
	default:
		return "", fault.New(fault.BadQuery, "There is no query type %q: use %s.", name, list(types))
	}
}

// ParseWindow reads the window of a catalog query, as stored.Duration reads durations.
func ParseWindow(text string) (time.Duration, error) {
	d, err := stored.Duration(stored.Text(text))
	if err != nil || d < time.Millisecond {
		return 0, fault.New(fault.BadQuery, "The window is %q: write a duration such as 5m or 1.5h, or a number of seconds.", text)
	}
	return d, nil
}

func list[T ~string](names []T) string {
	texts := make([]string, len(names))
	for i, name := range names {
		texts[i] = string(name)
	}
	return strings.Join(texts, ", ")
}
