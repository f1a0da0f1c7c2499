package plugin

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/access"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// CheckHealth runs a test query, unless the settings are invalid. It returns a description of
// the server, or an error message, such as one about the settings or the user packs. The access
// rules apply to the request whose warnings are shown as those of the server's storage. If they
// deny it, no such warnings are shown.
func (d *DataSource) CheckHealth(ctx context.Context, req *backend.CheckHealthRequest) (*backend.CheckHealthResult, error) {
	ctx = d.forward(d.withAccess(ctx, req.PluginContext, nil), req.PluginContext, req.GetHTTPHeaders())
	ctx, _ = d.guard.Begin(ctx) // the decisions aren't recorded, because the caller requests no data
	details := d.healthDetails()
	isAdmin := checkAuditReader(req.PluginContext.User) == nil
	if !isAdmin {
		details.Access.Problems = access.Problems{} // they quote the rules
	}
	details.Audit = d.checkAudit(ctx, req.PluginContext)
	exportErr := auditError(details.Audit, isAdmin)
	if !isAdmin {
		details.Audit.Endpoint, details.Audit.Problem = "", ""
	}
	if err := d.tryQuery(ctx); err != nil {
		if isAdmin && len(d.accessProblems) > 0 {
			err = accessError(d.accessProblems, 1)
		}
		f := fault.As(err)
		if cause := f.Unwrap(); cause != nil && !f.Downstream() {
			backend.Logger.FromContext(ctx).Error("Health check failed with an internal error", fault.LogFields("error", cause)...)
		}
		details.Status = f.Status
		return result(backend.HealthStatusError, strings.Join(append([]string{f.Text}, d.settingsErrors(exportErr)...), " "), details)
	}
	capabilities := d.client.Capabilities(ctx)
	details.addServer(capabilities)
	if problems := d.settingsErrors(exportErr); len(problems) > 0 {
		return result(backend.HealthStatusError, strings.Join(problems, " "), details)
	}
	message := fmt.Sprintf("Connected to %s. The catalog has %d metrics in %d packs.", capabilities.Server, details.Metrics, len(details.Packs))
	if len(capabilities.Warnings) > 0 {
		message += " Warnings of the server: " + strings.Join(capabilities.Warnings, " · ")
	}
	return result(backend.HealthStatusOk, message, details)
}

// settingsErrors returns the texts of the errors of the settings and of the user packs, and of
// exportErr, the error of the export of audit events, which may be nil.
func (d *DataSource) settingsErrors(exportErr error) []string {
	var texts []string
	for _, err := range []error{unusedSettingsError(d.unused), packsError(d.problems), exportErr} {
		if err != nil {
			texts = append(texts, fault.As(err).Text)
		}
	}
	return texts
}

// tryQuery runs a query whose result doesn't depend on the data of the server.
func (d *DataSource) tryQuery(ctx context.Context) error {
	if d.broken != nil {
		return d.broken
	}
	result, err := d.client.TestQuery(ctx)
	if err != nil {
		return err
	}
	if len(result.Series) != 1 || !slices.Equal(result.Series[0].Values, []float64{1}) {
		return fault.New(fault.BadAnswer, "The result of vector(1) is not the number 1. Check that the data source's URL leads to a Prometheus API.")
	}
	return nil
}

func result(status backend.HealthStatus, message string, details healthDetails) (*backend.CheckHealthResult, error) {
	details.Verbose = details.text()
	text, err := json.Marshal(details)
	return &backend.CheckHealthResult{Status: status, Message: message, JSONDetails: text}, err
}
