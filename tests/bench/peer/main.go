// Command peer is a data source plugin for comparisons. It accepts the query JSON of
// Grafana's Prometheus data source, sends the same request to Prometheus as that data
// source, and decodes the response with the decoder in the data source's setting "decoder":
// jsoniter, client_golang or encodingjson. With "floor" it decodes nothing and returns a
// prepared result, so that only the costs of the request, the frames and the SDK remain.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/datasource"
	"github.com/grafana/grafana-plugin-sdk-go/backend/httpclient"
	"github.com/grafana/grafana-plugin-sdk-go/backend/instancemgmt"
	"github.com/grafana/grafana-plugin-sdk-go/backend/log"
	"github.com/grafana/grafana-plugin-sdk-go/data"
)

func main() {
	if err := datasource.Manage("modelmetrics-bench-peer", newPeer, datasource.ManageOpts{}); err != nil {
		log.DefaultLogger.Error("The peer stopped", "error", err)
		os.Exit(1)
	}
}

type peer struct {
	url    string
	client *http.Client
	decode decoder
}

var _ backend.QueryDataHandler = (*peer)(nil)

func newPeer(ctx context.Context, settings backend.DataSourceInstanceSettings) (instancemgmt.Instance, error) {
	var stored struct {
		Decoder string `json:"decoder"`
	}
	if err := json.Unmarshal(settings.JSONData, &stored); err != nil {
		return nil, err
	}
	newDecoder, known := decodings[stored.Decoder]
	if !known {
		return nil, fmt.Errorf("unknown decoder %q", stored.Decoder)
	}
	opts, err := settings.HTTPClientOptions(ctx)
	if err != nil {
		return nil, err
	}
	client, err := httpclient.New(opts)
	return &peer{settings.URL, client, newDecoder()}, err
}

// query is the part of the query JSON that the benchmark uses.
type query struct {
	Expr   string `json:"expr"`
	Format string `json:"format"`
}

// QueryData runs the queries of a request.
func (p *peer) QueryData(ctx context.Context, req *backend.QueryDataRequest) (*backend.QueryDataResponse, error) {
	response := backend.NewQueryDataResponse()
	for _, q := range req.Queries {
		frames, err := p.query(ctx, q)
		response.Responses[q.RefID] = backend.DataResponse{Frames: frames, Error: err}
	}
	return response, nil
}

func (p *peer) query(ctx context.Context, q backend.DataQuery) (data.Frames, error) {
	var parsed query
	if err := json.Unmarshal(q.JSON, &parsed); err != nil {
		return nil, err
	}
	form := url.Values{
		"query": {parsed.Expr},
		"start": {strconv.FormatInt(q.TimeRange.From.Unix(), 10)},
		"end":   {strconv.FormatInt(q.TimeRange.To.Unix(), 10)},
		"step":  {strconv.FormatFloat(q.Interval.Seconds(), 'f', -1, 64)},
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url+"/api/v1/query_range", strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := p.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return nil, errors.New(resp.Status)
	}
	return p.decode(resp.Body, framing{expr: parsed.Expr, step: q.Interval, wide: parsed.Format == "time_series_wide"})
}
