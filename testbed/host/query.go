package host

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// Defaults are the values that apply if a query's JSON has no intervalMs or no
// maxDataPoints.
type Defaults struct {
	Interval      time.Duration
	MaxDataPoints int64
}

// Grafana's defaults for panels and for alert rules.
var (
	PanelDefaults = Defaults{Interval: time.Second, MaxDataPoints: 100}
	AlertDefaults = Defaults{Interval: time.Second, MaxDataPoints: 43200}
)

// DataQuery reads the fields of a query's JSON that Grafana reads: refId (default
// A), queryType, intervalMs, maxDataPoints and hide. The returned query contains the
// complete JSON.
func DataQuery(raw json.RawMessage, span backend.TimeRange, defaults Defaults) (query backend.DataQuery, hidden bool, err error) {
	var fields struct {
		RefID         string   `json:"refId"`
		QueryType     string   `json:"queryType"`
		IntervalMS    *float64 `json:"intervalMs"`
		MaxDataPoints *float64 `json:"maxDataPoints"`
		Hide          bool     `json:"hide"`
	}
	if err := json.Unmarshal(raw, &fields); err != nil {
		return backend.DataQuery{}, false, fmt.Errorf("invalid query: %w", err)
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
