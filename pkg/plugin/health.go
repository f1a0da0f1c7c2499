package plugin

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi"
)

// CheckHealth runs a real query and says which server answered it, or what is
// wrong with the server and with the user's own packs.
func (d *DataSource) CheckHealth(ctx context.Context, req *backend.CheckHealthRequest) (*backend.CheckHealthResult, error) {
	ctx = d.forward(ctx, req.PluginContext, req.GetHTTPHeaders())
	found := d.findings()
	if err := d.tryQuery(ctx); err != nil {
		f := fault.As(err)
		if cause := f.Unwrap(); cause != nil && !f.Downstream() {
			backend.Logger.FromContext(ctx).Error("Health check failed inside the plugin", "error", cause)
		}
		found.Status = f.Status
		return result(backend.HealthStatusError, strings.Join(append([]string{f.Text}, d.complaints()...), " "), found)
	}
	can := d.client.Capabilities(ctx)
	found.answered(can)
	if complaints := d.complaints(); len(complaints) > 0 {
		return result(backend.HealthStatusError, strings.Join(complaints, " "), found)
	}
	message := fmt.Sprintf("%s answers. The catalog has %d metrics in %d packs.", can.Server, found.Metrics, len(found.Packs))
	if len(can.Warnings) > 0 {
		message += " The server warns: " + strings.Join(can.Warnings, " · ")
	}
	return result(backend.HealthStatusOk, message, found)
}

// complaints are about the settings, whatever the server answers.
func (d *DataSource) complaints() []string {
	var texts []string
	for _, err := range []error{wrongSettings(d.wrong), ownPacks(d.problems)} {
		if err != nil {
			texts = append(texts, fault.As(err).Text)
		}
	}
	return texts
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
	if len(answer.Series) != 1 || !slices.Equal(answer.Series[0].Values, []float64{1}) {
		return fault.New(fault.BadAnswer, "The server at the data source's URL answered vector(1), but not with the number 1. Check that the URL leads to a Prometheus API.")
	}
	return nil
}

func result(status backend.HealthStatus, message string, found findings) (*backend.CheckHealthResult, error) {
	found.Verbose = found.words()
	text, err := json.Marshal(found)
	return &backend.CheckHealthResult{Status: status, Message: message, JSONDetails: text}, err
}
