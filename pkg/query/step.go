package query

import (
	"slices"
	"strings"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promql"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/stored"
)

// MaxPoints is how many points of one series Prometheus returns at most.
const MaxPoints = 11_000

// longest is the largest step that makes sense, and small enough that nothing
// computed from steps overflows.
const longest = 366 * 24 * time.Hour

// roundSteps are the steps that people expect on a time axis, in ascending order.
// Those of up to a day divide a day, so that their boundaries include midnight.
var roundSteps = []time.Duration{
	1 * time.Millisecond, 2 * time.Millisecond, 5 * time.Millisecond,
	10 * time.Millisecond, 20 * time.Millisecond, 50 * time.Millisecond,
	100 * time.Millisecond, 200 * time.Millisecond, 500 * time.Millisecond,
	1 * time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 15 * time.Second, 20 * time.Second, 30 * time.Second,
	1 * time.Minute, 2 * time.Minute, 3 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 20 * time.Minute, 30 * time.Minute,
	1 * time.Hour, 2 * time.Hour, 3 * time.Hour, 4 * time.Hour, 6 * time.Hour, 8 * time.Hour, 12 * time.Hour,
	1 * day, 2 * day, 7 * day, 14 * day, 30 * day, 90 * day, 365 * day,
}

const day = 24 * time.Hour

// roundUp returns the first round step that isn't smaller than the given one.
func roundUp(step time.Duration) time.Duration {
	i, _ := slices.BinarySearch(roundSteps, step)
	return roundSteps[min(i, len(roundSteps)-1)]
}

// fixStep chooses the step: as fine as the panel can draw, never finer than the
// min step (the query's own, or else what Grafana computed and the scrape
// interval), and coarse enough that a series has no more points than maxDataPoints
// and than Prometheus returns.
func (q *Query) fixStep(t text, source Source) error {
	least := min(max(source.Interval, source.ScrapeInterval), longest)
	own, macro, err := minStep(string(t.Interval))
	if err != nil {
		return err
	}
	if own > 0 {
		least, q.scrape = own, own
	}
	q.maxPoints = MaxPoints
	if source.MaxDataPoints > 0 {
		q.maxPoints = int(min(source.MaxDataPoints, MaxPoints))
	}
	q.Step = min(max(roundUp(q.finestStep()), least), longest)
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
	return nil
}

// finestStep is the smallest step with which the range has at most maxPoints steps,
// wherever their boundaries are: a range of n steps has n+1 boundaries at most, its
// ends included. Where the clock changes, the range is as long as it takes and as
// its clock shows, whichever is longer. A single point needs a step that is longer
// than the range; see Spans.
func (q *Query) finestStep() time.Duration {
	length := max(q.To.Sub(q.From), q.clock(q.To)-q.clock(q.From))
	if q.maxPoints == 1 {
		return length + 1
	}
	gaps := time.Duration(q.maxPoints - 1)
	return (length + gaps - 1) / gaps
}

// minStep reads a query's own min step, which is a duration or a macro, or neither.
func minStep(text string) (step time.Duration, macro string, err error) {
	if strings.Contains(text, "$") {
		return 0, strings.Trim(text, "${}> "), nil
	}
	step, err = stored.Duration(stored.Text(text))
	if err != nil || step > longest {
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
	end := q.To
	if instant {
		end = q.At // $__range reaches back to the range's start
	}
	m := promql.Macros{Interval: q.Step, RateInterval: RateInterval(q.Step, q.scrape), Range: end.Sub(q.From)}
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
