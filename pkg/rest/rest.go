// Package rest is the HTTP API under a data source's resource routes: the metric
// catalog's API of 000_*.txt, Prometheus's own label routes, and what the editors
// discover the catalog with. It is an allow-list; any other path is 404. Grafana
// has checked the caller's token before a request arrives.
package rest

import (
	"encoding/json"
	"net/http"
	"net/url"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi"
)

// Options are what the routes work with.
type Options struct {
	Catalog        *catalog.Catalog
	Client         *promapi.Client // nil where Broken is set
	ScrapeInterval time.Duration
	Broken         error // why the data source's settings can't work
	Now            func() time.Time
}

type api struct{ Options }

// New returns the routes' handler.
// A query string that can't be read is refused as a whole: leaving out what is
// unreadable would answer with another question's data.
func New(o Options) http.Handler {
	a := api{o}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/metrics", a.listMetrics)
	mux.HandleFunc("GET /api/metrics/{name}", a.lookUp)
	mux.HandleFunc("GET /catalog", a.definitions)
	mux.HandleFunc("GET /catalog/{name}/values/{param}", a.paramValues)
	mux.HandleFunc("GET /api/v1/labels", a.labelNames)
	mux.HandleFunc("GET /api/v1/label/{label}/values", a.labelValues)
	mux.HandleFunc("GET /", func(w http.ResponseWriter, r *http.Request) {
		fail(w, r, fault.New(fault.NotFound, "There is nothing at %s %s.", r.Method, r.URL.Path))
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := url.ParseQuery(r.URL.RawQuery); err != nil {
			fail(w, r, fault.New(fault.BadQuery, "The query string can't be read: %v. Write ; and %% in a value as %%3B and %%25.", err))
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// errorBody is an error's answer: a code for programs, a sentence for people.
type errorBody struct {
	Error   string         `json:"error"`
	Message string         `json:"message"`
	Details map[string]any `json:"details"`
}

// codes name the kinds for API clients, in the manner of 001_*.txt.
var codes = map[fault.Kind]string{
	fault.BadQuery:      "INVALID_PARAMETERS",
	fault.BadPromQL:     "INVALID_PARAMETERS",
	fault.Forbidden:     "INSUFFICIENT_PERMISSIONS",
	fault.NotFound:      "NOT_FOUND",
	fault.Misconfigured: "DATA_SOURCE_MISCONFIGURED",
	fault.Internal:      "INTERNAL",
}

// fail answers with an error. Where Prometheus is at fault, callers get 502, as
// 000_*.txt says, and the upstream's own status in the details.
func fail(w http.ResponseWriter, r *http.Request, err error) {
	f := fault.As(err)
	body := errorBody{Error: codes[f.Kind], Message: f.Text, Details: map[string]any{}}
	status := f.Status
	switch {
	case !f.Downstream():
		backend.Logger.FromContext(r.Context()).Error("Resource call failed inside the plugin", "path", r.URL.Path, "error", f.Unwrap())
	case body.Error == "":
		body.Error, status = "UPSTREAM_FAILED", http.StatusBadGateway
		body.Details["status"] = f.Status
	}
	send(w, status, body)
}

func send(w http.ResponseWriter, status int, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		status, text = http.StatusInternalServerError, []byte(`{"error":"INTERNAL","message":"The answer could not be written.","details":{}}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(text) // the caller is gone when this fails
}
