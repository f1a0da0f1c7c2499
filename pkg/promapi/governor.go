package promapi

import (
	"context"
	"time"

	"github.com/prometheus/prometheus/model/labels"
)

// Governor decides about requests for data: every request except those that only identify or
// test the server. If Options.Governor is set, the client calls it before each request for
// data.
type Governor interface {
	// Matchers returns the matchers that restrict every selector of a request. It returns an
	// error if the request may not be sent.
	Matchers(ctx context.Context) ([]*labels.Matcher, error)

	// Query decides about an expression before it is sent. If it returns no error, the client
	// calls the Finish once.
	Query(ctx context.Context, q Expression) (Finish, error)

	// LimitsSeries reports whether a Finish returns an error if a result has too many series.
	// StreamRange then passes no series to its caller before the Finish has decided about the
	// complete result.
	LimitsSeries(ctx context.Context) bool

	// NotConfinable returns the error for a request to which the matchers can't be added.
	// target is the expression, the selectors or the API. cause is an error whose text is
	// written for users. It is a *ParamError if a parameter could widen the result.
	NotConfinable(ctx context.Context, target string, cause error) error
}

// Finish decides about the number of series in the result of an expression. The notices are
// shown with the result. If the request failed, failure is its error, and err is that error.
type Finish func(series int, failure error) (notices []string, err error)

// Expression is an expression that is to be evaluated.
type Expression struct {
	Expr       string // before matchers are added
	Start, End time.Time
	Step       time.Duration // 0 for an instant query
	Lookback   time.Duration // how old samples the custom parameters select; 0 for the server's default
}
