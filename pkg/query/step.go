package query

import (
	"slices"
	"strings"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promql"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/stored"
)

// roundSteps are the steps that people expect on a time axis, in ascending order.
// Every step of up to a day divides a day, so that midnight is a multiple of it.
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

// roundUp returns the shortest round step that is at least step, or the longest round step if
// step is longer.
func roundUp(step time.Duration) time.Duration {
	i, _ := slices.BinarySearch(roundSteps, step)
	return roundSteps[min(i, len(roundSteps)-1)]
}

// fixStep sets the step. The step is the result of smallestStep, rounded up to a round step,
// but at least the minimum. The minimum is the min step of the query. If the query has none,
// the minimum is the longer of the scrape interval and the interval that Grafana computed. The
// query's interval factor multiplies the step. If the min step is the macro $__rate_interval,
// the step is increased to the value of this macro instead. The step is at most maxStep before
// the last increase. fixStep also sets maxPoints, and scrape if the min step determines it.
func (q *Query) fixStep(t queryJSON, source Source) error {
	minimum := min(max(source.Interval, source.ScrapeInterval), maxStep)
	minStep, macro, err := parseMinStep(string(t.Interval))
	if err != nil {
		return err
	}
	if minStep > 0 {
		minimum, q.scrape = minStep, minStep
	}
	q.maxPoints = MaxPoints
	if source.MaxDataPoints > 0 {
		q.maxPoints = int(min(source.MaxDataPoints, MaxPoints))
	}
	q.Step = min(max(roundUp(q.smallestStep()), minimum), maxStep)
	// A macro as min step has the same meaning as in Grafana's Prometheus data source.
	switch {
	case macro == "__rate_interval": // the interval factor is ignored
		q.Step, q.scrape = RateInterval(q.Step, q.scrape), 0
	case t.IntervalFactor > 1:
		q.Step *= time.Duration(min(t.IntervalFactor, maxIntervalFactor))
	}
	if macro == "__interval" { // one sample per step is assumed
		q.scrape = q.Step
	}
	return nil
}

// smallestStep returns the smallest step with which a series has at most maxPoints points,
// wherever the range begins. A range of n steps has at most n+1 points: at the multiples of
// the step in the range and, unless the range begins at a multiple, at the last multiple
// before it. If daylight saving time begins or ends within the range, the range's length in
// local time differs from its real length. The longer of these counts. If maxPoints is 1, no
// step is long enough. The returned step is then longer than the range, so that the range
// contains at most one multiple. limitPoints then drops the point before the range.
func (q *Query) smallestStep() time.Duration {
	length := max(q.To.Sub(q.From), q.localTime(q.To)-q.localTime(q.From))
	if q.maxPoints == 1 {
		return length + 1
	}
	gaps := time.Duration(q.maxPoints - 1)
	return (length + gaps - 1) / gaps
}

// parseMinStep returns the min step of a query. If the text is a macro, it returns the macro's
// name instead. For an empty text it returns 0.
func parseMinStep(text string) (step time.Duration, macro string, err error) {
	if strings.Contains(text, "$") {
		return 0, strings.Trim(text, "${}> "), nil
	}
	step, err = stored.Duration(stored.Text(text))
	if err != nil || step > maxStep {
		return 0, "", fault.New(fault.BadQuery, "The min step %q is not a duration of at most a year. Write a number with a unit, such as 15s.", text)
	}
	return step, "", nil
}

// RateInterval returns the value of $__rate_interval. It is at least four scrape
// intervals, so that a rate has samples even if a scrape fails. It is also at least the step
// plus one scrape interval, so that the windows of consecutive steps overlap by a sample.
func RateInterval(step, scrape time.Duration) time.Duration {
	return max(step+scrape, 4*scrape)
}

// macros returns the values of the query's macros. A window other than 0 replaces
// $__rate_interval. It also replaces $__range if the range is empty, or if the query sets the
// window itself: an alert rule or an API client, which has no dashboard range, can then
// request the same result as a panel. In an instant query, the window also replaces
// $__interval, because the result must not depend on the resolution of a panel.
func (q *Query) macros(window time.Duration, instant bool) promql.Macros {
	end := q.To
	if instant {
		end = q.At // $__range is then the time from the start of the range to the evaluation
	}
	m := promql.Macros{Interval: q.Step, RateInterval: RateInterval(q.Step, q.scrape), Range: end.Sub(q.From)}
	q.setWindow(&m, window, instant)
	if m.Range <= 0 {
		m.Range = window
	}
	return m
}

// setWindow sets the macros that a window replaces.
func (q *Query) setWindow(m *promql.Macros, window time.Duration, instant bool) {
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
