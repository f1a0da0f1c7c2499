package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/section"
)

// AutoTimeframe is the value of Params.Timeframe that selects a timeframe by a panel's time range.
const AutoTimeframe = "auto"

// ForSections returns the request of a panel that shows a section of the reports of some
// endpoints. length is the length of the panel's time range. The reports end at the time end,
// rounded down. If p.Timeframe is AutoTimeframe, the request has the shortest timeframe that
// is at least as long as the range, or 30d if none is long enough. An error is a *ParamError
// or a fault.BadQuery.
func ForSections(ids []string, s section.Field, p Params, length time.Duration, end time.Time, scrape time.Duration) (*Request, error) {
	if len(ids) == 0 {
		return nil, fault.New(fault.BadQuery, "The report query has no endpoint. Write 1 to %d ids in endpointIds.", MaxEndpoints)
	}
	if p.Timeframe == AutoTimeframe {
		p.Timeframe = timeframeFor(length)
	}
	p.Metrics = s.Metrics()
	r, err := Parse(ids, p, end, scrape)
	if err != nil {
		return nil, err
	}
	if n := len(r.ids); n > MaxEndpoints {
		return nil, fault.New(fault.BadQuery, "The report query has %d endpoints. A report covers at most %d. Select fewer.", n, MaxEndpoints)
	}
	r.cost = s.IsCost()
	r.whole = !r.cost
	// Only the section with all insights has the kind Groups. Its panel omits the insights of
	// reserved sections. A panel of any other section fails if it needs a reserved section.
	r.namesSections = s.Kind != section.Groups
	if len(p.Metrics) == 0 {
		r.sections = nil
	}
	return r, nil
}

// timeframeFor returns the shortest timeframe that covers a time range, or else the longest.
func timeframeFor(length time.Duration) string {
	for _, t := range timeframes {
		if t.length >= length {
			return t.name
		}
	}
	return timeframes[len(timeframes)-1].name
}

// Join returns a request with the endpoints, sections and notes of two requests, so that their
// queries share a computation. It returns nil if the timeframe, time, granularity, aggregation
// or scrape interval of the requests differ, or if they have more than MaxEndpoints endpoints
// together.
func Join(a, b *Request) *Request {
	if a.timeframe != b.timeframe || a.granularity != b.granularity || a.aggregation != b.aggregation || !a.now.Equal(b.now) || a.scrape != b.scrape {
		return nil
	}
	joined := *a
	joined.ids = slices.Compact(slices.Sorted(slices.Values(slices.Concat(a.ids, b.ids))))
	if len(joined.ids) > MaxEndpoints {
		return nil
	}
	joined.sections = slices.Compact(slices.Sorted(slices.Values(slices.Concat(a.sections, b.sections))))
	joined.whole, joined.cost = a.whole || b.whole, a.cost || b.cost
	joined.notes = slices.Clone(a.notes)
	for _, note := range b.notes {
		if !slices.Contains(joined.notes, note) {
			joined.notes = append(joined.notes, note)
		}
	}
	return &joined
}

// Endpoints returns the ids of the endpoints, sorted and without duplicates.
func (r *Request) Endpoints() []string { return r.ids }

// Granularity returns the time between two points.
func (r *Request) Granularity() time.Duration { return r.point }

// Describe returns the text that the panel inspector shows for a section: the parameters, and
// the PromQL of each request to Prometheus that the section needs.
func (r *Request) Describe(s section.Field) string {
	var text strings.Builder
	fmt.Fprintf(&text, "# Section %s of the report of %s\n", s.Path, strings.Join(strings.Fields(strings.Join(r.ids, ", ")), " "))
	fmt.Fprintf(&text, "# Timeframe %s until %s, granularity %s, aggregation %s\n", r.timeframe, timestamp(r.end()), r.granularity, r.aggregation)
	for _, v := range append([]view{r.info()}, r.views()...) {
		if v.Intervals.N == 1 {
			fmt.Fprintf(&text, "\n# Instant query at %s\n", timestamp(v.Intervals.End))
		} else {
			fmt.Fprintf(&text, "\n# Range query from %s to %s, step %s\n", timestamp(v.Intervals.At(0)), timestamp(v.Intervals.End), v.Intervals.Step)
		}
		text.WriteString(v.Expr(r.ids))
		text.WriteByte('\n')
	}
	return fault.ClipBytes(text.String(), maxDescription)
}

// Timeframe is a value of the parameter timeframe with the granularities that it allows.
type Timeframe struct {
	Name          string   `json:"name"`
	Granularities []string `json:"granularities"`
	Default       string   `json:"default"` // granularity
}

// Timeframes returns the values of the parameter timeframe.
func Timeframes() []Timeframe {
	var list []Timeframe
	for _, t := range timeframes {
		r := Request{timeframe: t.name, length: t.length, finest: t.finest}
		allowed := r.granularities()
		list = append(list, Timeframe{t.name, allowed, defaultOf(allowed)})
	}
	return list
}

// Aggregations returns the values of the parameter aggregation, the default first.
func Aggregations() []string { return slices.Clone(aggregations) }
