// Package query parses the query JSON of panels, alert rules, variables and API
// clients, determines the step and the time range, and compiles the query to PromQL.
// Its errors are written for the author of the query.
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

// Type is the queryType of a query.
type Type string

// The query types. Audit queries return events of the audit log. The types after Annotation
// return the values of a dashboard variable.
const (
	PromQL         Type = "promql"
	Catalog        Type = "catalog"
	Report         Type = "report"
	Audit          Type = "audit"
	Annotation     Type = "annotation"
	LabelNames     Type = "labelNames"
	LabelValues    Type = "labelValues"
	MetricNames    Type = "metricNames"
	CatalogMetrics Type = "catalogMetrics"
	ParamValues    Type = "paramValues"
	Series         Type = "series"
	QueryResult    Type = "queryResult"
)

var types = []Type{PromQL, Catalog, Report, Audit, Annotation, LabelNames, LabelValues, MetricNames, CatalogMetrics, ParamValues, Series, QueryResult}

// Types returns all query types.
func Types() []Type { return slices.Clone(types) }

// Format is the format of the data frames that a query returns.
type Format string

// The formats.
const (
	TimeSeries     Format = "time_series"
	TimeSeriesWide Format = "time_series_wide"
	Table          Format = "table"
	Heatmap        Format = "heatmap"
)

var formats = []Format{TimeSeries, TimeSeriesWide, Table, Heatmap}

// parseFormat returns the format with the given name. It accepts other spellings, such as
// timeseries and Time series. It returns an unknown name unchanged.
func parseFormat(name stored.Text) Format {
	if slices.Contains(formats, Format(name)) {
		return Format(name)
	}
	plain := func(name string) string { return strings.ToLower(formatSeparators.Replace(name)) }
	for _, format := range formats {
		if plain(string(format)) == plain(string(name)) {
			return format
		}
	}
	return Format(name)
}

// formatSeparators removes the characters in which spellings of a format differ.
var formatSeparators = strings.NewReplacer("_", "", "-", "", " ", "")

// Query is a validated query.
type Query struct {
	Type    Type
	Expr    string         // PromQL, QueryResult and Annotation: the user's PromQL
	Metric  string         // Catalog, ParamValues and Annotation: a catalog metric; LabelNames, LabelValues, MetricNames and Series: a Prometheus metric
	Params  catalog.Params // filters by parameter or label
	GroupBy []string       // nil means the metric's default
	Names   NameForm       // Catalog: how the result contains the names of labels
	Window  time.Duration  // 0 if the query doesn't set it
	Label   string         // LabelValues: the label whose values are listed
	Param   string         // ParamValues: the parameter whose values are listed
	Match   string         // LabelNames, LabelValues, MetricNames and Series: a PromQL selector instead of Metric, Params and Regex
	Regex   string         // as Match, but a regular expression that selects metrics whose names contain a match

	Range         bool // a range query
	Instant       bool // an instant query, possibly in addition to the range query
	Format        Format
	InstantFormat Format // of the result of the instant query
	Legend        string
	Units         bool // Catalog: the frames contain the unit, the decimals and the description of the metric

	Exemplar     bool            // the range query returns exemplars too
	Sampler      series.Sampler  // selects the exemplars
	Filters      []promql.Filter // added to every selector
	CustomParams string          // query parameters of the HTTP request, in URL encoding

	Annotation AnnotationTexts
	Report     ReportFields
	Audit      AuditFields

	From, To time.Time
	At       time.Time // evaluation time of the instant query: now if the range contains it, or else To
	Step     time.Duration

	location  *time.Location // steps are multiples of Step in this time zone
	scrape    time.Duration  // scrape interval for $__rate_interval; fixStep derives it from the min step or the data source's setting
	maxPoints int            // maximum number of points of a series; 0 for API clients, whose timestamps aren't rounded
}

// Source contains the values that a query depends on in addition to its JSON.
type Source struct {
	QueryType      string        // of the SDK; if empty, queryType of the JSON is used
	From, To       time.Time     // the time range
	Now            time.Time     // if zero, To is taken to be in the past
	Interval       time.Duration // the step that Grafana suggests; may be 0
	MaxDataPoints  int64         // may be 0
	ScrapeInterval time.Duration // of the data source
}

// queryJSON is the JSON of a query. The types of package stored also accept the other JSON
// types in which earlier versions of Grafana stored some fields.
type queryJSON struct {
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

	Exemplar     stored.Bool     `json:"exemplar"`
	Sampler      series.Sampler  `json:"exemplarSampler"`
	Filters      []promql.Filter `json:"adhocFilters"`
	CustomParams stored.Text     `json:"customQueryParameters"`
}

// catalogJSON is the JSON of the fields of catalog, annotation and variable queries. In a
// PromQL query with an expression they are ignored, because they may be fields of another data
// source that a panel used before, such as a groupBy that is a list of objects.
type catalogJSON struct {
	Metric  stored.Text    `json:"metric"`
	Params  catalog.Params `json:"params"`
	GroupBy stored.List    `json:"groupBy"`
	Names   stored.Text    `json:"displayNames"`
	Window  stored.Text    `json:"window"`
	Label   stored.Text    `json:"label"`
	Param   stored.Text    `json:"param"`
	Match   stored.Text    `json:"match"`
	Regex   stored.Text    `json:"regex"`
	Units   stored.Bool    `json:"units"`
}

