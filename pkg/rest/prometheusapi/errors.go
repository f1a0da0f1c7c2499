package prometheusapi

import (
	"errors"
	"net/http"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi"
)

// errorBody is the body of an error.
type errorBody struct {
	Status    string `json:"status"`
	ErrorType string `json:"errorType"`
	Error     string `json:"error"`
}

// errorTypes contains the statuses and types of errors by their kinds. Where Prometheus has
// such an error, the status and the type are those of Prometheus.
var errorTypes = map[fault.Kind]struct {
	status    int
	errorType string
}{
	fault.BadQuery:   {http.StatusBadRequest, "bad_data"},
	fault.BadPromQL:  {http.StatusBadRequest, "bad_data"},
	fault.NotFound:   {http.StatusNotFound, "not_found"},
	fault.Forbidden:  {http.StatusForbidden, "forbidden"},
	fault.Overloaded: {http.StatusTooManyRequests, "unavailable"},
	fault.Internal:   {http.StatusInternalServerError, "internal"},
	fault.TooLarge:   {http.StatusUnprocessableEntity, "execution"},
	fault.Timeout:    {http.StatusServiceUnavailable, "timeout"},
	fault.Canceled:   {fault.StatusCanceled, "canceled"},
}

// ErrorResponse returns the response to an error. If it is an error of the server's Prometheus
// API, the response has the server's status, type and text, unless the server refused the data
// source's credentials. An error of any other kind, such as a server that doesn't respond, has
// the status 502.
func ErrorResponse(err error) (status int, body any) {
	f := fault.As(err)
	refused, isRefused := errors.AsType[*promapi.ServerError](err)
	if isRefused && refused.API.Type != "" && f.Kind != fault.Unauthorized {
		return refused.Status, errorBody{"error", refused.API.Type, refused.API.Text}
	}
	if f.Kind == fault.Rejected && f.Status == http.StatusBadRequest { // an error of the API with status 200
		return f.Status, errorBody{"error", "bad_data", f.Text}
	}
	known, ok := errorTypes[f.Kind]
	if !ok {
		return http.StatusBadGateway, errorBody{"error", "unavailable", f.Text}
	}
	return known.status, errorBody{"error", known.errorType, f.Text}
}
