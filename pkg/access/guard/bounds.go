package guard

import "time"

// Bounds of an audit event and of the text of an error.
const (
	// maxTargetBytes bounds the PromQL, the message and the matchers of an audit event. Package
	// audit replaces credentials in these texts and then cuts the texts to 1 KiB.
	maxTargetBytes = 8 << 10
	// maxSuggested bounds the suggestions in an error. The error contains suggestions for at
	// most maxSuggested metric names of a query, and for each name at most maxSuggested
	// metrics of the catalog.
	maxSuggested = 3
)

// defaultSubqueryStep is assumed for a subquery without a step, such as [1h:]. It is the
// default evaluation interval of Prometheus. (Prometheus, configuration.)
const defaultSubqueryStep = time.Minute
