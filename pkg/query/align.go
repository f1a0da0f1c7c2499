package query

import (
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// Span is a stretch of time in which steps stand at even distances, its ends
// included. A query over the range API takes one.
type Span struct{ Start, End time.Time }

// mostSpans bounds the requests that one query becomes. Daylight saving shifts
// twice a year: this is a decade.
const mostSpans = 20

// Spans is the range with both ends moved down to a step's boundary, so that the
// same panel asks for the same times while now moves on. Boundaries follow the
// dashboard's time zone: a step of a day begins at its midnight, also behind a
// shift to daylight saving, which ends one span and begins another. Steps that
// divide the shift, such as 15m or 1h, go through it in one span.
func (q *Query) Spans() []Span {
	start, end := q.boundary(q.From), q.boundary(q.To)
	var spans []Span
	for at := start; len(spans) < mostSpans-1; {
		_, shift := at.In(q.location).ZoneBounds()
		if shift.IsZero() || shift.After(end) {
			break
		}
		at = shift
		if !shift.After(start) {
			continue
		}
		last := start.Add((shift.Sub(start) - 1).Truncate(q.Step))
		if next := q.following(shift); !next.Equal(last.Add(q.Step)) {
			spans = append(spans, Span{start, last})
			start = next
		}
	}
	return append(spans, Span{start, end})
}

// boundary is the latest boundary of a step that isn't after t.
func (q *Query) boundary(t time.Time) time.Time {
	begun, _ := t.In(q.location).ZoneBounds()
	at := q.floor(t)
	if !begun.IsZero() && at.Before(begun) {
		// The clock that t is read from wasn't in use yet.
		return q.floor(begun.Add(-1))
	}
	return at
}

// following is the first boundary that isn't before t.
func (q *Query) following(t time.Time) time.Time {
	if at := q.floor(t); !at.Before(t) {
		return at
	}
	return q.floor(t).Add(q.Step)
}

// floor moves t down to a multiple of the step, by the clock that is in use at t.
func (q *Query) floor(t time.Time) time.Time {
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
