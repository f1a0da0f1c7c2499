package rest

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/access"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/rest/restjson"
)

// errorBody is the body of an error in the format of docs/contracts/tensorone.md#errors: a
// code for programs, a message for people, and details for programs.
type errorBody struct {
	Error   string  `json:"error"`
	Message string  `json:"message"`
	Details details `json:"details"`
}

// details are the details of an error by their names in the OpenAPI document.
type details map[string]any

// detailed is an error with details.
type detailed struct {
	err     error
	details details
}

func (d *detailed) Error() string { return d.err.Error() }
func (d *detailed) Unwrap() error { return d.err }

// notAcceptable is the error of a request whose header Accept permits none of the formats in
// which the answer is available.
type notAcceptable struct{ err *detailed }

func (n *notAcceptable) Error() string { return n.err.Error() }
func (n *notAcceptable) Unwrap() error { return n.err }

// badParameter returns the error of an invalid parameter.
func badParameter(name, value, format string, args ...any) error {
	return &detailed{fault.New(fault.BadQuery, format, args...), details{"parameter": fault.ClipName(name), "value": fault.ClipName(value)}}
}

// codes maps kinds of errors to codes and statuses. All other kinds, such as those of
// Prometheus's errors, have the code UPSTREAM_FAILED.
var codes = map[fault.Kind]struct {
	code   string
	status int
}{
	fault.BadQuery:   {"INVALID_PARAMETERS", http.StatusBadRequest},
	fault.BadPromQL:  {"INVALID_PARAMETERS", http.StatusBadRequest},
	fault.Forbidden:  {"INSUFFICIENT_PERMISSIONS", http.StatusForbidden},
	fault.NotFound:   {"NOT_FOUND", http.StatusNotFound},
	fault.Overloaded: {"RATE_LIMIT_EXCEEDED", http.StatusTooManyRequests},
	// The request is valid, but no data can be fetched. For a client, this is the same as
	// if Prometheus were down.
	fault.Misconfigured: {"DATA_SOURCE_MISCONFIGURED", http.StatusBadGateway},
	fault.Internal:      {"INTERNAL", http.StatusInternalServerError},
}

// errorResponse returns the response to an error. If the error's kind is not in codes, as with
// an error of Prometheus, the response has the status 502: see docs/contracts/tango.md#errors.
// The details of this response contain the error's own status, which is usually the status of
// Prometheus's response.
func errorResponse(err error) (status int, body any) {
	f := fault.As(err)
	response := errorBody{Error: "UPSTREAM_FAILED", Message: f.Text, Details: details{}}
	if with, ok := errors.AsType[*detailed](err); ok {
		response.Details = with.details
	}
	if refusal, is := errors.AsType[*access.Refusal](err); is {
		response.Details = details{"reason": string(refusal.Reason), "rule": refusal.Rule}
	}
	if _, is := errors.AsType[*notAcceptable](err); is {
		response.Error = "NOT_ACCEPTABLE"
		return http.StatusNotAcceptable, response
	}
	if known, ok := codes[f.Kind]; ok {
		response.Error = known.code
		return known.status, response
	}
	response.Details["status"] = f.Status
	return http.StatusBadGateway, response
}

// logInternalError logs the cause of an internal error, which the response doesn't contain.
func logInternalError(r *http.Request, err error) {
	if f := fault.As(err); !f.Downstream() {
		backend.Logger.FromContext(r.Context()).Error("Resource request failed with an internal error", fault.LogFields("path", r.URL.Path, "error", f.Unwrap())...)
	}
}

// notFound serves all requests that match no route.
func notFound(w http.ResponseWriter, r *http.Request) {
	status, body := errorResponse(fault.New(fault.NotFound, "There is no route %s %s. GET /api/openapi.json describes the routes.", fault.ClipName(r.Method), fault.ClipName(r.URL.Path)))
	send(w, status, body)
}

// content is a body that is already encoded, and its media type.
type content struct {
	mediaType string
	body      []byte
}

// setRetryAfter sets the header Retry-After if the details of an error contain the seconds
// to wait.
func setRetryAfter(w http.ResponseWriter, err error) {
	if with, ok := errors.AsType[*detailed](err); ok {
		if seconds, has := with.details["retryAfter"].(int); has {
			w.Header().Set("Retry-After", strconv.Itoa(seconds))
		}
	}
}

// send sends a body and returns the status that it sent. It encodes the body as JSON, unless
// the body is of the type json.RawMessage or content.
func send(w http.ResponseWriter, status int, body any) int {
	if c, is := body.(content); is {
		w.Header().Set("Content-Type", c.mediaType)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Vary", "Accept")
		w.WriteHeader(status)
		write(w, c.body)
		return status
	}
	text, ready := body.(json.RawMessage)
	if !ready {
		var err error
		if text, err = restjson.Marshal(body); err != nil {
			status, text = http.StatusInternalServerError, []byte(`{"error":"INTERNAL","message":"The response could not be encoded.","details":{}}`)
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	write(w, text)
	return status
}

// write writes the text in pieces of maxPiece bytes and sends each piece at once. The SDK's
// ResponseWriter and gRPC would otherwise copy the whole text, and Grafana would receive it in
// one message.
func write(w http.ResponseWriter, text []byte) {
	flusher, canFlush := w.(http.Flusher)
	for piece := range slices.Chunk(text, maxPiece) {
		// Browsers don't guess another content type. An error means that the client has
		// disconnected.
		_, _ = w.Write(piece) //nolint:gosec // the content type isn't HTML
		if canFlush && len(text) > maxPiece {
			flusher.Flush()
		}
	}
}

func orEmpty[T any](list []T) []T { return append([]T{}, list...) }
