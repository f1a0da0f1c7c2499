package query

import "time"

// kind reports whether the query is a range query, an instant query or both. If neither
// field is set, it is a range query. If "range": false is the only field, it is an instant
// query: Grafana 12.3 and later store this field in a new alert rule.
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
