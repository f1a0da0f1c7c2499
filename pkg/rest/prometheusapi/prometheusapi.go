// Package prometheusapi serves routes of the Prometheus HTTP API for standard clients, such as
// client_golang, promtool and Grafana's Prometheus data source. Package rest calls it with the
// parsed parameters of a request. The package sends the requests of the routes through
// promapi, so the limits, retries and access rules of panels apply to them. The parameters,
// the bodies of responses and errors, and the statuses are those of Prometheus, except where
// a function says otherwise. See https://prometheus.io/docs/prometheus/latest/querying/api/.
package prometheusapi

import (
	"encoding/json"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/rest/restjson"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// API serves the routes of one data source.
type API struct {
	Client *promapi.Client
	Now    func() time.Time
	// Families returns descriptions of metric families by their names: of all families that
	// the caller knows, or if the argument isn't empty, of the family with this name.
	Families func(name string) map[string]promapi.Metadata
}

// encode returns the body of a successful response. Data of the type json.RawMessage is
// unchanged.
func encode(data any, notes series.Notes) (json.RawMessage, error) {
	raw, isRaw := data.(json.RawMessage)
	if !isRaw {
		var err error
		if raw, err = restjson.Marshal(data); err != nil {
			return nil, err
		}
	}
	return restjson.WithData(struct {
		Status string `json:"status"`
	}{"success"}, raw, notes)
}