// Parse parses and validates the JSON of a query. Its errors are fault.BadQuery.
func Parse(data []byte, source Source) (*Query, error) {
	var t queryJSON
	if err := unmarshal(data, &t); err != nil {
		return nil, err
	}
	source.QueryType = cmp.Or(source.QueryType, string(t.QueryType))
	var c catalogJSON
	if ofPrometheus(source.QueryType) && (t.Expr == "" || isSpecific(source.QueryType)) {
		if err := unmarshal(data, &c); err != nil {
			return nil, err
		}
	}
	kind, err := parseType(string(t.Expr), string(c.Metric), Type(source.QueryType))
	if err != nil {
		return nil, err
	}
	q := &Query{
		Type: kind, Expr: string(t.Expr),
		Metric: string(c.Metric), Params: c.Params, GroupBy: c.GroupBy,
		Label: string(c.Label), Param: string(c.Param), Match: string(c.Match), Regex: string(c.Regex),
		Format: cmp.Or(parseFormat(t.Format), TimeSeries), Legend: string(t.LegendFormat), Units: bool(c.Units),
		Exemplar: bool(t.Exemplar), Sampler: cmp.Or(t.Sampler, series.SpreadSampler), Filters: t.Filters, CustomParams: string(t.CustomParams),
		From: source.From, To: source.To, At: evaluationTime(source),
		scrape: source.ScrapeInterval,
	}
	q.Range, q.Instant = t.kind()
	if err := checkTemplate("The legend", q.Legend); err != nil {
		return nil, err
	}
	if err := q.parseSpecific(data); err != nil {
		return nil, err
	}
	if !slices.Contains(series.Samplers, q.Sampler) {
		return nil, fault.New(fault.BadQuery, "The exemplar sampler %q is unknown. Use one of %s.", q.Sampler, join(series.Samplers))
	}
	q.InstantFormat = cmp.Or(parseFormat(t.InstantFormat), q.Format)
	for _, format := range []Format{q.Format, q.InstantFormat} {
		if !slices.Contains(formats, format) {
			return nil, fault.New(fault.BadQuery, "The format %q is unknown. Use one of %s.", format, join(formats))
		}
	}
	if err := checkRange(q.From, q.To); err != nil {
		return nil, err
	}
	if q.Names, err = parseNameForm(string(c.Names)); err != nil {
		return nil, err
	}
	if c.Window != "" {
		if q.Window, err = ParseWindow(string(c.Window)); err != nil {
			return nil, err
		}
	}
	if q.location, err = parseLocation(t); err != nil {
		return nil, err
	}
	return q, q.fixStep(t, source)
}

// checkRange returns an error if the time range is reversed, or if it isn't between the years
// 1900 and 2200. Computing with other times could overflow.
func checkRange(from, to time.Time) error {
	const earliest, latest = 1900, 2200
	switch {
	case from.After(to):
		return fault.New(fault.BadQuery, "The time range ends before it starts.")
	case from.Year() < earliest || to.Year() > latest:
		return fault.New(fault.BadQuery, "The time range must be between the years %d and %d.", earliest, latest)
	}
	return nil
}

// Metrics returns the query of an API client for a catalog metric. Its timestamps are not
// rounded to multiples of the step. A step of 0 means an instant query at the time end.
func Metrics(metric string, params catalog.Params, start, end time.Time, step, scrape time.Duration) *Query {
	return &Query{
		Type: Catalog, Metric: metric, Params: params,
		Range: step > 0, Instant: step == 0, Format: TimeSeries,
		From: start, To: end, At: end, Step: max(step, time.Millisecond),
		location: time.UTC, scrape: scrape,
	}
}

func unmarshal(data []byte, into any) error {
	err := json.Unmarshal(data, into)
	wrong, mistyped := errors.AsType[*json.UnmarshalTypeError](err)
	switch {
	case mistyped && wrong.Field == "":
		return fault.New(fault.BadQuery, "The query is a JSON %s. It must be a JSON object.", wrong.Value)
	case mistyped:
		use := ""
		if want := stored.Want(wrong.Type); want != "" {
			use = " Use " + want + "."
		}
		return fault.New(fault.BadQuery, "The query's field %s can't be a JSON %s.%s", wrong.Field, wrong.Value, use)
	case err != nil:
		return fault.New(fault.BadQuery, "The query is not valid JSON: %v.", err)
	}
	return nil
}

// parseType returns the type of a query. A dashboard can contain query types of other data
// sources. They are ignored if the query has an expression.
func parseType(expr, metric string, name Type) (Type, error) {
	switch {
	case slices.Contains(types, name):
		return name, nil
	case name == "" && expr == "" && metric != "":
		return Catalog, nil
	case name == "" || expr != "":
		return PromQL, nil
	default:
		return "", fault.New(fault.BadQuery, "The query type %q is unknown. Use one of %s.", name, join(types))
	}
}

// ParseWindow parses the window of a catalog query, which has the syntax of stored.Duration
// and is at least 1ms.
func ParseWindow(text string) (time.Duration, error) {
	d, err := stored.Duration(stored.Text(text))
	if err != nil || d < time.Millisecond {
		return 0, fault.New(fault.BadQuery, "The window %q is not a duration of at least 1ms. Write a number with a unit, such as 5m or 1.5h, or a number of seconds.", text)
	}
	return d, nil
}

func join[T ~string](names []T) string {
	texts := make([]string, len(names))
	for i, name := range names {
		texts[i] = string(name)
	}
	return strings.Join(texts, ", ")
}
