// Package board opens a dashboard as Grafana's frontend does, without a
// browser: it resolves the variables in their order, fills them into the
// panels' queries, asks the plugin, and reads the frames that come back as
// series. What goes in is a provisioned dashboard, what comes out is what a
// user would see in each panel. The smoke run and the terminal view call it.
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

// Querier is the plugin; *host.Host in earnest.
type Querier interface {
	QueryData(ctx context.Context, queries []backend.DataQuery, headers map[string]string) (*backend.QueryDataResponse, error)
}

// pixelsPerColumn makes panels as wide as on a screen of 1,920 pixels. A panel
// asks for as many points as it has pixels.
const pixelsPerColumn = 76

// Board is an open dashboard at one moment.
type Board struct {
	Dashboard provision.Dashboard
	Span      backend.TimeRange
	Values    Values

	querier Querier
	set     *provision.Set
}

// Open resolves the dashboard's variables at now. A variable that fails has its
// error in its result and stands at All, so that the panels can still be asked.
func Open(ctx context.Context, querier Querier, set *provision.Set, dashboard provision.Dashboard, now time.Time) (*Board, []VariableResult, error) {
	span, err := host.TimeRange(dashboard.Time.From, dashboard.Time.To, now)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: time.%w", dashboard.File, err)
	}
	b := &Board{Dashboard: dashboard, Span: span, Values: Values{}, querier: querier, set: set}
	var results []VariableResult
	for _, variable := range dashboard.Templating.List {
		result := b.resolve(ctx, variable)
		b.Values[variable.Name] = Value{At: result.Values, Offers: result.Options}
		results = append(results, result)
	}
	return b, results, nil
}

// PanelResult is what a panel got for its queries, in their order.
type PanelResult struct {
	Panel   provision.Panel
	Targets []TargetResult
	Took    time.Duration
}

// TargetResult is one query's answer: series, or an error's text.
type TargetResult struct {
	RefID  string
	Series []Series
	Err    error
}

// Query asks for everything that the panel shows, in one request as Grafana
// does. An error in the result of a target is that target's own.
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
		return result, fmt.Errorf("the panel has no query")
	}
	began := time.Now()
	answer, err := b.querier.QueryData(ctx, queries, nil)
	result.Took = time.Since(began)
	if err != nil {
		return result, err
	}
	for _, query := range queries {
		response := answer.Responses[query.RefID]
		result.Targets = append(result.Targets, TargetResult{
			RefID:  query.RefID,
			Series: ReadSeries(response.Frames),
			Err:    response.Error,
		})
	}
	return result, nil
}

// prepare fills variables into a query and reads it as Grafana's backend does.
// Where there is a step, the data source's own minimum holds.
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
		return backend.DataQuery{}, false, fmt.Errorf("no data source has the uid %q that a query names", uid)
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

// resolution is a panel's points and the time between two of them: rounded as
// Grafana rounds, and never below the panel's own minimum.
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
