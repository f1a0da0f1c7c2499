package query

import (
	"time"
)

// Span is a time range whose steps are equally spaced. It includes both ends. A
// request to the range API covers one span.
type Span struct{ Start, End time.Time }

// Spans returns the spans of a range query. Both ends of the range are rounded down to a
// multiple of the step, so that a panel requests the same timestamps while the current time
// advances. The range of an API client is returned unchanged.
//
// Multiples are counted in the dashboard's time zone: a step of one day begins at local
// midnight. If the step is longer than an hour, this is also true after a shift to or from
// daylight saving time, because a span ends before the shift and another begins after it. If
// the shift skips the local time at which a step begins, the step begins at the shift. If that
// local time occurs twice, the step begins at the first occurrence. After maxSpans spans, the
// steps no longer follow the shifts.
func (q *Query) Spans() []Span {
	switch {
	case q.maxPoints == 0: // an API client's timestamps are not rounded
		return []Span{{q.From, q.To}}
	case q.Step <= time.Hour:
		return []Span{q.singleSpan()}
	}
	clock := q.firstBoundary()
	start := q.timeAt(clock)
	spans := []Span{{start, start}}
	for {
		clock += q.Step
		next := q.timeAt(clock)
		if next.After(q.To) {
			return q.limitPoints(spans)
		}
		last := &spans[len(spans)-1]
		switch distance := next.Sub(last.End); {
		case distance <= 0: // the previous step was moved to the shift, and this step is also at the shift
		case distance == q.Step:
			last.End = next
		case len(spans) == maxSpans:
			last.End = last.Start.Add(q.To.Sub(last.Start).Truncate(q.Step))
			return q.limitPoints(spans)
		default:
			spans = append(spans, Span{next, next})
		}
	}
}

// singleSpan returns the range as Spans does, but always as one span. After a shift to or from
// daylight saving time, the timestamps of the span may no longer be multiples of the step in
// local time.
func (q *Query) singleSpan() Span {
	start := q.timeAt(q.firstBoundary())
	return q.limitPoints([]Span{{start, start.Add(q.To.Sub(start).Truncate(q.Step))}})[0]
}

// firstBoundary returns the last multiple of the step at or before From, in local time.
func (q *Query) firstBoundary() time.Duration {
	local := q.localTime(q.From)
	offset := local % q.Step
	if offset < 0 { // before 1970
		offset += q.Step
	}
	return local - offset
}

// limitPoints drops the first points of the spans if there are more than maxPoints. There can
// be more in these cases:
//
//   - maxPoints is 1, and the range contains a multiple of the step after From. The last
//     multiple at or before From is then a second point.
//   - The step is at most an hour, and From is in an hour that occurs for the second time in
//     local time, after a shift from daylight saving time. The span can then begin in the
//     first occurrence of this hour.
//   - The range is many years long. fixStep doesn't choose steps of more than a year, so there
//     can be many excess points.
func (q *Query) limitPoints(spans []Span) []Span {
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

// points returns the number of timestamps in the span.
func (s Span) points(step time.Duration) int { return int(s.End.Sub(s.Start)/step) + 1 }

// localTime returns the local time at t as the duration since 1970-01-01 00:00 local
// time.
func (q *Query) localTime(t time.Time) time.Duration {
	_, offset := t.In(q.location).Zone()
	return time.Duration(t.UnixNano()) + time.Duration(offset)*time.Second
}

// timeAt returns the first time at which the local time is the given one, or the time of the
// shift that skips this local time.
func (q *Query) timeAt(local time.Duration) time.Time {
	fields := time.Unix(0, int64(local)).UTC()
	year, month, day := fields.Date()
	at := time.Date(year, month, day, fields.Hour(), fields.Minute(), fields.Second(), fields.Nanosecond(), q.location)
	zoneStart, zoneEnd := at.ZoneBounds()
	switch got := q.localTime(at); {
	case got > local:
		return zoneStart.UTC()
	case got < local:
		return zoneEnd.UTC()
	case !zoneStart.IsZero():
		before := zoneStart.Add(-1)
		if first := before.Add(local - q.localTime(before)); first.Before(zoneStart) {
			return first.UTC()
		}
	}
	return at.UTC()
}
