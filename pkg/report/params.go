package report

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/policy"
)

const (
	hour = time.Hour
	day  = 24 * time.Hour
	week = 7 * day
)

// Section is a value of the parameter metrics.
type Section = policy.Section

// The sections.
const (
	Performance = policy.Performance
	Usage       = policy.Usage
	Costs       = policy.Costs
	Resources   = policy.Resources
	Errors      = policy.Errors
)

var sections = policy.Sections()

// timeframes are the values of the parameter timeframe, in ascending order. finest is the
// shortest granularity of a timeframe. scaling is the step of the query that finds changes in
// the number of instances.
var timeframes = []struct {
	name                    string
	length, finest, scaling time.Duration
}{
	{"1h", hour, time.Minute, time.Minute},
	{"6h", 6 * hour, time.Minute, time.Minute},
	{"24h", day, 5 * time.Minute, time.Minute},
	{"7d", week, 15 * time.Minute, 5 * time.Minute},
	{"30d", 30 * day, hour, 15 * time.Minute},
}

var granularities = []struct {
	name   string
	length time.Duration
}{
	{"1m", time.Minute},
	{"5m", 5 * time.Minute},
	{"15m", 15 * time.Minute},
	{"1h", hour},
	{"1d", day},
}

var aggregations = []string{"avg", "sum", "min", "max", "p95", "p99"}

// The values of the parameter format.
const (
	JSON           = "json"
	CSV            = "csv"
	PrometheusText = "prometheus"
)

var formats = []string{JSON, CSV, PrometheusText}

const (
	// maxCurrent is the longest granularity whose answers must be current and aren't cached.
	maxCurrent         = 5 * time.Minute
	defaultTimeframe   = "24h"
	defaultGranularity = "15m"
)

// ParamError is the error of an invalid parameter. Allowed lists the valid values. It is nil
// if they can't be listed. The error wraps a fault.BadQuery.
type ParamError struct {
	Parameter, Value string
	Allowed          []string
	err              *fault.Error
}

func (e *ParamError) Error() string { return e.err.Error() }
func (e *ParamError) Unwrap() error { return e.err }

func notAllowed(parameter, value string, allowed []string) error {
	return &ParamError{parameter, value, allowed, fault.New(fault.BadQuery,
		"%s is %q. It must be %s.", parameter, fault.Clip(value, 80), choice(allowed))}
}

// choice joins values for a sentence, such as "a, b or c".
func choice(values []string) string {
	last := len(values) - 1
	if last < 1 {
		return strings.Join(values, "")
	}
	return strings.Join(values[:last], ", ") + " or " + values[last]
}

// Params are the parameters of a report as a client sends them. "" and nil mean the default.
type Params struct {
	Timeframe   string
	Granularity string
	Metrics     []string
	Format      string
	Aggregation string
}

// Request is a valid request for the reports of some endpoints.
type Request struct {
	ids         []string
	timeframe   string
	length      time.Duration
	granularity string
	point       time.Duration // length of the granularity
	finest      time.Duration
	scaling     time.Duration
	aggregation string
	sections    []Section
	whole, cost bool  // whether to compute the comprehensive answer and the cost answer
	notes       notes // about the parameters
	settings    Settings
	reserved    []Section // that the user may not see

	namesSections bool // whether a reserved section is an error, because the request names it
	now           time.Time
	scrape        time.Duration
}

// Parse returns a request for reports of endpoints. The reports end at the time now, rounded
// down (see end). scrape is the data source's scrape interval. Every error is a *ParamError.
func Parse(ids []string, p Params, now time.Time, scrape time.Duration) (*Request, error) {
	r := &Request{ids: slices.Compact(slices.Sorted(slices.Values(ids))), now: now, scrape: scrape}
	for _, id := range ids {
		if err := checkID(id); err != nil {
			return nil, err
		}
	}
	for _, parse := range []func(Params) error{r.parseTimeframe, r.parseGranularity, r.parseSections, r.parseRest} {
		if err := parse(p); err != nil {
			return nil, err
		}
	}
	r.cost = r.onlyCosts()
	r.whole = !r.cost
	return r, nil
}

func checkID(id string) error {
	what := ""
	switch {
	case id == "":
		what = "is empty"
	case len(id) > MaxIDBytes:
		what = "is too long"
	case !utf8.ValidString(id):
		what = "is not valid UTF-8"
	default:
		return nil
	}
	id = strings.ToValidUTF8(id, "\uFFFD")
	return &ParamError{"endpointId", id, nil, fault.New(fault.BadQuery,
		"The endpoint id %q %s. Write an id of 1 to %d bytes in UTF-8.", fault.Clip(id, 80), what, MaxIDBytes)}
}

