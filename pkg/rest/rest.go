// Package rest serves the HTTP API of a data source's resource routes: the metrics API of
// docs/contracts/tango.md, the endpoint report of docs/report.md, the routes of Lango's
// gateway (docs/contracts/lango.md), routes of the Prometheus HTTP API, and routes for the
// catalog, the access rules and the audit log. Package plugin passes requests to it after
// Grafana has authenticated the caller. A request whose path matches no route of routes.go is
// answered with status 404. Package openapi describes the routes. Tests compare
// the description with the routes.
package rest

import (
	"context"
	"fmt"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/resource/httpadapter"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/access"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/access/guard"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/audit"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/budget"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/rest/ratelimit"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/rest/restjson"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/telemetry"
)

// Options are the dependencies of the routes.
type Options struct {
	Catalog        *catalog.Catalog // the user packs and the built-in packs that aren't disabled
	Builtin        *catalog.Catalog // all built-in packs
	Client         *promapi.Client  // nil if Broken is set
	ScrapeInterval time.Duration
	Report         report.Settings // of the endpoint report
	Access         *access.Rules   // nil if the settings contain no access rules, or invalid ones
	Guard          *guard.Guard    // enforces the access rules; nil if the settings contain none
	AccessProblems int             // number of problems of the access rules; Broken contains the first
	Broken         error           // the error of every query if the settings are invalid; else nil
	Telemetry      *telemetry.Source
	Audit          *audit.Log
	Budget         *budget.Source // may be nil
	MaxBytes       int64          // maximum size of the responses of Prometheus for one request
	Now            func() time.Time
}

type api struct {
	Options
	checks   ratelimit.Queue    // of checks of packs
	rules    ratelimit.Queue    // of checks and explanations of access rules
	users    *ratelimit.Limiter // limits the reports of each user
	instance uint64             // distinguishes the data sources of the process
}

func newAPI(o Options) api {
	return api{
		o, make(ratelimit.Queue, 1+maxWaitingChecks), make(ratelimit.Queue, 1+maxWaitingChecks),
		ratelimit.New(o.Report.RequestsPerHour, reportWindow, maxReportUsers), instances.Add(1),
	}
}

// New returns the handler of all routes.
func New(o Options) http.Handler { return newAPI(o).handler() }

func (a api) handler() http.Handler {
	mux := http.NewServeMux()
	for _, route := range a.routes() {
		mux.Handle(route.name(), route.handler(a.Telemetry))
	}
	mux.Handle("/", unmatched(mux))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// For a path that isn't clean, such as //api, a ServeMux would redirect to a URL that
		// the caller can't reach.
		if escaped := r.URL.EscapedPath(); escaped != path.Clean(escaped) {
			notFound(w, r)
			return
		}
		ctx, end := a.Guard.Begin(r.Context())
		defer end()
		mux.ServeHTTP(w, r.WithContext(ctx))
	})
}

// unmatched returns the handler of the requests that match no route of a ServeMux. If routes
// with other methods match the path, the response has the status 405 and the header Allow.
func unmatched(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var allowed []string
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost} {
			if _, pattern := mux.Handler(&http.Request{Method: method, Host: r.Host, URL: r.URL}); pattern != "/" {
				allowed = append(allowed, method)
			}
		}
		if len(allowed) == 0 {
			notFound(w, r)
			return
		}
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		send(w, http.StatusMethodNotAllowed, errorBody{
			"METHOD_NOT_ALLOWED",
			fmt.Sprintf("The route %s doesn't support the method %s. It supports %s.", fault.ClipName(r.URL.Path), fault.ClipName(r.Method), strings.Join(allowed, ", ")),
			details{"allowedMethods": allowed},
		})
	})
}

// Resources returns a handler of the SDK's type that serves all routes.
func Resources(o Options) backend.CallResourceHandler {
	handler := httpadapter.New(New(o))
	return backend.CallResourceHandlerFunc(func(ctx context.Context, req *backend.CallResourceRequest, sender backend.CallResourceResponseSender) error {
		// Grafana passes a decoded path, but the adapter parses the path as a URL.
		escaped := *req
		escaped.Path = escapedPath(req.Path)
		if err := handler.CallResource(ctx, &escaped, sender); err != nil {
			return sendInvalidRequest(sender, err)
		}
		return nil
	})
}

// sendInvalidRequest sends the response to a request whose method or URL the adapter can't
// parse. If the handler returned an error, Grafana would respond with status 500.
func sendInvalidRequest(sender backend.CallResourceResponseSender, err error) error {
	return SendError(sender, fault.New(fault.BadQuery, "The request's method or URL is invalid: %s.", fault.ClipName(err.Error())))
}

// SendError sends the response to a request that failed before a route served it.
func SendError(sender backend.CallResourceResponseSender, err error) error {
	status, body := errorResponse(err)
	text, err := restjson.Marshal(body)
	if err != nil {
		return err
	}
	return sender.Send(&backend.CallResourceResponse{Status: status, Headers: map[string][]string{"Content-Type": {"application/json"}}, Body: text})
}
