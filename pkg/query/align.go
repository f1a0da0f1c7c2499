package query

import (
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// Span is a range of time with steps at equal distances, its ends included. One
// request to the range API covers one.
type Span struct{ Start, End time.Time }

// mostSpans bounds the requests that one query becomes. Daylight saving mostly
// shifts twice a year: this is a decade.
const mostSpans = 20

// Spans returns the range with both ends moved down to a step's boundary, so that
// the same panel asks for the same times while now moves on. Boundaries follow the
// clock of the dashboard's time zone: a step of a day begins at its midnight. Steps
// of more than an hour do so after a shift to daylight saving too, which ends one
// span and begins another. Where the shift skips a boundary, the step begins with
// the shift; where it repeats one, at the first.
func (q *Query) Spans() []Span {
	switch {
	case q.maxPoints == 0: // an API client's own times
		return []Span{{q.From, q.To}}
	case q.Step <= time.Hour:
		return []Span{q.unsplit()}
	}
	clock := q.boundary()
	start := q.instant(clock)
	spans := []Span{{start, start}}
	for {
		clock += q.Step
		next := q.instant(clock)
		if next.After(q.To) {
			return q.lastPoints(spans)
		}
		last := &spans[len(spans)-1]
		switch distance := next.Sub(last.End); {
		case distance <= 0: // skipped together with the one before
		case distance == q.Step:
			last.End = next
		case len(spans) == mostSpans:
			last.End = last.Start.Add(q.To.Sub(last.Start).Truncate(q.Step))
			return q.lastPoints(spans)
		default:
			spans = append(spans, Span{next, next})
		}
	}
}

// unsplit returns the range as Spans does, but always as one span: after a shift to
// daylight saving its steps are off the clock by what the clock was set.
func (q *Query) unsplit() Span {
	start := q.instant(q.boundary())
	return q.lastPoints([]Span{{start, start.Add(q.To.Sub(start).Truncate(q.Step))}})[0]
}

// boundary returns the clock's time at the step's boundary at or before From.
func (q *Query) boundary() time.Duration {
	clock := q.clock(q.From)
	into := clock % q.Step
	if into < 0 { // before 1970
		into += q.Step
	}
	return clock - into
}

// lastPoints drops the first points of the spans where there are more than
// maxPoints: the first boundary is before the range, and an hour that the clock
// repeats can make room for one boundary more than fixStep counts on.
func (q *Query) lastPoints(spans []Span) []Span {
	points := 0
	for _, s := range spans {
		points += s.points(q.Step)
	}
	excess := points - q.maxPoints
	if excess <= 0 {
		return spans
	}
	for spans[0].points(q.Step) <= excess {
		excess -= spans[0].points(q.Step)
		spans = spans[1:]
	}
	spans[0].Start = spans[0].Start.Add(time.Duration(excess) * q.Step)
	return spans
}

// points counts the span's steps.
func (s Span) points(step time.Duration) int { return int(s.End.Sub(s.Start)/step) + 1 }

// clock is what the clock of the time zone shows at t, counted from its own 1970.
func (q *Query) clock(t time.Time) time.Duration {
	_, offset := t.In(q.location).Zone()
	return time.Duration(t.UnixNano()) + time.Duration(offset)*time.Second
}

// instant is when the clock first shows a time, or, where a shift skips that, when
// it is set.
func (q *Query) instant(clock time.Duration) time.Time {
	shown := time.Unix(0, int64(clock)).UTC()
	year, month, day := shown.Date()
	at := time.Date(year, month, day, shown.Hour(), shown.Minute(), shown.Second(), shown.Nanosecond(), q.location)
	begun, ends := at.ZoneBounds()
	switch got := q.clock(at); {
	case got > clock:
		return begun.UTC()
	case got < clock:
		return ends.UTC()
	case !begun.IsZero():
		before := begun.Add(-1)
		if first := before.Add(clock - q.clock(before)); first.Before(begun) {
			return first.UTC()
		}
	}
	return at.UTC()
}

// locationOf reads the dashboard's time zone, or else its fixed offset.
func locationOf(t text) (*time.Location, error) {
	switch name := string(t.Timezone); name {
	case "":
		const day = 24 * 60 * 60
		if t.UTCOffsetSec < -day || t.UTCOffsetSec > day {
			return nil, fault.New(fault.BadQuery, "utcOffsetSec is %g: it must be within a day.", t.UTCOffsetSec)
		}
		return time.FixedZone("", int(t.UTCOffsetSec)), nil
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
