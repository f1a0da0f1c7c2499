package host

import (
	"context"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// Admit asks the plugin, as Grafana does before it saves a data source, whether
// these settings may be: first to validate them, then to put them into the form
// in which they are saved, which is returned. A refusal has a result and no
// settings.
func (h *Host) Admit(ctx context.Context, source backend.DataSourceInstanceSettings) (*backend.DataSourceInstanceSettings, *backend.StatusResult, error) {
	object, err := backend.DataSourceInstanceSettingsToProtoBytes(&source)
	if err != nil {
		return nil, nil, err
	}
	asked := backend.ToProto().AdmissionRequest(&backend.AdmissionRequest{
		PluginContext: h.pluginContext(admin),
		Operation:     backend.AdmissionRequestUpdate,
		Kind:          source.GVK(),
		ObjectBytes:   object,
	})
	valid, err := h.admission.ValidateAdmission(ctx, asked)
	if err != nil {
		return nil, nil, h.lost("validate admission", err)
	}
	if verdict := backend.FromProto().ValidationResponse(valid); !verdict.Allowed {
		return nil, verdict.Result, nil
	}
	mutated, err := h.admission.MutateAdmission(ctx, asked)
	if err != nil {
		return nil, nil, h.lost("mutate admission", err)
	}
	verdict := backend.FromProto().MutationResponse(mutated)
	if !verdict.Allowed {
		return nil, verdict.Result, nil
	}
	saved, err := backend.DataSourceInstanceSettingsFromProto(verdict.ObjectBytes, PluginID)
	return saved, nil, err
}
