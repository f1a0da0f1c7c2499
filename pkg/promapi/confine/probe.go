package confine

import (
	"fmt"
	"slices"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// reasons are the texts that replace the errors of requests without matchers, by kind. The
// errors of the other kinds don't contain a message of the server.
var reasons = map[fault.Kind]string{
	fault.Rejected:      "the server refused the request",
	fault.Unauthorized:  "the server refused the data source's credentials",
	fault.NotPrometheus: "the data source's URL didn't lead to a Prometheus API",
	fault.Busy:          "the server is too busy",
	fault.Unreachable:   "the server could not be reached",
	fault.Timeout:       "the server did not answer in time",
	fault.BadAnswer:     "the server failed, or its response is invalid",
	fault.TooLarge:      "the response is too large",
}

// ProbeError returns the error to show if a request failed. The request checks whether a
// server applies a parameter, such as match[]. err is the error of the request. The text of
// the returned error contains no message of the server; see withoutMessage. An error that can
// last, such as Rejected, becomes a BadAnswer, because it isn't about the caller's request.
func ProbeError(host, parameter string, err error) error {
	hidden := withoutMessage(err, fmt.Sprintf("The access rules can't be applied. The plugin must first check whether %s applies the parameter %s, and the check failed", host, parameter))
	switch hidden.Kind {
	case fault.Rejected, fault.TooLarge:
		return fault.New(fault.BadAnswer, "%s", hidden.Text).Because(err)
	default:
		return hidden
	}
}

// MetadataError returns the error to show if a request for metadata failed with err. With
// matchers, the text of the returned error contains no message of the server.
func MetadataError(matchers []*labels.Matcher, host string, err error) error {
	if len(matchers) == 0 {
		return err
	}
	return withoutMessage(err, fmt.Sprintf("The metadata of %s can't be read", host))
}

// withoutMessage returns the error to show if a request without matchers failed with err. A
// message of the server about such a request could describe any tenant. The text of the
// returned error therefore doesn't contain this message, but the argument what and a reason.
func withoutMessage(err error, what string) *fault.Error {
	f := fault.As(err)
	reason, mayQuote := reasons[f.Kind]
	if !mayQuote {
		return f
	}
	return fault.New(f.Kind, "%s: %s. Try again later, or ask an administrator of the data source.", what, reason).WithStatus(f.Status).Because(err)
}

// MetadataNotes returns the notes to show with metadata, from the notes of a request without
// matchers. A note of the server could describe any tenant, so only the note truncated is
// kept. If the answer is partial, the result is marked as partial without the server's reason.
func MetadataNotes(notes series.Notes, truncated string) (shown series.Notes) {
	if slices.Contains(notes.Warnings, truncated) {
		shown.Warnings = []string{truncated}
	}
	if notes.Partial != "" && notes.Partial != truncated {
		shown.MarkPartial()
	}
	return shown
}
