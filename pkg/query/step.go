package query

import (
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend/gtime"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promql"
)

// MaxPoints is how many points of one series Prometheus gives at most.
const MaxPoints = 11_000

// longest is the largest step that makes sense, and small enough that nothing
// computed from steps overflows.
const longest = 366 * 24 * time.Hour

// fixStep decides the step: as fine as the panel can draw, never finer than the
// min step (the query's own, or else what Grafana computed and the scrape
// interval), never more points than Prometheus gives.
func (q *Query) fixStep(t text, source Source) error {
	span := q.To.Sub(q.From)
	least := min(max(source.Interval, source.ScrapeInterval), longest)
	own, macro, err := minStep(t.Interval)
	if err != nil {
		return err
	}
	if own > 0 {
		least, q.scrape = own, own
	}
	points := source.MaxDataPoints
	if points <= 0 {
		points = MaxPoints
	}
	q.Step = min(max(gtime.RoundInterval(span/time.Duration(points)), least, time.Millisecond), longest)
	// A macro means what it does in Grafana's Prometheus data source.
	switch {
	case macro == "__rate_interval": // which no factor makes longer
		q.Step, q.scrape = RateInterval(q.Step, q.scrape), 0
	case t.IntervalFactor > 1:
		const most = 100 // editors offer 10
		q.Step *= time.Duration(min(t.IntervalFactor, most))
	}
	if macro == "__interval" { // samples are taken to come as far apart
		q.scrape = q.Step
	}
	if fewest := span / (MaxPoints - 1); q.Step < fewest {
		unit := time.Second
		if fewest < unit {
			unit = time.Millisecond
		}
		q.Step = (fewest + unit - 1).Truncate(unit)
	}
	return nil
}

// minStep reads a query's own min step, which is a duration or a macro, or neither.
func minStep(text string) (step time.Duration, macro string, err error) {
	text = strings.TrimPrefix(strings.TrimSpace(text), ">") // as old panels write "at least"
	switch {
	case text == "" || text == "0s":
		return 0, "", nil
	case strings.Contains(text, "$"):
		return 0, strings.Trim(text, "${}"), nil
	}
	step, err = gtime.ParseIntervalStringToTimeDuration(text)
	if err != nil || step <= 0 || step > longest {
		return 0, "", fault.New(fault.BadQuery, "The min step is %q: write a duration such as 15s, of a year at most.", text)
	}
	return step, "", nil
}

// RateInterval is the window of $__rate_interval: at least four scrapes, so that
// a rate has samples even when one scrape is lost, and one more than the step, so
// that nothing between two steps is left out.
func RateInterval(step, scrape time.Duration) time.Duration {
	return max(step+scrape, 4*scrape)
}

// macros are the durations of the query's macros. A window takes the place of
// $__rate_interval. That of $__range it takes where the query itself names it, so
// that an alert rule or an API client, which has no dashboard's range, can ask for
// the same; and where there is no range at all. The step is how finely a panel is
// drawn, which an instant query's answer must not depend on: there a window takes
// the place of $__interval as well.
func (q *Query) macros(window time.Duration, instant bool) promql.Macros {
	m := promql.Macros{Interval: q.Step, RateInterval: RateInterval(q.Step, q.scrape), Range: q.To.Sub(q.From)}
	q.windowInto(&m, window, instant)
	if m.Range <= 0 {
		m.Range = window
	}
	return m
}

// windowInto puts the window, if there is one, into the macros' places.
func (q *Query) windowInto(m *promql.Macros, window time.Duration, instant bool) {
	if window <= 0 {
		return
	}
	m.RateInterval = window
	if q.Window > 0 {
		m.Range = window
	}
	if instant {
		m.Interval = window
	}
}
