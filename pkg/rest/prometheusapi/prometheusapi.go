// Package prometheusapi serves routes of the Prometheus HTTP API for standard clients, such as
// client_golang, promtool and Grafana's Prometheus data source. Package rest calls it with the
// parsed parameters of a request. The package sends the requests of the routes through
// promapi, so the limits, retries and access rules of panels apply to them. The parameters,
// the bodies of responses and errors, and the statuses are those of Prometheus, except where
// a function says otherwise. See https://prometheus.io/docs/prometheus/latest/querying/api/.
package prometheusapi

import (
	"bytes"
	"encoding/json"
	"slices"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi"
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
// unchanged: encoding/json would reformat it.
func encode(data any, notes series.Notes) (json.RawMessage, error) {
	raw, isRaw := data.(json.RawMessage)
	if !isRaw {
		var err error
		if raw, err = marshal(data); err != nil {
			return nil, err
		}
	}
	tail, err := marshal(struct {
		Warnings []string `json:"warnings,omitempty"`
		Infos    []string `json:"infos,omitempty"`
	}{notes.Warnings, notes.Infos})
	if err != nil {
		return nil, err
	}
	if len(notes.Warnings)+len(notes.Infos) > 0 {
		tail[0] = ','
	} else {
		tail = tail[1:]
	}
	return slices.Concat([]byte(`{"status":"success","data":`), raw, tail), nil
}

// marshal is json.Marshal without escapes of <, > and &, which are operators in PromQL.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}
