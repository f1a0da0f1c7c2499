// Package fault defines the errors that users read in a panel, an alert rule's state or a
// response of the API. An Error has a kind, a text and an HTTP status. The kind determines
// who has to act. Other packages return such errors. plugin and rest convert them to data
// responses and response bodies.
package fault

import (
	"context"
	"errors"
	"fmt"
	"net/http"
)

// Kind classifies an error. Callers distinguish errors by kind and never by text.
type Kind uint8

// The kinds of errors. Internal is the zero value, so that an unclassified error is never
// attributed to the user.
const (
	Internal      Kind = iota // a bug in this plugin
	Misconfigured             // the data source's settings are invalid
	BadQuery                  // the query is malformed or refers to an unknown name
	BadPromQL                 // the PromQL doesn't parse
	Forbidden                 // the role, the access rules or the policy forbid the request
	Rejected                  // the server refused the query
	Unauthorized              // the server refused the data source's credentials
	NotPrometheus             // the URL isn't that of a Prometheus API
	Busy                      // the last response of the server has the status 429 or 503
	Unreachable               // connection refused or reset, DNS or TLS error
	Timeout                   // a time limit passed
	BadAnswer                 // the server failed, or the response is incomplete or malformed
	TooLarge                  // the response exceeds a limit
	Canceled                  // the caller canceled the request
	NotFound                  // an unknown route, or no data for an API request or a report
	Overloaded                // a limit of this plugin was reached; the same request may succeed later
)

// kindNames are the names of the kinds in metrics and logs.
var kindNames = [...]string{
	Internal:      "internal",
	Misconfigured: "misconfigured",
	BadQuery:      "bad_query",
	BadPromQL:     "bad_promql",
	Forbidden:     "forbidden",
	Rejected:      "rejected",
	Unauthorized:  "unauthorized",
	NotPrometheus: "not_prometheus",
	Busy:          "busy",
	Unreachable:   "unreachable",
	Timeout:       "timeout",
	BadAnswer:     "bad_answer",
	TooLarge:      "too_large",
	Canceled:      "canceled",
	NotFound:      "not_found",
	Overloaded:    "overloaded",
}

func (k Kind) String() string { return kindNames[k] }

// StatusCanceled is the status of a request that was canceled. HTTP doesn't define it; nginx uses
// it if a client closes the request.
const StatusCanceled = 499

// statuses are the HTTP statuses of the kinds; see also WithStatus.
var statuses = map[Kind]int{
	Internal:      http.StatusInternalServerError,
	Misconfigured: http.StatusBadRequest,
	BadQuery:      http.StatusBadRequest,
	BadPromQL:     http.StatusBadRequest,
	Forbidden:     http.StatusForbidden,
	Rejected:      http.StatusBadRequest,
	Unauthorized:  http.StatusUnauthorized,
	NotPrometheus: http.StatusBadGateway,
	Busy:          http.StatusServiceUnavailable,
	Unreachable:   http.StatusBadGateway,
	Timeout:       http.StatusGatewayTimeout,
	BadAnswer:     http.StatusBadGateway,
	TooLarge:      http.StatusRequestEntityTooLarge,
	Canceled:      StatusCanceled,
	NotFound:      http.StatusNotFound,
	Overloaded:    http.StatusTooManyRequests,
}

// Error is an error with a text for users.
type Error struct {
	Kind   Kind
	Status int    // HTTP status
	Text   string // a few sentences without credentials and without a newline at the end
	cause  error
}

// New returns an error of the given kind, with the kind's status. It clips strings and errors
// among the arguments, because callers and servers choose many of them.
func New(kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Status: statuses[kind], Text: fmt.Sprintf(format, clipArguments(args)...)}
}

// WithStatus sets the HTTP status, usually to that of the Prometheus server's response.
func (e *Error) WithStatus(status int) *Error {
	e.Status = status
	return e
}

// Because sets the cause, for errors.Is and for the log. Users don't see it.
func (e *Error) Because(cause error) *Error {
	e.cause = cause
	return e
}

func (e *Error) Error() string { return e.Text }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.cause }

// Downstream reports whether the error isn't a bug in this plugin. Grafana calls the source of
// such an error downstream.
func (e *Error) Downstream() bool { return e.Kind != Internal }

// As returns the Error in err's chain. If there is none, it returns a new Error, whose kind
// is Canceled or Timeout for an error of a context, and Internal for any other error. The
// cause of the new Error is err, whose text users don't see.
func As(err error) *Error {
	var e *Error
	switch {
	case errors.As(err, &e):
		return e
	case errors.Is(err, context.Canceled):
		return New(Canceled, "The query was canceled before it was answered.").Because(err)
	case errors.Is(err, context.DeadlineExceeded):
		return New(Timeout, "The caller's deadline passed before the query was answered.").Because(err)
	default:
		return New(Internal, "The Model Metrics plugin has an internal error. Grafana's log contains the details.").Because(err)
	}
}
