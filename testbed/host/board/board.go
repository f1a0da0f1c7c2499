// Package board opens a dashboard as Grafana's frontend does, without a browser.
// It resolves the variables one after the other, replaces them in the queries, sends the
// queries to the plugin, and reads the frames as series. The input is a provisioned
// dashboard. The output is the series that a user sees in each panel. The smoke run, the
// terminal view and the test suites call it.
package board

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/gtime"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/provision"
)

// Querier sends queries to the plugin. *host.Host implements it.
type Querier interface {
	QueryData(ctx context.Context, queries []backend.DataQuery, headers map[string]string) (*backend.QueryDataResponse, error)
}

// pixelsPerColumn is the width of a dashboard's grid column on a screen of 1,920 pixels.
// A panel requests one point per pixel.
const pixelsPerColumn = 76

// Board is an open dashboard.
type Board struct {
	Dashboard provision.Dashboard
	Span      backend.TimeRange
	Values    Values

	querier Querier
	set     *provision.Set
}

// Open resolves the dashboard's variables. The time range is relative to now. If a variable
// fails, its result contains the error. A failed query variable that includes All has the
// value All, so that the panels still work.
func Open(ctx context.Context, querier Querier, set *provision.Set, dashboard provision.Dashboard, now time.Time) (*Board, []VariableResult, error) {
	span, err := host.TimeRange(dashboard.Time.From, dashboard.Time.To, now)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: time.%w", dashboard.File, err)
	}
	b := &Board{Dashboard: dashboard, Span: span, Values: Values{}, querier: querier, set: set}
	var results []VariableResult
	for _, variable := range dashboard.Templating.List {
		if variable.Type == "adhoc" { // without filters when the dashboard is opened
			continue
		}
		result := b.resolve(ctx, variable)
		b.Values[variable.Name] = Value{Selected: result.Values, Options: result.Options}
		results = append(results, result)
	}
	return b, results, nil
}

// PanelResult contains the results of a panel's queries, in the order of the queries.
type PanelResult struct {
	Panel   provision.Panel
	Targets []TargetResult
	Took    time.Duration
}

// TargetResult is the result of one query: series or an error.
type TargetResult struct {
	RefID  string
	Series []Series
	Err    error
}

// Query runs the visible queries of a panel in one request, as Grafana does. If a query
// fails, its result contains the error. Query returns an error if a query can't be prepared,
// if the panel has no visible query, or if the entire request fails.
func (b *Board) Query(ctx context.Context, panel provision.Panel) (PanelResult, error) {
	defaults, err := b.resolution(panel)
	if err != nil {
		return PanelResult{Panel: panel}, err
	}
	var queries []backend.DataQuery
	for _, raw := range panel.Targets {
		query, hidden, err := b.prepare(raw, defaults)
		if err != nil {
			return PanelResult{Panel: panel}, err
		}
		if !hidden {
			queries = append(queries, query)
		}
	}
	result := PanelResult{Panel: panel}
	if len(queries) == 0 {
		return result, fmt.Errorf("the panel has no visible query")
	}
	began := time.Now()
	responses, err := b.querier.QueryData(ctx, queries, nil)
	result.Took = time.Since(began)
	if err != nil {
		return result, err
	}
	for _, query := range queries {
		response := responses.Responses[query.RefID]
		result.Targets = append(result.Targets, TargetResult{
			RefID:  query.RefID,
			Series: ReadSeries(response.Frames),
			Err:    response.Error,
		})
	}
	return result, nil
}

// prepare replaces variables in a query and parses the query as Grafana's backend does. It
// raises the default interval to the data source's minimum interval, unless the default is 0,
// as for variable queries.
func (b *Board) prepare(raw json.RawMessage, defaults host.Defaults) (query backend.DataQuery, hidden bool, err error) {
	target, err := b.Values.target(raw)
	if err != nil {
		return backend.DataQuery{}, false, err
	}
	reference, _ := target["datasource"].(map[string]any)
	name, _ := reference["uid"].(string)
	uid := b.Values.text(name)
	source, ok := b.set.DataSource(uid)
	if !ok {
		return backend.DataQuery{}, false, fmt.Errorf("a query refers to the data source %q, which isn't provisioned", uid)
	}
	target["datasource"] = map[string]string{"type": source.Type, "uid": uid}
	target["timezone"], target["utcOffsetSec"] = "UTC", 0
	if minimum, ok := source.JSONData["timeInterval"].(string); ok && defaults.Interval > 0 {
		floor, err := gtime.ParseIntervalStringToTimeDuration(minimum)
		if err != nil {
			return backend.DataQuery{}, false, fmt.Errorf("data source %s: timeInterval: %w", uid, err)
		}
		defaults.Interval = max(defaults.Interval, floor)
	}
	filled, err := json.Marshal(target)
	if err != nil {
		return backend.DataQuery{}, false, err
	}
	return host.DataQuery(filled, b.Span, defaults)
}

// resolution returns a panel's number of points and the interval between them. The interval is
// rounded as in Grafana, and is not shorter than the panel's minimum interval.
func (b *Board) resolution(panel provision.Panel) (host.Defaults, error) {
	points := panel.MaxDataPoints
	if points <= 0 {
		points = int64(max(panel.GridPos.W, 1) * pixelsPerColumn)
	}
	interval := gtime.RoundInterval(b.Span.Duration() / time.Duration(points))
	if panel.Interval != "" {
		minimum, err := gtime.ParseIntervalStringToTimeDuration(panel.Interval)
		if err != nil {
			return host.Defaults{}, fmt.Errorf("interval: %w", err)
		}
		interval = max(interval, minimum)
	}
	return host.Defaults{Interval: interval, MaxDataPoints: points}, nil
}
