// Package plugin implements the interfaces of the Grafana SDK: queries, resource routes,
// health checks and admission of settings. It connects the other packages and converts
// their results and errors to the types of the SDK. main.go serves it.
package plugin

import (
	"context"
	"net/http"
	"net/url"
	"runtime"
	"sync"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/httpclient"
	"github.com/grafana/grafana-plugin-sdk-go/backend/instancemgmt"
	"github.com/grafana/grafana-plugin-sdk-go/build/buildinfo"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/access"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/access/guard"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/audit"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/budget"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/packfile"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/coding"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/errortext"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/promjson"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/rest"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/settings"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/telemetry"
)

// ID is the plugin's id.
const ID = "modelmetrics-catalog-datasource"

// DataSource is a configured data source.
type DataSource struct {
	instance       uint64 // differs from that of every other data source of the process
	settings       settings.Settings
	rules          *access.Rules      // nil if the settings contain no access text, or an invalid one
	guard          *guard.Guard       // enforces rules; nil if rules is nil
	accessProblems access.Problems    // of the access text
	unused         []settings.Problem // settings whose stored values are not used
	catalog        *catalog.Catalog
	problems       packfile.Problems // of the user packs
	unknown        []string          // disabled packs that don't exist
	headers        http.Header       // custom headers of the settings
	client         *promapi.Client
	budget         *budget.Source
	telemetry      *telemetry.Source
	mask           errortext.Masker // replaces the data source's secrets in texts
	audit          *audit.Log
	now            func() time.Time
	idle           func() // closes idle connections; may be nil
	resources      backend.CallResourceHandler
	broken         error // the error of every query if the settings are invalid; else nil
}

var (
	_ backend.QueryDataHandler        = (*DataSource)(nil)
	_ backend.QueryChunkedDataHandler = (*DataSource)(nil)
	_ backend.CheckHealthHandler      = (*DataSource)(nil)
	_ backend.CallResourceHandler     = (*DataSource)(nil)
	_ instancemgmt.InstanceDisposer   = (*DataSource)(nil)
)

// NewInstance creates a data source from its settings. It doesn't return an error for invalid
// settings, because the SDK would return that error only for the first query of a request.
// Instead, every query and the health check return the error.
func NewInstance(ctx context.Context, stored backend.DataSourceInstanceSettings) (instancemgmt.Instance, error) {
	packs, err := builtinPacks()
	if err != nil {
		return nil, err
	}
	reportBuild()
	d := &DataSource{now: time.Now, budget: process.Source(), instance: instances.Add(1)}
	d.settings, d.unused, d.broken = settings.Load(stored.URL, stored.JSONData)
	d.catalog, d.unknown = packs.Without(d.settings.DisabledPacks)
	d.catalog, d.problems = d.catalog.With(ctx, d.settings.Packs)
	org := backend.PluginConfigFromContext(ctx).OrgID //nolint:staticcheck // Grafana identifies an organization by number, also in its headers
	d.telemetry = telemetry.Open(org, stored.UID, d.catalog, len(d.problems))
	if err := d.openAudit(org, stored); err != nil {
		d.telemetry.Close()
		return nil, err
	}
	d.loadAccess()
	if d.broken == nil {
		d.broken = d.connect(ctx, stored)
	}
	d.logLoaded(ctx, stored.UID)
	d.resources = rest.Resources(rest.Options{
		Catalog: d.catalog, Builtin: packs, Client: d.client, ScrapeInterval: d.settings.ScrapeInterval,
		Report: d.settings.Report, Access: d.rules, Guard: d.guard, AccessProblems: len(d.accessProblems), Broken: d.broken, Telemetry: d.telemetry, Audit: d.audit, Budget: d.budget, MaxBytes: d.settings.MaxBytes, Now: d.now,
	})
	return d, nil
}

// process is the budget that all data sources of the process share.
var process = budget.New().WithProcessors()

// reportBuild exports and logs the version of the plugin, which the SDK's build embeds in the
// binary.
var reportBuild = sync.OnceFunc(func() {
	info, err := buildinfo.GetBuildInfo()
	if err != nil {
		info.Version = "unknown"
	}
	telemetry.Build(info.Version)
	backend.Logger.Info("Plugin started", "version", info.Version, "goVersion", runtime.Version())
})

