package rest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/reportcsv"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/reporttext"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/rest/restjson"
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
	return a.report(r, endpointSet{ids: []string{r.PathValue("id")}}, p)
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

// batchResult contains the report of an endpoint in Metrics, or an error.
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
	p := report.Params{Timeframe: body.Timeframe, Granularity: body.Granularity, Metrics: body.Metrics, Format: body.Format, Aggregation: body.Aggregation}
	return a.report(r, endpointSet{ids: body.EndpointIDs, isBatch: true}, p)
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

// endpointSet are the endpoints of a request.
type endpointSet struct {
	ids     []string
	isBatch bool // the answer has a result for each endpoint
}

// report returns the report on some endpoints: a new report, the cached report of an equal
// request, or the report of an equal request that is in progress.
func (a api) report(r *http.Request, endpoints endpointSet, p report.Params) (any, error) {
	begun, now := time.Now(), a.Now()
	request, err := report.Parse(endpoints.ids, p, now, a.ScrapeInterval)
	if err != nil {
		return nil, withAllowed(err)
	}
	format, err := formatOf(r, p.Format)
	if err != nil {
		return nil, err
	}
	user := backend.PluginConfigFromContext(r.Context()).User
	if err := request.Configure(a.Report, roleOf(user)); err != nil {
		return nil, withPermissions(err)
	}
	if a.Broken != nil {
		return nil, a.Broken
	}
	ctx, finish, err := a.Guard.Permit(r.Context(), request.Expressions())
	if err != nil {
		return nil, err
	}
	matchers, err := a.Client.CacheKey(ctx)
	if err == nil {
		err = a.countReport(user, now)
	}
	if err != nil {
		return finish(err)
	}
	body, origin, err := reports.Get(ctx, now, a.reportKey(r, user, matchers, endpoints, request, format), request.MayKeep(), func(ctx context.Context) ([]byte, error) {
		results, err := request.Run(a.Budget.Begin(ctx, a.MaxBytes), a.Client)
		if err != nil {
			return nil, err
		}
		return rendered(results, endpoints, format, now)
	})
	backend.Logger.FromContext(r.Context()).Debug("Endpoint report served", fault.LogFields(
		"endpoints", len(endpoints.ids), "report", request.String(), "format", format, "origin", string(origin), "bytes", len(body), "duration", time.Since(begun))...)
	if _, err := finish(err); err != nil {
		return nil, err
	}
	return content{mediaTypes[format], body}, nil
}

// rendered returns results in a format. The answer to a batch contains an error for each
// unknown endpoint. For a request that isn't a batch, rendered returns the error instead.
func rendered(results *report.Results, endpoints endpointSet, format string, now time.Time) ([]byte, error) {
	if !endpoints.isBatch {
		if unknown, is := results.Unknown[endpoints.ids[0]]; is {
			return nil, unknownEndpoint(unknown)
		}
	}
	switch {
	case format == report.CSV:
		return reportcsv.Write(results, endpoints.ids), nil
	case format == report.PrometheusText:
		return reporttext.Write(results, endpoints.ids)
	case endpoints.isBatch:
		return restjson.Marshal(batchOfResults(results, endpoints.ids, now))
	}
	return restjson.Marshal(results.Reports[endpoints.ids[0]])
}

func batchOfResults(results *report.Results, ids []string, now time.Time) batchAnswer {
	answer := batchAnswer{Timeframe: results.Timeframe, Granularity: results.Granularity, GeneratedAt: now.UTC().Format(time.RFC3339)}
	for _, id := range ids {
		result := batchResult{EndpointID: id, Status: http.StatusOK, Metrics: results.Reports[id]}
		if unknown, is := results.Unknown[id]; is {
			result.Status, result.Error = errorResponse(unknownEndpoint(unknown))
			result.Metrics = nil
		}
		answer.Results = append(answer.Results, result)
	}
	return answer
}

// withAllowed adds the parameter, its value and the allowed values to the error of an invalid
// parameter.
func withAllowed(err error) error {
	invalid, is := errors.AsType[*report.ParamError](err)
	if !is {
		return err
	}
	facts := details{"parameter": invalid.Parameter, "value": fault.ClipName(invalid.Value)}
	if invalid.Allowed != nil {
		facts["allowedValues"] = invalid.Allowed
	}
	return &detailed{err, facts}
}

// withPermissions adds the section, the required role and the caller's role to the error of a
// section that is reserved for a higher role than the caller's.
func withPermissions(err error) error {
	forbidden, is := errors.AsType[*report.ForbiddenError](err)
	if !is {
		return err
	}
	facts := permissionDetails(forbidden.Required, forbidden.Role)
	facts["section"] = string(forbidden.Section)
	return &detailed{err, facts}
}

// unknownEndpoint adds the id and similar ids to the error of an unknown endpoint.
func unknownEndpoint(err *report.UnknownError) error {
	nearest := make([]string, len(err.Nearest))
	for i, id := range err.Nearest {
		nearest[i] = fault.Clip(id, report.MaxIDBytes)
	}
	return &detailed{err, details{"endpointId": fault.ClipName(err.ID), "nearest": nearest}}
}
