package host

import (
	"context"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// Admit sends settings to the plugin as Grafana does before it saves a data source: first
// for validation, then for conversion into the saved form. Admit returns the converted
// settings, or the plugin's status result if the plugin rejects the settings.
func (h *Host) Admit(ctx context.Context, source backend.DataSourceInstanceSettings) (*backend.DataSourceInstanceSettings, *backend.StatusResult, error) {
	object, err := backend.DataSourceInstanceSettingsToProtoBytes(&source)
	if err != nil {
		return nil, nil, err
	}
	request := backend.ToProto().AdmissionRequest(&backend.AdmissionRequest{
		PluginContext: h.pluginContext(admin),
		Operation:     backend.AdmissionRequestUpdate,
		Kind:          source.GVK(),
		ObjectBytes:   object,
	})
	valid, err := h.admission.ValidateAdmission(ctx, request)
	if err != nil {
		return nil, nil, h.callError("validate admission", err)
	}
	if verdict := backend.FromProto().ValidationResponse(valid); !verdict.Allowed {
		return nil, verdict.Result, nil
	}
	mutated, err := h.admission.MutateAdmission(ctx, request)
	if err != nil {
		return nil, nil, h.callError("mutate admission", err)
	}
	verdict := backend.FromProto().MutationResponse(mutated)
	if !verdict.Allowed {
		return nil, verdict.Result, nil
	}
	saved, err := backend.DataSourceInstanceSettingsFromProto(verdict.ObjectBytes, PluginID)
	return saved, nil, err
}
