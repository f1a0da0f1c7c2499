package plugin

import (
	"context"
	"net/http"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/settings"
)

// Admission looks at a data source's settings before Grafana saves them, where a
// Grafana asks (11.1 and newer, for settings that carry an API version). It
// refuses what Save & test would only complain about afterwards. It needs no
// data source: one that is about to be created isn't there yet.
type Admission struct{}

var _ backend.AdmissionHandler = Admission{}

// settingsKind and settingsVersion are what Grafana calls a data source's
// settings, and the one version of ours there has been.
const (
	settingsKind    = "DataSourceInstanceSettings"
	settingsVersion = "v0alpha1"
)

// ValidateAdmission says whether the settings can be saved.
func (a Admission) ValidateAdmission(ctx context.Context, req *backend.AdmissionRequest) (*backend.ValidationResponse, error) {
	warnings, err := admit(ctx, req)
	return &backend.ValidationResponse{Allowed: err == nil, Result: refusal(err), Warnings: warnings}, nil
}

// MutateAdmission says the same, and hands the settings back as they came.
func (a Admission) MutateAdmission(ctx context.Context, req *backend.AdmissionRequest) (*backend.MutationResponse, error) {
	warnings, err := admit(ctx, req)
	if err != nil {
		return &backend.MutationResponse{Result: refusal(err)}, nil
	}
	return &backend.MutationResponse{Allowed: true, ObjectBytes: req.ObjectBytes, Warnings: warnings}, nil
}

// admit refuses settings that can't work and own packs with problems, and warns
// of settings that aren't used as they are. A
// missing URL is no reason: Grafana saves a new data source before anybody has
// filled it in.
func admit(ctx context.Context, req *backend.AdmissionRequest) (warnings []string, err error) {
	switch {
	case req.Operation == backend.AdmissionRequestDelete:
		return nil, nil
	case req.Kind.Kind != settingsKind:
		return nil, fault.New(fault.Misconfigured, "This plugin has settings of data sources, and no %q.", req.Kind.Kind)
	case req.Kind.Version != "" && req.Kind.Version != settingsVersion:
		return nil, fault.New(fault.Misconfigured, "The data source's settings are of version %q: this plugin knows %s.", req.Kind.Version, settingsVersion)
	}
	stored, err := backend.DataSourceInstanceSettingsFromProto(req.ObjectBytes, ID)
	if err != nil || stored == nil {
		return nil, fault.New(fault.Misconfigured, "The data source's settings could not be read.").Because(err)
	}
	loaded, wrong, err := settings.Load(stored.URL, stored.JSONData)
	if err != nil {
		return nil, err
	}
	for _, problem := range wrong {
		warnings = append(warnings, problem.Text)
	}
	shipped, err := builtin()
	if err != nil {
		return nil, err
	}
	on, _ := shipped.Without(loaded.DisabledPacks)
	_, problems := on.With(ctx, loaded.Packs)
	return warnings, ownPacks(problems)
}

// refusal is an error in the form that Grafana shows; nil for none.
func refusal(err error) *backend.StatusResult {
	if err == nil {
		return nil
	}
	// Grafana takes the status of its own answer from the reason, a name as in Kubernetes.
	return &backend.StatusResult{Status: "Failure", Reason: "BadRequest", Code: http.StatusBadRequest, Message: fault.As(err).Text}
}
