package plugin

import (
	"strings"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// TestAdmissionOfUnusualRequests complements tests/integration, which sends the usual requests
// over gRPC.
func TestAdmissionOfUnusualRequests(t *testing.T) {
	settings := backend.DataSourceInstanceSettings{Name: "Model Metrics", JSONData: []byte(`{}`)}
	object, err := backend.DataSourceInstanceSettingsToProtoBytes(&settings)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		req  backend.AdmissionRequest
		want string // in the error; "" if the request is allowed
	}{
		{"new data source without URL", backend.AdmissionRequest{Kind: settings.GVK(), ObjectBytes: object}, ""},
		{"deletion", backend.AdmissionRequest{Operation: backend.AdmissionRequestDelete, Kind: settings.GVK()}, ""},
		{"other kind", backend.AdmissionRequest{Kind: backend.GroupVersionKind{Kind: "AppInstanceSettings"}, ObjectBytes: object}, "AppInstanceSettings"},
		{"no object", backend.AdmissionRequest{Kind: settings.GVK()}, "could not be decoded"},
		{"invalid object", backend.AdmissionRequest{Kind: settings.GVK(), ObjectBytes: []byte{0xff, 1, 2}}, "could not be decoded"},
	} {
		t.Run(c.name, func(t *testing.T) {
			valid, err := Admission{}.ValidateAdmission(t.Context(), &c.req)
			if err != nil || valid.Allowed != (c.want == "") || !valid.Allowed && !strings.Contains(valid.Result.Message, c.want) {
				t.Errorf("%+v, %v", valid, err)
			}
			mutated, err := Admission{}.MutateAdmission(t.Context(), &c.req)
			if err != nil || mutated.Allowed != valid.Allowed || mutated.Allowed && string(mutated.ObjectBytes) != string(c.req.ObjectBytes) {
				t.Errorf("%+v, %v", mutated, err)
			}
		})
	}
}

// TestAdmissionWarnsOfUnusedSettings: a setting that isn't used is a warning and not an error,
// because queries succeed without it. TestHealthReportsUnusedSettings checks that Save & test
// reports such settings.
func TestAdmissionWarnsOfUnusedSettings(t *testing.T) {
	for data, want := range map[string]string{
		`{"timeInterval":"often"}`:                           "timeInterval",
		`{"customQueryParameters":"timeout=60s&dedup=true"}`: "contain timeout. The plugin sets these parameters itself.",
	} {
		req := admissionRequest(t, data)
		valid, err := Admission{}.ValidateAdmission(t.Context(), req)
		if err != nil || !valid.Allowed || len(valid.Warnings) != 1 || !strings.Contains(valid.Warnings[0], want) {
			t.Errorf("%s: %+v, %v", data, valid, err)
		}
		mutated, err := Admission{}.MutateAdmission(t.Context(), req)
		if err != nil || !mutated.Allowed || len(mutated.Warnings) != 1 {
			t.Errorf("%s: %+v, %v", data, mutated, err)
		}
	}
}

// TestAdmissionRejectsInvalidCustomParameters: with these settings, every query fails.
func TestAdmissionRejectsInvalidCustomParameters(t *testing.T) {
	valid, err := Admission{}.ValidateAdmission(t.Context(), admissionRequest(t, `{"customQueryParameters":"match[]=up"}`))
	if err != nil || valid.Allowed || !strings.Contains(valid.Result.Message, "match[]") {
		t.Errorf("%+v, %v", valid, err)
	}
}

func admissionRequest(t *testing.T, data string) *backend.AdmissionRequest {
	t.Helper()
	settings := backend.DataSourceInstanceSettings{Name: "Model Metrics", JSONData: []byte(data)}
	object, err := backend.DataSourceInstanceSettingsToProtoBytes(&settings)
	if err != nil {
		t.Fatal(err)
	}
	return &backend.AdmissionRequest{Kind: settings.GVK(), ObjectBytes: object}
}
