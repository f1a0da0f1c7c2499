package access

// The reasons. docs/governance.md describes them.
const (
	Denied            Reason = "access_denied"             // the caller may not read anything
	NotConfinable     Reason = "access_not_confinable"     // the rule's matchers can't be added to the query
	ForbiddenParam    Reason = "access_parameter"          // a query parameter could widen the result
	PromQLNotAllowed  Reason = "promql_not_allowed"        // the query isn't in the catalog
	RangeTooLong      Reason = "range_too_long"            // a range or step is too long
	ResolutionTooFine Reason = "resolution_too_fine"       // a series would have more points than the maximum
	NoMetricName      Reason = "selector_without_metric"   // a selector has no metric name
	MatchesEverything Reason = "regexp_matches_everything" // a regular expression matches every value
	TooManySeries     Reason = "too_many_series"           // the result has more series than the maximum
)

// Reasons returns all reasons in the order in which they are documented.
func Reasons() []Reason {
	return []Reason{
		Denied, NotConfinable, ForbiddenParam, PromQLNotAllowed, RangeTooLong, ResolutionTooFine, NoMetricName, MatchesEverything, TooManySeries,
	}
}
