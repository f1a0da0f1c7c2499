package promjson

import (
	"errors"
	"fmt"
)

// APIError is an error that the server reports in its answer. (Prometheus HTTP API, format
// overview.)
type APIError struct {
	Type string `json:"errorType"` // such as bad_data or timeout
	Text string `json:"error"`
}

func (e *APIError) Error() string {
	if e.Type == "" {
		return e.Text
	}
	return e.Type + ": " + e.Text
}

// IsTimeout reports whether the server ended the query, usually because it took too long.
func (e *APIError) IsTimeout() bool { return e.Type == "timeout" || e.Type == "canceled" }

// A SyntaxError reports that a text is not an answer of the API.
type SyntaxError struct {
	Text   string
	Offset int64 // number of bytes before the error
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("%s, at byte %d", e.Text, e.Offset) }

// errNoResult is returned for a missing or unknown resultType, and for an invalid scalar.
var errNoResult = errors.New("resultType is not matrix, vector, scalar or string")
