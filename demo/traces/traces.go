// Package traces serves a page for each trace that an exemplar of the demo refers to. The
// simulated fleet has no tracing backend. A page therefore shows what the exemplar in
// Prometheus contains, and simulated spans that take as long as the exemplar's request. The
// demo links the exemplars of its data sources to the pages.
package traces

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"time"
)

// Path is the path of the pages. The id of the trace follows.
const Path = "/traces/"

const (
	// history is the age of the oldest exemplar that is found.
	history = 26 * time.Hour
	// maxResponse is the maximum size of Prometheus's response in bytes.
	maxResponse = 64 << 20
	// requestTimeout is the maximum time of a request to Prometheus.
	requestTimeout = 10 * time.Second
)

// durations selects the histograms whose values are durations.
const durations = `{__name__=~".+_seconds(_bucket)?"}`

var traceID = regexp.MustCompile(`^[0-9a-f]{32}$`)

// Server serves the pages on loopback.
type Server struct {
	URL    string
	server *http.Server
}

// Serve serves the pages of the exemplars in a Prometheus on a free port.
func Serve(ctx context.Context, prometheusURL string) (*Server, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for the trace pages: %w", err)
	}
	s := &Server{
		URL:    fmt.Sprintf("http://localhost:%d", listener.Addr().(*net.TCPAddr).Port),
		server: &http.Server{Handler: handler(prometheusURL), ReadHeaderTimeout: requestTimeout},
	}
	go func() { _ = s.server.Serve(listener) }() // the error is that of Close
	return s, nil
}

// Close stops the server.
func (s *Server) Close() error { return s.server.Close() }

func handler(prometheusURL string) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+Path+"{id}", func(w http.ResponseWriter, r *http.Request) {
		id := r.PathValue("id")
		if !traceID.MatchString(id) {
			writePage(w, http.StatusNotFound, page{ID: id, Problem: "A trace id of the demo has 32 hexadecimal digits. Open a trace from an exemplar of a graph."})
			return
		}
		found, err := find(r.Context(), prometheusURL, id)
		switch {
		case err != nil:
			writePage(w, http.StatusBadGateway, page{ID: id, Problem: "The exemplars can't be read from Prometheus: " + err.Error()})
		case found == nil:
			writePage(w, http.StatusNotFound, page{ID: id, Problem: "Prometheus has no exemplar with this trace id. It keeps only the newest exemplars, and only while the demo runs."})
		default:
			writePage(w, http.StatusOK, newPage(*found))
		}
	})
	return mux
}

// exemplar is an exemplar with the labels of its series.
type exemplar struct {
	id      string
	series  map[string]string
	seconds float64
	time    time.Time
}

// response is a response of Prometheus's route query_exemplars.
type response struct {
	Status string `json:"status"`
	Error  string `json:"error"`
	Data   []struct {
		SeriesLabels map[string]string `json:"seriesLabels"`
		Exemplars    []struct {
			Labels    map[string]string `json:"labels"`
			Value     string            `json:"value"`
			Timestamp float64           `json:"timestamp"`
		} `json:"exemplars"`
	} `json:"data"`
}

// find returns the exemplar with a trace id, or nil if there is none.
func find(ctx context.Context, prometheusURL, id string) (*exemplar, error) {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	body, err := readExemplars(ctx, prometheusURL, time.Now())
	if err != nil {
		return nil, err
	}
	for _, series := range body.Data {
		for _, e := range series.Exemplars {
			if e.Labels["trace_id"] != id {
				continue
			}
			seconds, err := strconv.ParseFloat(e.Value, 64)
			if err != nil {
				return nil, err
			}
			return &exemplar{id: id, series: series.SeriesLabels, seconds: seconds, time: time.UnixMilli(int64(e.Timestamp * 1000))}, nil
		}
	}
	return nil, nil //nolint:nilnil // there is no such exemplar
}

// readExemplars returns the exemplars of all durations.
func readExemplars(ctx context.Context, prometheusURL string, now time.Time) (body response, err error) {
	query := url.Values{
		"query": {durations},
		"start": {strconv.FormatInt(now.Add(-history).Unix(), 10)},
		"end":   {strconv.FormatInt(now.Add(time.Minute).Unix(), 10)},
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, prometheusURL+"/api/v1/query_exemplars?"+query.Encode(), nil)
	if err != nil {
		return body, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return body, err
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(io.LimitReader(resp.Body, maxResponse)).Decode(&body); err != nil {
		return body, fmt.Errorf("%s: %w", resp.Status, err)
	}
	if body.Status != "success" {
		return body, errors.New(body.Error)
	}
	return body, nil
}