func (d *DataSource) connect(ctx context.Context, stored backend.DataSourceInstanceSettings) (err error) {
	if err := settings.CheckSecrets(stored.DecryptedSecureJSONData); err != nil {
		return err
	}
	stored.JSONData = settings.ForSDK(stored.JSONData)
	opts, err := stored.HTTPClientOptions(ctx)
	if err != nil {
		return fault.New(fault.Misconfigured, "The data source's HTTP settings are invalid: %v.", err)
	}
	if err := settings.CheckHeader(opts.Header); err != nil {
		return err
	}
	if accepted := coding.Accept(opts.Header.Get("Accept-Encoding")); accepted != "" {
		opts.Header.Set("Accept-Encoding", accepted)
	} else {
		opts.Header.Del("Accept-Encoding")
	}
	d.headers = opts.Header.Clone()
	// The context of a request ends after the query timeout, and the error of the request
	// then names that setting. The timeout of the HTTP client is longer, so it ends only code
	// that ignores contexts.
	opts.Timeouts.Timeout = d.settings.QueryTimeout + 5*time.Second
	opts.ConfigureTransport = func(_ httpclient.Options, transport *http.Transport) {
		transport.ForceAttemptHTTP2 = true
		transport.HTTP2 = &http.HTTP2Config{MaxReceiveBufferPerStream: maxUnread}
		transport.MaxResponseHeaderBytes = maxHeaderBytes
		d.idle = transport.CloseIdleConnections // http.Client's method has no effect with the SDK's middleware
	}
	opts.ConfigureClient = func(_ httpclient.Options, client *http.Client) { client.CheckRedirect = checkRedirect }
	client, err := httpclient.New(opts)
	if err != nil {
		return fault.New(fault.Misconfigured, "The data source's HTTP settings are invalid: %v.", err)
	}
	params, unused, err := customParams(d.settings)
	if err != nil {
		return err
	}
	d.unused = append(d.unused, unused...)
	d.mask = errortext.NewMasker(secrets(stored, opts.Header, params))
	d.client, err = promapi.New(client, promapi.Options{
		URL:           d.settings.URL,
		Method:        d.settings.Method,
		Timeout:       d.settings.QueryTimeout,
		MaxBytes:      d.settings.MaxBytes,
		Limits:        promjson.Limits{Series: d.settings.MaxSeries, Samples: d.settings.MaxSamples},
		Partial:       d.settings.Partial,
		PartialAlerts: d.settings.PartialAlerts,
		MaxRetries:    d.settings.MaxRetries,
		Params:        params,
		Mask:          d.mask,
		Observer:      d.telemetry,
		Budget:        d.budget,
		Governor:      d.governor(),
	})
	return err
}

// customParams returns the custom query parameters of the settings. If they contain parameters
// that are not sent, it also returns a Problem.
func customParams(s settings.Settings) (url.Values, []settings.Problem, error) {
	params, unused, err := promapi.SettingsParams(s.CustomParams)
	switch {
	case err != nil:
		return nil, nil, fault.New(fault.Misconfigured, "The data source's settings are invalid: %v", err)
	case len(unused) > 0:
		return params, []settings.Problem{settings.UnusedParams(unused)}, nil
	}
	return params, nil, nil
}

// Dispose exports the remaining audit events, stops the telemetry of the data source and closes
// idle connections. The SDK may call it while queries are running.
func (d *DataSource) Dispose() {
	d.audit.Close()
	d.telemetry.Close()
	if d.idle != nil {
		d.idle()
	}
}

// CallResource serves the REST API.
func (d *DataSource) CallResource(ctx context.Context, req *backend.CallResourceRequest, sender backend.CallResourceResponseSender) error {
	ctx = d.budget.Begin(ctx, d.settings.MaxBytes)
	ctx, usage := promapi.WithUsage(ctx)
	begun := time.Now()
	if overloaded := d.budget.Receive(ctx, len(req.Body)+len(req.URL)); overloaded != nil {
		return rest.SendError(sender, overloaded)
	}
	headers := req.GetHTTPHeaders()
	ctx = d.withAccess(ctx, req.PluginContext, headers)
	err := d.resources.CallResource(d.forward(ctx, req.PluginContext, headers), req, sender)
	logResource(ctx, req, usage, begun)
	return err
}
