package results

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// APIError is an error response of the API.
type APIError struct {
	Status     int // HTTP status
	Type, Text string
}

func (e *APIError) Error() string { return fmt.Sprintf("HTTP %d, %s: %s", e.Status, e.Type, e.Text) }

// Query evaluates an expression at one time on a server. If the server responds with an error
// in the API's format, Query returns an *APIError.
func Query(ctx context.Context, server, expr string, at time.Time) (Result, error) {
	return request(ctx, server+"/api/v1/query", url.Values{"query": {expr}, "time": {seconds(at)}})
}

// QueryRange evaluates an expression at every step of a range on a server.
func QueryRange(ctx context.Context, server, expr string, start, end time.Time, step time.Duration) (Result, error) {
	return request(ctx, server+"/api/v1/query_range", url.Values{
		"query": {expr}, "start": {seconds(start)}, "end": {seconds(end)},
		"step": {strconv.FormatFloat(step.Seconds(), 'f', -1, 64)},
	})
}

// FromAPI reads a response of the metrics API, which contains Prometheus's data.
func FromAPI(body []byte) (Result, error) {
	var parsed envelope
	if err := json.Unmarshal(body, &parsed); err != nil {
		return Result{}, err
	}
	return parsed.result()
}

func seconds(t time.Time) string { return fmt.Sprintf("%.3f", float64(t.UnixMilli())/1000) }

type envelope struct {
	ErrorType string   `json:"errorType"`
	Error     string   `json:"error"`
	Warnings  []string `json:"warnings"`
	Infos     []string `json:"infos"`
	Data      struct {
		ResultType string          `json:"resultType"`
		Result     json.RawMessage `json:"result"`
	} `json:"data"`
}

func request(ctx context.Context, address string, form url.Values) (Result, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		return Result{}, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return Result{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return Result{}, err
	}
	var parsed envelope
	if err := json.Unmarshal(body, &parsed); err != nil {
		return Result{}, fmt.Errorf("HTTP %d: %w", resp.StatusCode, err)
	}
	if resp.StatusCode != http.StatusOK {
		return Result{}, &APIError{resp.StatusCode, parsed.ErrorType, parsed.Error}
	}
	return parsed.result()
}

func (e envelope) result() (Result, error) {
	a := empty()
	a.Kind, a.Notices = e.Data.ResultType, slices.Concat(e.Warnings, e.Infos)
	switch a.Kind {
	case "vector", "matrix":
		var all []stream
		if err := json.Unmarshal(e.Data.Result, &all); err != nil {
			return a, err
		}
		for _, s := range all {
			if err := s.into(&a); err != nil {
				return a, err
			}
		}
		return a, nil
	case "scalar", "string":
		var p pair
		if err := json.Unmarshal(e.Data.Result, &p); err != nil {
			return a, err
		}
		if a.Kind == "scalar" {
			return a, stream{Value: &p}.into(&a)
		}
		return a, json.Unmarshal(p[1], &a.Text)
	default:
		return a, fmt.Errorf("unsupported result type %q", a.Kind)
	}
}

// stream is one series of a vector or a matrix.
type stream struct {
	Metric     map[string]string `json:"metric"`
	Value      *pair             `json:"value"`
	Values     []pair            `json:"values"`
	Histogram  *pair             `json:"histogram"`
	Histograms []pair            `json:"histograms"`
}

// pair is a time in seconds and a sample.
type pair [2]json.RawMessage

func (s stream) into(a *Result) error {
	name := Series(s.Metric)
	if s.Value != nil {
		s.Values = append(s.Values, *s.Value)
	}
	if s.Histogram != nil {
		s.Histograms = append(s.Histograms, *s.Histogram)
	}
	for _, p := range s.Values {
		at, err := p.time()
		if err != nil {
			return err
		}
		value, err := number(p[1])
		if err != nil {
			return err
		}
		if !add(a.Floats, name, at, value) {
			return fmt.Errorf("%s has two samples at %d", name, at)
		}
	}
	for _, p := range s.Histograms {
		at, err := p.time()
		if err != nil {
			return err
		}
		histogram, err := readHistogram(p[1])
		if err != nil {
			return err
		}
		if !add(a.Histograms, name, at, histogram) {
			return fmt.Errorf("%s has two histograms at %d", name, at)
		}
	}
	return nil
}

func (p pair) time() (ms int64, err error) {
	at, err := strconv.ParseFloat(string(p[0]), 64)
	return int64(math.Round(at * 1000)), err
}

// number reads a value, which the API encodes as a string.
func number(text json.RawMessage) (float64, error) {
	var value string
	if err := json.Unmarshal(text, &value); err != nil {
		return 0, err
	}
	return strconv.ParseFloat(value, 64)
}

func readHistogram(text json.RawMessage) (Histogram, error) {
	var fields struct {
		Count   json.RawMessage      `json:"count"`
		Sum     json.RawMessage      `json:"sum"`
		Buckets [][4]json.RawMessage `json:"buckets"` // boundaries, lower, upper, count
	}
	if err := json.Unmarshal(text, &fields); err != nil {
		return Histogram{}, err
	}
	var h Histogram
	var err error
	read := func(text json.RawMessage) (value float64) {
		if err == nil {
			value, err = number(text)
		}
		return value
	}
	h.Count, h.Sum = read(fields.Count), read(fields.Sum)
	for _, b := range fields.Buckets {
		boundaries, wrong := strconv.Atoi(string(b[0]))
		if wrong != nil {
			return h, wrong
		}
		h.Buckets = append(h.Buckets, Bucket{boundaries, read(b[1]), read(b[2]), read(b[3])})
	}
	return h, err
}
