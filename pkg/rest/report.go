package rest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report"
)

// endpointMetrics answers GET v2/endpoints/{id}/metrics: the report of docs/report.md.
func (a api) endpointMetrics(r *http.Request, in input) (any, error) {
	names := []string{"timeframe", "granularity", "metrics", "format", "aggregation"}
	if err := in.checkNames(names...); err != nil {
		return nil, err
	}
	var p report.Params
	for name, into := range map[string]*string{"timeframe": &p.Timeframe, "granularity": &p.Granularity, "format": &p.Format, "aggregation": &p.Aggregation} {
		var err error
		if *into, err = in.text(name); err != nil {
			return nil, err
		}
	}
	if err := in.checkValues("metrics"); err != nil {
		return nil, err
	}
	if list, given := in["metrics"]; given {
		p.Metrics = strings.Split(strings.Join(list, ","), ",")
	}
	id := r.PathValue("id")
	results, err := a.reports(r, []string{id}, p, a.Now())
	if err != nil {
		return nil, err
	}
	if unknown, is := results.Unknown[id]; is {
		return nil, unknownEndpoint(unknown)
	}
	return results.Reports[id], nil
}

// batchBody is the body of POST v2/endpoints/metrics/batch.
type batchBody struct {
	EndpointIDs []string `json:"endpointIds"`
	Timeframe   string   `json:"timeframe"`
	Granularity string   `json:"granularity"`
	Metrics     []string `json:"metrics"`
	Format      string   `json:"format"`
	Aggregation string   `json:"aggregation"`
}

// batchAnswer is the answer of POST v2/endpoints/metrics/batch.
type batchAnswer struct {
	Timeframe   string        `json:"timeframe"`
	Granularity string        `json:"granularity"`
	GeneratedAt string        `json:"generatedAt"`
	Results     []batchResult `json:"results"`
}

// batchResult has the report of an endpoint or an error.
type batchResult struct {
	EndpointID string `json:"endpointId"`
	Status     int    `json:"status"`
	Metrics    any    `json:"metrics,omitempty"`
	Error      any    `json:"error,omitempty"`
}

// batchMetrics answers POST v2/endpoints/metrics/batch: the reports of several endpoints.
func (a api) batchMetrics(r *http.Request, in input) (any, error) {
	if err := in.checkNames(); err != nil {
		return nil, err
	}
	body, err := batchOf(r)
	if err != nil {
		return nil, err
	}
	now := a.Now()
	p := report.Params{Timeframe: body.Timeframe, Granularity: body.Granularity, Metrics: body.Metrics, Format: body.Format, Aggregation: body.Aggregation}
	results, err := a.reports(r, body.EndpointIDs, p, now)
	if err != nil {
		return nil, err
	}
	answer := batchAnswer{Timeframe: results.Timeframe, Granularity: results.Granularity, GeneratedAt: now.UTC().Format(time.RFC3339)}
	for _, id := range body.EndpointIDs {
		result := batchResult{EndpointID: id, Status: http.StatusOK, Metrics: results.Reports[id]}
		if unknown, is := results.Unknown[id]; is {
			result.Status, result.Error = errorResponse(unknownEndpoint(unknown))
			result.Metrics = nil
		}
		answer.Results = append(answer.Results, result)
	}
	return answer, nil
}

// batchOf reads the body of a batch request.
func batchOf(r *http.Request) (b batchBody, err error) {
	text, err := readBody(r, maxBodyBytes)
	if err != nil {
		return b, err
	}
	const form = `The request's body must be {"endpointIds": ["<id>"], "timeframe": "24h", "metrics": ["costs"]}: `
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&b); err != nil {
		return b, badParameter("body", "", form+"%v.", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return b, badParameter("body", "", form+"it is followed by other data.")
	}
	if n := len(b.EndpointIDs); n == 0 || n > report.MaxEndpoints {
		return b, badParameter("endpointIds", "", "endpointIds has %d ids. Send 1 to %d ids.", n, report.MaxEndpoints)
	}
	return b, nil
}

// reports computes the reports of some endpoints.
func (a api) reports(r *http.Request, ids []string, p report.Params, now time.Time) (*report.Results, error) {
	request, err := report.Parse(ids, p, now, a.ScrapeInterval)
	if invalid, is := errors.AsType[*report.ParamError](err); is {
		facts := details{"parameter": invalid.Parameter, "value": fault.ClipName(invalid.Value)}
		if invalid.Allowed != nil {
			facts["allowedValues"] = invalid.Allowed
		}
		return nil, &detailed{err, facts}
	}
	if err != nil {
		return nil, err
	}
	if err := request.Configure(a.Report, backend.PluginConfigFromContext(r.Context()).User); err != nil {
		return nil, withPermissions(err)
	}
	if a.Broken != nil {
		return nil, a.Broken
	}
	return request.Run(r.Context(), a.Client)
}

// withPermissions adds the details of a reserved section to an error.
func withPermissions(err error) error {
	forbidden, is := errors.AsType[*report.ForbiddenError](err)
	if !is {
		return err
	}
	facts := permissionDetails(forbidden.Required, forbidden.Role)
	facts["section"] = string(forbidden.Section)
	return &detailed{err, facts}
}

// unknownEndpoint is the error of an endpoint that isn't known.
func unknownEndpoint(err *report.UnknownError) error {
	nearest := make([]string, len(err.Nearest))
	for i, id := range err.Nearest {
		nearest[i] = fault.Clip(id, report.MaxIDBytes)
	}
	return &detailed{err, details{"endpointId": fault.ClipName(err.ID), "nearest": nearest}}
}
