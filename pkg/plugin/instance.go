// Package plugin is the Grafana SDK's edge: a file for each capability that
// Grafana calls. It hands queries to the rooms behind it and turns their answers
// and errors into the SDK's types; nothing else here knows what a query means.
package plugin

import (
	"context"
	"net/http"
	"runtime"
	"sync"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/httpclient"
	"github.com/grafana/grafana-plugin-sdk-go/backend/instancemgmt"
	"github.com/grafana/grafana-plugin-sdk-go/build/buildinfo"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/budget"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/packfile"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/errortext"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/promjson"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/rest"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/settings"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/telemetry"
)

// ID is the plugin's id.
const ID = "modelmetrics-catalog-datasource"

// DataSource is one configured data source.
type DataSource struct {
	settings  settings.Settings
	wrong     []settings.Problem // settings that aren't used as they are stored
	catalog   *catalog.Catalog
	problems  packfile.Problems // of the user's own packs
	unknown   []string          // packs to turn off that aren't there
	headers   http.Header       // of the settings, sent with every request
	client    *promapi.Client
	budget    *budget.Source
	telemetry *telemetry.Source
	now       func() time.Time
	idle      func() // closes the connections that nobody uses
	resources backend.CallResourceHandler
	broken    error // why the settings can't work; told with every answer
}

var (
	_ backend.QueryDataHandler        = (*DataSource)(nil)
	_ backend.QueryChunkedDataHandler = (*DataSource)(nil)
	_ backend.CheckHealthHandler      = (*DataSource)(nil)
	_ backend.CallResourceHandler     = (*DataSource)(nil)
	_ instancemgmt.InstanceDisposer   = (*DataSource)(nil)
)

// NewInstance makes a data source from its settings. Settings that can't work
// don't fail here, where the SDK would answer the first query only: they are
// kept, and every query and the health check say what is wrong with them.
func NewInstance(ctx context.Context, stored backend.DataSourceInstanceSettings) (instancemgmt.Instance, error) {
	shipped, err := builtin()
	if err != nil {
		return nil, err
	}
	reportBuild()
	d := &DataSource{now: time.Now, budget: process.Source()}
	d.settings, d.wrong, d.broken = settings.Load(stored.URL, stored.JSONData)
	d.catalog, d.unknown = shipped.Without(d.settings.DisabledPacks)
	d.catalog, d.problems = d.catalog.With(ctx, d.settings.Packs)
	d.telemetry = telemetry.Open(backend.PluginConfigFromContext(ctx).OrgID, stored.UID, d.catalog, len(d.problems)) //nolint:staticcheck // Grafana numbers organizations, in its headers as here
	if d.broken == nil {
		d.broken = d.connect(ctx, stored)
	}
	d.logLoaded(ctx, stored.UID)
	d.resources = rest.Resources(rest.Options{
		Catalog: d.catalog, Builtin: shipped, Client: d.client, ScrapeInterval: d.settings.ScrapeInterval,
		Broken: d.broken, Telemetry: d.telemetry, Budget: d.budget, Now: d.now,
	})
	return d, nil
}

// process is what the data sources of this process share.
var process = budget.New()

// reportBuild exports and logs the version of the plugin, which the SDK's build stores
// in it.
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
		return fault.New(fault.Misconfigured, "The data source's HTTP settings can't be used: %v.", err)
	}
	if err := settings.CheckHeader(opts.Header); err != nil {
		return err
	}
	if accepted := promapi.AcceptEncoding(opts.Header.Get("Accept-Encoding")); accepted != "" {
		opts.Header.Set("Accept-Encoding", accepted)
	} else {
		opts.Header.Del("Accept-Encoding")
	}
	d.headers = opts.Header.Clone()
	// One timeout is enough, and ours names itself when it fires. The client's own
	// stands behind it, for what ignores contexts.
	opts.Timeouts.Timeout = d.settings.QueryTimeout + 5*time.Second
	opts.ConfigureTransport = func(_ httpclient.Options, transport *http.Transport) {
		transport.ForceAttemptHTTP2 = true
		transport.HTTP2 = &http.HTTP2Config{MaxReceiveBufferPerStream: maxUnread}
		transport.MaxResponseHeaderBytes = maxHeaderBytes
		d.idle = transport.CloseIdleConnections // the client's own doesn't get past the SDK's middleware
	}
	opts.ConfigureClient = func(_ httpclient.Options, client *http.Client) { client.CheckRedirect = checkRedirect }
	client, err := httpclient.New(opts)
	if err != nil {
		return fault.New(fault.Misconfigured, "The data source's HTTP settings can't be used: %v.", err)
	}
	params, unused, err := promapi.SettingsParams(d.settings.CustomParams)
	if err != nil {
		return fault.New(fault.Misconfigured, "The data source's settings can't be used: %v", err)
	}
	if len(unused) > 0 {
		d.wrong = append(d.wrong, settings.UnusedParams(unused))
	}
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
		Mask:          errortext.NewMasker(secrets(stored, opts.Header, params)),
		Observer:      d.telemetry,
		Budget:        d.budget,
	})
	return err
}

// Dispose closes connections that nobody uses. Queries that still run keep
// theirs: the SDK disposes of an instance while they may.
func (d *DataSource) Dispose() {
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
	err := d.resources.CallResource(d.forward(ctx, req.PluginContext, req.GetHTTPHeaders()), req, sender)
	logResource(ctx, req, usage, begun)
	return err
}
