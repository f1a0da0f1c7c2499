// Package fault holds the errors that a person reads in a panel, an alert's
// state or an API answer: what happened, who has to act, and the HTTP status it
// is told with. Every room returns them; plugin and rest are where they become
// a data response or a response body.
package fault

import (
	"context"
	"errors"
	"fmt"
	"net/http"
)

// Kind says what happened. Switch on it; the text is for people.
type Kind uint8

// The kinds. The zero value is a bug in this plugin, so that an unclassified error is
// never blamed on the user.
const (
	Internal      Kind = iota // a bug in this plugin
	Misconfigured             // the data source's settings can't work
	BadQuery                  // the query names something unknown or is malformed
	BadPromQL                 // the PromQL doesn't parse
	Forbidden                 // a policy refused the query
	Rejected                  // the server understood the query and refused it
	Unauthorized              // the server refused the data source's credentials
	NotPrometheus             // the URL isn't a Prometheus API
	Busy                      // 429 or 503, still so after the retries
	Unreachable               // refused, reset, DNS, TLS
	Timeout                   // a time limit passed
	BadAnswer                 // cut off or malformed
	TooLarge                  // over a limit on the answer's size
	Canceled                  // the caller went away
	NotFound                  // a name in a REST path doesn't exist
	Overloaded                // this plugin is at one of its own limits; the same request may succeed later
)

// words name the kinds where people and machines count them.
var words = [...]string{
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

func (k Kind) String() string { return words[k] }

// statusOf gives the HTTP status of a kind where the server's own isn't kept.
var statusOf = map[Kind]int{
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
	Canceled:      499,
	NotFound:      http.StatusNotFound,
	Overloaded:    http.StatusTooManyRequests,
}

// Error is one failure, told to a person.
type Error struct {
	Kind   Kind
	Status int    // HTTP status; the upstream's own where there is one
	Text   string // one or two sentences, no credentials, ends without a newline
	cause  error
}

// New returns an error of a kind, with the kind's status. Texts and errors among
// the arguments are clipped, since callers and servers choose many of them.
func New(kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Status: statusOf[kind], Text: fmt.Sprintf(format, clipped(args)...)}
}

// WithStatus keeps the upstream's status.
func (e *Error) WithStatus(status int) *Error {
	e.Status = status
	return e
}

// Because keeps the cause for errors.Is and for the log; it isn't shown.
func (e *Error) Because(cause error) *Error {
	e.cause = cause
	return e
}

func (e *Error) Error() string { return e.Text }

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.cause }

// Downstream reports whether somebody else than this plugin has to act: the
// author of the query, the owner of the data source, or the server.
func (e *Error) Downstream() bool { return e.Kind != Internal }

// As finds the Error in err. An error that carries none is a cancellation, a
// passed deadline, or else a bug of ours, whose text is kept for the log only.
func As(err error) *Error {
	var e *Error
	switch {
	case errors.As(err, &e):
		return e
	case errors.Is(err, context.Canceled):
		return New(Canceled, "The query was cancelled before it was answered.").Because(err)
	case errors.Is(err, context.DeadlineExceeded):
		return New(Timeout, "The time that the caller gave this query ran out before it was answered.").Because(err)
	default:
		return New(Internal, "Something went wrong inside the Model Metrics plugin.").Because(err)
	}
}
