package query

import "time"

// kind reports which values a query returns: at every step of the range, at its
// end, or both. Without either field it is a range query. range: false alone is
// an instant query: Grafana 12.3 and later store that for a new alert rule.
func (t *text) kind() (atSteps, atEnd bool) {
	switch {
	case t.Instant != nil:
		atEnd = bool(*t.Instant)
	case t.Range != nil:
		atEnd = !bool(*t.Range)
	}
	return t.Range != nil && bool(*t.Range) || !atEnd, atEnd
}

// evaluationTime is when a query that wants one value is evaluated. A range such as
// "Today" ends later than now, where no series has a sample yet; one that begins
// later than now is left as it is.
func evaluationTime(s Source) time.Time {
	if s.Now.IsZero() || s.To.Before(s.Now) || s.From.After(s.Now) {
		return s.To
	}
	return s.Now
}
