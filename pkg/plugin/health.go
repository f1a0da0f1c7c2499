package plugin

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi"
)

// health is what Save & test shows beside its message.
type health struct {
	Server  string `json:"server,omitempty"`
	Version string `json:"version,omitempty"`
	Metrics int    `json:"catalogMetrics"`
	Packs   int    `json:"packs"`
	Verbose string `json:"verboseMessage,omitempty"`
}

// CheckHealth runs a real query and says which server answered it, or what is
// wrong with the server and with the user's own packs.
func (d *DataSource) CheckHealth(ctx context.Context, req *backend.CheckHealthRequest) (*backend.CheckHealthResult, error) {
	ctx = forward(ctx, req.GetHTTPHeaders())
	details := health{Metrics: len(d.catalog.Names()), Packs: len(d.catalog.Packs())}
	if err := d.tryQuery(ctx); err != nil {
		f := fault.As(err)
		if cause := f.Unwrap(); cause != nil && !f.Downstream() {
			backend.Logger.FromContext(ctx).Error("Health check failed inside the plugin", "error", cause)
		}
		details.Verbose = fmt.Sprintf("HTTP status %d", f.Status)
		text := f.Text
		if packs := ownPacks(d.problems); packs != nil { // which have nothing to do with the server
			text += " " + fault.As(packs).Text
			details.Verbose += "\n" + d.problems.Error()
		}
		return result(backend.HealthStatusError, text, details)
	}
	if err := ownPacks(d.problems); err != nil {
		details.Verbose = d.problems.Error()
		return result(backend.HealthStatusError, fault.As(err).Text, details)
	}
	server := d.client.Server(ctx)
	details.Server, details.Version = server.Name, server.Version
	message := fmt.Sprintf("%s answers. The catalog has %d metrics in %d packs.", server, details.Metrics, details.Packs)
	return result(backend.HealthStatusOk, message, details)
}

// tryQuery asks for something that any server can compute without data.
func (d *DataSource) tryQuery(ctx context.Context) error {
	if d.broken != nil {
		return d.broken
	}
	answer, err := d.client.Query(ctx, promapi.Instant{Expr: "vector(1)", At: time.Now()})
	if err != nil {
		return err
	}
	if len(answer.Series) != 1 || answer.Series[0].Values[0] != 1 {
		return fault.New(fault.BadAnswer, "The server at the data source's URL answered, but not with the value that was asked for.")
	}
	return nil
}

func result(status backend.HealthStatus, message string, details health) (*backend.CheckHealthResult, error) {
	text, err := json.Marshal(details)
	return &backend.CheckHealthResult{Status: status, Message: message, JSONDetails: text}, err
}
