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
	if own := strings.TrimSpace(t.Interval); own != "" && !strings.Contains(own, "$") {
		d, err := gtime.ParseIntervalStringToTimeDuration(own)
		if err != nil || d <= 0 || d > longest {
			return fault.New(fault.BadQuery, "The min step is %q: write a duration such as 15s, of a year at most.", own)
		}
		least, q.scrape = d, d
	}
	points := source.MaxDataPoints
	if points <= 0 {
		points = MaxPoints
	}
	q.Step = max(gtime.RoundInterval(span/time.Duration(points)), least, time.Millisecond)
	if t.IntervalFactor > 1 {
		const most = 100 // editors offer 10
		q.Step = min(q.Step, longest) * time.Duration(min(t.IntervalFactor, most))
	}
	if fewest := span / (MaxPoints - 1); q.Step < fewest {
		q.Step = (fewest + time.Second - 1).Truncate(time.Second)
	}
	return nil
}

// RateInterval is the window of $__rate_interval: at least four scrapes, so that
// a rate has samples even when one scrape is lost, and one more than the step, so
// that nothing between two steps is left out.
func RateInterval(step, scrape time.Duration) time.Duration {
	return max(step+scrape, 4*scrape)
}

// macros are the durations of the query's macros. A window takes the place of
// $__rate_interval.
func (q *Query) macros(window time.Duration) promql.Macros {
	m := promql.Macros{Interval: q.Step, RateInterval: RateInterval(q.Step, q.scrape), Range: q.To.Sub(q.From)}
	if window > 0 {
		m.RateInterval = window
	}
	return m
}

// Aligned is the range with both ends moved down to a step's boundary, so that
// the same panel asks for the same times while now moves on. Boundaries follow
// the dashboard's time zone: a step of a day begins at its midnight.
func (q *Query) Aligned() (start, end time.Time) {
	return q.boundary(q.From), q.boundary(q.To)
}

func (q *Query) boundary(t time.Time) time.Time {
	_, seconds := t.In(q.location).Zone()
	offset := time.Duration(seconds) * time.Second
	local := time.Duration(t.UnixNano()) + offset
	into := local % q.Step
	if into < 0 { // before 1970
		into += q.Step
	}
	return time.Unix(0, int64(local-into-offset)).UTC()
}

// locationOf reads the dashboard's time zone, or else its fixed offset.
func locationOf(t text) (*time.Location, error) {
	switch name := t.Timezone; name {
	case "":
		const day = 24 * 60 * 60
		if t.UTCOffsetSec < -day || t.UTCOffsetSec > day {
			return nil, fault.New(fault.BadQuery, "utcOffsetSec is %d: it must be within a day.", t.UTCOffsetSec)
		}
		return time.FixedZone("", t.UTCOffsetSec), nil
	case "utc", "browser": // Grafana's own words; the frontend resolves browser
		return time.UTC, nil
	default:
		location, err := time.LoadLocation(name)
		if err != nil || location == time.Local { // "Local" is the server's own, which means nothing to a dashboard
			return nil, fault.New(fault.BadQuery, "There is no time zone %q: use an IANA name such as Europe/Berlin.", name)
		}
		return location, nil
	}
}
