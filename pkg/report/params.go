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

// timeframes are the values of timeframe. finest is the finest granularity of a
// timeframe, and scaling the step in which changes of the number of instances are seen.
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

// The values of format.
const (
	JSON           = "json"
	CSV            = "csv"
	PrometheusText = "prometheus"
)

var formats = []string{JSON, CSV, PrometheusText}

const (
	// maxCurrent is the longest granularity of an answer with current data.
	maxCurrent         = 5 * time.Minute
	defaultTimeframe   = "24h"
	defaultGranularity = "15m"
)

// ParamError is an invalid value of a parameter. Allowed is nil if any value of the
// right form is allowed. The error that it wraps is a fault.BadQuery.
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

// choice lists values as a sentence does.
func choice(values []string) string {
	last := len(values) - 1
	if last < 1 {
		return strings.Join(values, "")
	}
	return strings.Join(values[:last], ", ") + " or " + values[last]
}

// Params are the parameters of a report as a client sends them. "" and nil stand for the
// default.
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
	whole, cost bool  // the comprehensive and the cost answer are computed
	notes       notes // about the parameters
	settings    Settings
	reserved    []Section // for roles that the user hasn't got

	namesSections bool // the client has chosen the sections
	now           time.Time
	scrape        time.Duration
}

// Parse returns the request for the reports of endpoints at a time. scrape is the scrape
// interval of the data source. Errors are a *ParamError.
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
		"The endpoint id %q %s. Write an id of 1 to %d bytes.", fault.Clip(id, 80), what, MaxIDBytes)}
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

// parseGranularity requires the timeframe.
func (r *Request) parseGranularity(p Params) error {
	allowed := r.granularities()
	known := p.Granularity == ""
	for _, g := range granularities {
		known = known || g.name == p.Granularity
	}
	r.granularity = p.Granularity
	switch {
	case p.Granularity != "" && !slices.Contains(allowed, p.Granularity):
		err := &ParamError{"granularity", p.Granularity, allowed, nil}
		if err.err = fault.New(fault.BadQuery, "granularity is %q. For the timeframe %s it must be %s.", fault.Clip(p.Granularity, 80), r.timeframe, choice(allowed)); !known {
			err.err = fault.New(fault.BadQuery, "granularity is %q. It must be a duration of the list: %s for the timeframe %s.", fault.Clip(p.Granularity, 80), choice(allowed), r.timeframe)
		}
		return err
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

// MayKeep reports whether an answer may be given again a few minutes later. Clients that
// want current data request short granularities.
func (r *Request) MayKeep() bool { return r.point > maxCurrent }

// String returns what the answer depends on, except for the endpoints and the time. Two
// requests with the same settings and text have the same answer.
func (r *Request) String() string {
	return fmt.Sprintf("timeframe=%s granularity=%s aggregation=%s metrics=%v explicit=%t reserved=%v", r.timeframe, r.granularity, r.aggregation, r.sections, r.namesSections, r.reserved)
}

func (r *Request) has(any ...Section) bool {
	return slices.ContainsFunc(any, func(s Section) bool { return slices.Contains(r.sections, s) })
}

// onlyCosts reports whether the answer is the cost answer.
func (r *Request) onlyCosts() bool {
	return r.namesSections && !slices.ContainsFunc(r.sections, func(s Section) bool { return s != Costs })
}

// end is the end of the report.
func (r *Request) end() time.Time { return r.now.Truncate(min(r.point, hour)).UTC() }

// step is the distance of the values that Prometheus returns for the points.
func (r *Request) step() time.Duration {
	if r.aggregation == "avg" {
		return r.point
	}
	return r.finest
}
