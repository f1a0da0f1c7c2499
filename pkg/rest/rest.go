// Package rest is the HTTP API under a data source's resource routes: the metrics API
// of docs/contracts/tango.md, Prometheus's own label routes, and the routes with which
// the editors discover the catalog. It is an allow-list; any other path is 404. Grafana
// has checked the caller's token before a request arrives.
//
// openapi.yaml describes it for clients; a test holds the two together.
package rest

import (
	"context"
	"net/http"
	"path"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/resource/httpadapter"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/budget"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/telemetry"
)

// Options are what the routes work with.
type Options struct {
	Catalog        *catalog.Catalog // with the user's own packs, and without those that are turned off
	Builtin        *catalog.Catalog // every built-in pack
	Client         *promapi.Client  // nil where Broken is set
	ScrapeInterval time.Duration
	Broken         error // why the data source's settings can't work
	Telemetry      *telemetry.Source
	Budget         *budget.Source // nil where nothing is shared
	Now            func() time.Time
}

type api struct {
	Options
	checks   chan struct{} // holds those that wait or run
	checking chan struct{} // holds the one that runs: packs are checked one after another
}

func newAPI(o Options) api {
	return api{o, make(chan struct{}, 1+maxWaitingChecks), make(chan struct{}, 1)}
}

// New returns the routes' handler.
func New(o Options) http.Handler { return newAPI(o).handler() }

func (a api) handler() http.Handler {
	mux := http.NewServeMux()
	for _, route := range a.routes() {
		mux.Handle(route.name(), counted(route, a.Telemetry))
	}
	mux.HandleFunc("/", notFound)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if escaped := r.URL.EscapedPath(); escaped != path.Clean(escaped) { // a ServeMux redirects, to a URL that the caller can't reach
			notFound(w, r)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// Resources is New as the SDK calls it.
func Resources(o Options) backend.CallResourceHandler {
	handler := httpadapter.New(New(o))
	return backend.CallResourceHandlerFunc(func(ctx context.Context, req *backend.CallResourceRequest, sender backend.CallResourceResponseSender) error {
		// Grafana has decoded the path, and the adapter parses it as a URL.
		escaped := *req
		escaped.Path = escapedPath(req.Path)
		if err := handler.CallResource(ctx, &escaped, sender); err != nil {
			return sendUnreadable(sender, err)
		}
		return nil
	})
}

// sendUnreadable answers a request whose method or URL the adapter can't parse. Grafana
// would answer an error with status 500.
func sendUnreadable(sender backend.CallResourceResponseSender, err error) error {
	status, body := tell(fault.New(fault.BadQuery, "The request's method or URL can't be read: %s.", clip(err.Error())))
	text, err := marshal(body)
	if err != nil {
		return err
	}
	return sender.Send(&backend.CallResourceResponse{Status: status, Headers: map[string][]string{"Content-Type": {"application/json"}}, Body: text})
}