func (r *Request) parseTimeframe(p Params) error {
	r.timeframe = p.Timeframe
	if r.timeframe == "" {
		r.timeframe = defaultTimeframe
	}
	var names []string
	for _, t := range timeframes {
		if t.name == r.timeframe {
			r.length, r.finest, r.scaling = t.length, t.finest, t.scaling
			return nil
		}
		names = append(names, t.name)
	}
	return notAllowed("timeframe", p.Timeframe, names)
}

// granularities returns the granularities that the timeframe allows.
func (r *Request) granularities() (allowed []string) {
	for _, g := range granularities {
		if g.length >= r.finest && g.length <= r.length {
			allowed = append(allowed, g.name)
		}
	}
	return allowed
}

// defaultOf returns the default of the granularities that a timeframe allows.
func defaultOf(allowed []string) string {
	if slices.Contains(allowed, defaultGranularity) {
		return defaultGranularity
	}
	return allowed[0]
}

// parseGranularity is called after parseTimeframe, which determines the allowed values.
func (r *Request) parseGranularity(p Params) error {
	allowed := r.granularities()
	r.granularity = p.Granularity
	switch {
	case p.Granularity != "" && !slices.Contains(allowed, p.Granularity):
		return &ParamError{"granularity", p.Granularity, allowed, fault.New(fault.BadQuery,
			"granularity is %q. For the timeframe %s, it must be %s.", fault.Clip(p.Granularity, 80), r.timeframe, choice(allowed))}
	case p.Granularity == "":
		if r.granularity = defaultOf(allowed); r.granularity != defaultGranularity {
			r.notes.add("granularity", "The default %s isn't available for the timeframe %s, so %s is used.", defaultGranularity, r.timeframe, r.granularity)
		}
	}
	for _, g := range granularities {
		if g.name == r.granularity {
			r.point = g.length
		}
	}
	return nil
}

func (r *Request) parseSections(p Params) error {
	var names []string
	for _, s := range sections {
		names = append(names, string(s))
	}
	for _, name := range p.Metrics {
		if !slices.Contains(names, name) {
			return notAllowed("metrics", name, names)
		}
		r.sections = append(r.sections, Section(name))
	}
	if r.namesSections = len(p.Metrics) > 0; !r.namesSections {
		r.sections = sections
	}
	return nil
}

func (r *Request) parseRest(p Params) error {
	if p.Format != "" && !slices.Contains(formats, p.Format) {
		return notAllowed("format", p.Format, formats)
	}
	r.aggregation = p.Aggregation
	if r.aggregation == "" {
		r.aggregation = aggregations[0]
	}
	if !slices.Contains(aggregations, r.aggregation) {
		return notAllowed("aggregation", p.Aggregation, aggregations)
	}
	return nil
}

// MayKeep reports whether an answer may be cached for a few minutes. Answers with a short
// granularity are never cached, so that a client can get current data.
func (r *Request) MayKeep() bool { return r.point > maxCurrent }

// String returns the parameters that determine the answer and the notes about them, apart from
// the endpoints, the time and the data source's settings. Two requests with the same text,
// endpoints, time and settings have the same answer.
func (r *Request) String() string {
	return fmt.Sprintf("timeframe=%s granularity=%s aggregation=%s metrics=%v explicit=%t reserved=%v notes=%q", r.timeframe, r.granularity, r.aggregation, r.sections, r.namesSections, r.reserved, r.notes)
}

func (r *Request) has(any ...Section) bool {
	return slices.ContainsFunc(any, func(s Section) bool { return slices.Contains(r.sections, s) })
}

// onlyCosts reports whether the section costs is the only one that the client named. The
// answer to such a request is the cost answer of docs/report.md.
func (r *Request) onlyCosts() bool {
	return r.namesSections && !slices.ContainsFunc(r.sections, func(s Section) bool { return s != Costs })
}

// end returns the end of the report.
func (r *Request) end() time.Time { return r.now.Truncate(min(r.point, hour)).UTC() }

// step returns the time between two values that Prometheus returns. A point is computed from
// one or more values.
func (r *Request) step() time.Duration {
	if r.aggregation == "avg" {
		return r.point
	}
	return r.finest
}
