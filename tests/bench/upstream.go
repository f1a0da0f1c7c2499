package main

import (
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/bench/responses"
)

// upstream serves one response from memory to every range query.
type upstream struct {
	url    string
	server *http.Server
}

func serve(response responses.Response) (*upstream, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // doesn't block
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/api/v1/query_range", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", strconv.Itoa(len(response.Body)))
		_, _ = w.Write(response.Body)
	})
	u := &upstream{"http://" + listener.Addr().String(), &http.Server{Handler: mux, ReadHeaderTimeout: time.Minute}}
	go func() { _ = u.server.Serve(listener) }()
	return u, nil
}

func (u *upstream) stop() { _ = u.server.Close() }
