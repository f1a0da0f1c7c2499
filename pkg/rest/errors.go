package rest

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// errorBody is the body of an error, in the format of docs/contracts/tensorone.md#errors:
// a code for programs, a sentence for people, and facts that a program can act on.
type errorBody struct {
	Error   string  `json:"error"`
	Message string  `json:"message"`
	Details details `json:"details"`
}

// details are facts of an error, by the names that the OpenAPI document explains.
type details map[string]any

// detailed is an error that carries details.
type detailed struct {
	err     error
	details details
}

func (d *detailed) Error() string { return d.err.Error() }
func (d *detailed) Unwrap() error { return d.err }

// badParameter says what is wrong with one parameter of a request.
func badParameter(name, value, format string, args ...any) error {
	return &detailed{fault.New(fault.BadQuery, format, args...), details{"parameter": clip(name), "value": clip(value)}}
}

// codes name the kinds of error. One that isn't here is Prometheus's.
var codes = map[fault.Kind]struct {
	code   string
	status int
}{
	fault.BadQuery:   {"INVALID_PARAMETERS", http.StatusBadRequest},
	fault.BadPromQL:  {"INVALID_PARAMETERS", http.StatusBadRequest},
	fault.Forbidden:  {"INSUFFICIENT_PERMISSIONS", http.StatusForbidden},
	fault.NotFound:   {"NOT_FOUND", http.StatusNotFound},
	fault.Overloaded: {"RATE_LIMIT_EXCEEDED", http.StatusTooManyRequests},
	// The request is in order and nothing can be fetched: the same to a client as
	// a Prometheus that is down.
	fault.Misconfigured: {"DATA_SOURCE_MISCONFIGURED", http.StatusBadGateway},
	fault.Internal:      {"INTERNAL", http.StatusInternalServerError},
}

// tell answers with an error. Where Prometheus is at fault, the status is 502, as in
// docs/contracts/tango.md#errors, and the details contain Prometheus's own status.
func tell(err error) (status int, body any) {
	f := fault.As(err)
	said := errorBody{Error: "UPSTREAM_FAILED", Message: f.Text, Details: details{}}
	if with, ok := errors.AsType[*detailed](err); ok {
		said.Details = with.details
	}
	if known, ok := codes[f.Kind]; ok {
		said.Error = known.code
		return known.status, said
	}
	said.Details["status"] = f.Status
	return http.StatusBadGateway, said
}

// logBug writes down what callers aren't told.
func logBug(r *http.Request, err error) {
	if f := fault.As(err); !f.Downstream() {
		backend.Logger.FromContext(r.Context()).Error("Resource call failed inside the plugin", "path", r.URL.Path, "error", f.Unwrap())
	}
}

// notFound answers whatever isn't a route.
func notFound(w http.ResponseWriter, r *http.Request) {
	status, body := tell(fault.New(fault.NotFound, "There is nothing at %s %s. GET /api/openapi.json lists what there is.", clip(r.Method), clip(r.URL.Path)))
	send(w, status, body)
}

// send writes a body as JSON and returns the status that it went out with. A
// json.RawMessage is JSON already and goes out as it is.
func send(w http.ResponseWriter, status int, body any) int {
	text, ready := body.(json.RawMessage)
	if !ready {
		var err error
		if text, err = marshal(body); err != nil {
			status, text = http.StatusInternalServerError, []byte(`{"error":"INTERNAL","message":"The answer could not be written.","details":{}}`)
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(text) //nolint:gosec // it is JSON and says so; the caller is gone when this fails
	return status
}

// marshal is json.Marshal that leaves <, > and & alone: PromQL compares.
func marshal(body any) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(body)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// clip keeps what somebody sent short enough for a sentence.
func clip(text string) string { return fault.Clip(text, 80) }

func orEmpty[T any](list []T) []T { return append([]T{}, list...) }
