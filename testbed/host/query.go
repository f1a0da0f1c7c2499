package host

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// Defaults are what a query's intervalMs and maxDataPoints are when its JSON
// names none.
type Defaults struct {
	Interval      time.Duration
	MaxDataPoints int64
}

// Grafana's defaults differ by who asks.
var (
	PanelDefaults = Defaults{Interval: time.Second, MaxDataPoints: 100}
	AlertDefaults = Defaults{Interval: time.Second, MaxDataPoints: 43200}
)

// DataQuery reads what Grafana takes out of a query's JSON: refId (default A),
// queryType, intervalMs, maxDataPoints, hide. The JSON goes on whole.
func DataQuery(raw json.RawMessage, span backend.TimeRange, defaults Defaults) (query backend.DataQuery, hidden bool, err error) {
	var fields struct {
		RefID         string   `json:"refId"`
		QueryType     string   `json:"queryType"`
		IntervalMS    *float64 `json:"intervalMs"`
		MaxDataPoints *float64 `json:"maxDataPoints"`
		Hide          bool     `json:"hide"`
	}
	if err := json.Unmarshal(raw, &fields); err != nil {
		return backend.DataQuery{}, false, fmt.Errorf("a query is not what Grafana sends: %w", err)
	}
	query = backend.DataQuery{
		RefID:         fields.RefID,
		QueryType:     fields.QueryType,
		Interval:      defaults.Interval,
		MaxDataPoints: defaults.MaxDataPoints,
		TimeRange:     span,
		JSON:          raw,
	}
	if query.RefID == "" {
		query.RefID = "A"
	}
	if fields.IntervalMS != nil {
		query.Interval = time.Duration(*fields.IntervalMS * float64(time.Millisecond))
	}
	if fields.MaxDataPoints != nil {
		query.MaxDataPoints = int64(*fields.MaxDataPoints)
	}
	return query, fields.Hide, nil
}
