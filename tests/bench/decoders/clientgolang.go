package decoders

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/api"
	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"
)

// ClientGolang is the API client of Prometheus's Go library with a transport that responds
// with the body to decode. The measurement includes the creation of the request and reading
// the body into memory, because the client always does both.
var ClientGolang = Decoder{"client_golang", func(r io.Reader) (Decoded, error) {
	client, err := api.NewClient(api.Config{Address: "http://prometheus", RoundTripper: fixedResponse{r}})
	if err != nil {
		return nil, err
	}
	now := time.Now()
	value, _, err := v1.NewAPI(client).QueryRange(context.Background(), "up", v1.Range{Start: now, End: now, Step: time.Second})
	if err != nil {
		return nil, err
	}
	switch value := value.(type) {
	case model.Matrix:
		return modelMatrix(value), nil
	case model.Vector:
		return modelVector(value), nil
	default:
		return nil, fmt.Errorf("a %s is neither a matrix nor a vector", value.Type())
	}
}}

// fixedResponse responds to one request with the body.
type fixedResponse struct{ body io.Reader }

func (f fixedResponse) RoundTrip(req *http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, ContentLength: -1,
		Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(f.body), Request: req,
	}, nil
}

type modelMatrix model.Matrix

func (m modelMatrix) Each(each func(Series)) {
	for _, stream := range m {
		s := Series{Labels: labelsOf(stream.Metric)}
		if n := len(stream.Values); n > 0 {
			s.Times, s.Values = make([]time.Time, n), make([]float64, n)
		}
		for i, pair := range stream.Values {
			s.Times[i], s.Values[i] = pair.Timestamp.Time().UTC(), float64(pair.Value)
		}
		for _, h := range stream.Histograms {
			at := h.Timestamp.Time().UTC()
			for _, b := range h.Histogram.Buckets {
				s.add(at, float64(b.Lower), float64(b.Upper), float64(b.Count), int8(b.Boundaries)) //nolint:gosec // G115: boundaries are from 0 to 3
			}
		}
		each(s)
	}
}

type modelVector model.Vector

func (v modelVector) Each(each func(Series)) {
	for _, sample := range v {
		each(Series{
			Labels: labelsOf(sample.Metric),
			Times:  []time.Time{sample.Timestamp.Time().UTC()},
			Values: []float64{float64(sample.Value)},
		})
	}
}

func labelsOf(metric model.Metric) map[string]string {
	labels := make(map[string]string, len(metric))
	for name, value := range metric {
		labels[string(name)] = string(value)
	}
	return labels
}
