package query

import "time"

// kind reports whether the query is a range query, an instant query or both, according to its
// fields range and instant. A query in which neither is true is a range query, with one
// exception: a query with "range": false and without instant is an instant query, because
// Grafana 12.3 and later store a new alert rule in this way.
func (t *queryJSON) kind() (isRange, isInstant bool) {
	switch {
	case t.Instant != nil:
		isInstant = bool(*t.Instant)
	case t.Range != nil:
		isInstant = !bool(*t.Range)
	}
	return t.Range != nil && bool(*t.Range) || !isInstant, isInstant
}

// evaluationTime returns the evaluation time of an instant query: the current time if the
// range contains it, or else the end of the range. A range such as "Today" ends in the
// future, where no series has a sample yet.
func evaluationTime(s Source) time.Time {
	if s.Now.IsZero() || s.To.Before(s.Now) || s.From.After(s.Now) {
		return s.To
	}
	return s.Now
}
