package plugin

import (
	"context"
	"net/http"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/access"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/settings"
)

// Admission validates the settings of a data source before Grafana saves them. Grafana 11.1
// and later call it for settings with an API version. Without it, Grafana would save settings
// with errors, and only Save & test would report the errors. Admission doesn't depend on a
// DataSource, because a new data source doesn't exist yet.
type Admission struct{}

var _ backend.AdmissionHandler = Admission{}

// settingsKind is the kind that Grafana gives to the settings of a data source.
// settingsVersion is the only version of this plugin's settings.
const (
	settingsKind    = "DataSourceInstanceSettings"
	settingsVersion = "v0alpha1"
)

// ValidateAdmission reports whether the settings can be saved.
func (a Admission) ValidateAdmission(ctx context.Context, req *backend.AdmissionRequest) (*backend.ValidationResponse, error) {
	warnings, err := admit(ctx, req)
	return &backend.ValidationResponse{Allowed: err == nil, Result: statusResult(err), Warnings: warnings}, nil
}

// MutateAdmission validates the settings as ValidateAdmission does. If they can be saved, it
// returns them unchanged.
func (a Admission) MutateAdmission(ctx context.Context, req *backend.AdmissionRequest) (*backend.MutationResponse, error) {
	warnings, err := admit(ctx, req)
	if err != nil {
		return &backend.MutationResponse{Result: statusResult(err)}, nil
	}
	return &backend.MutationResponse{Allowed: true, ObjectBytes: req.ObjectBytes, Warnings: warnings}, nil
}

// admit returns an error if this plugin doesn't support the request, if the settings can't be
// decoded, if settings.Load or customParams rejects them, or if their access rules or user
// packs have problems. Without an error, it returns a warning for each settings.Problem that
// Load or customParams returns. A missing URL is not an error, because Grafana saves a new
// data source before the user enters the URL.
func admit(ctx context.Context, req *backend.AdmissionRequest) (warnings []string, err error) {
	switch {
	case req.Operation == backend.AdmissionRequestDelete:
		return nil, nil
	case req.Kind.Kind != settingsKind:
		return nil, fault.New(fault.Misconfigured, "The kind %q is unknown. This plugin validates only the settings of data sources, which have the kind %s.", req.Kind.Kind, settingsKind)
	case req.Kind.Version != "" && req.Kind.Version != settingsVersion:
		return nil, fault.New(fault.Misconfigured, "The data source's settings have the version %q. This plugin supports %s.", req.Kind.Version, settingsVersion)
	}
	stored, err := backend.DataSourceInstanceSettingsFromProto(req.ObjectBytes, ID)
	if err != nil || stored == nil {
		return nil, fault.New(fault.Misconfigured, "The data source's settings could not be decoded. Save them again.").Because(err)
	}
	loaded, unused, err := settings.Load(stored.URL, stored.JSONData)
	if err != nil {
		return nil, err
	}
	_, unsent, err := customParams(loaded)
	if err != nil {
		return nil, err
	}
	for _, problem := range append(unused, unsent...) {
		warnings = append(warnings, problem.Text)
	}
	if _, problems := access.Load(loaded.Access); len(problems) > 0 {
		return warnings, accessError(problems, maxAdmissionProblems)
	}
	packs, err := builtinPacks()
	if err != nil {
		return nil, err
	}
	enabled, _ := packs.Without(loaded.DisabledPacks)
	_, problems := enabled.With(ctx, loaded.Packs)
	return warnings, packsError(problems)
}

// statusResult converts an error to Grafana's format. It returns nil if err is nil.
func statusResult(err error) *backend.StatusResult {
	if err == nil {
		return nil
	}
	// Grafana derives the status of its response from the reason, which is named as in
	// Kubernetes.
	return &backend.StatusResult{Status: "Failure", Reason: "BadRequest", Code: http.StatusBadRequest, Message: fault.As(err).Text}
}
