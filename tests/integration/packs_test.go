package integration

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/plugintest"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/results"
)

const (
	// validPacks adds one metric and overrides a built-in one.
	validPacks = `
pack: ours
title: Ours
owner: platform-team
metrics:
  - name: busiest_models
    title: Busiest models
    description: The three models that take most requests.
    unit: reqps
    type: gauge
    query: topk(3, sum by (__BY__) (rate(inference_requests_total{__PARAMS__}[$__rate_interval])))
    required_params: []
    optional_params: [model, tenant]
    group_by: [model]
---
pack: theirs
title: Theirs
metrics:
  - name: total_models
    title: Models with a version
    description: Models that exist, without those that were never released.
    unit: short
    type: gauge
    query: sum(total_models{__PARAMS__}) * 10
    required_params: []
    optional_params: [workspace]
`
	invalidPacks = `
pack: ours
title: Ours
metrics:
  - name: total_models
    title: Models
    description: Models that exist.
    unit: models
    type: gauge
    query: sum(rate(total_models{__PARAMS__}[5m]))
    required_params: []
    optional_params: [workspace, color]
`
)

// withPacks returns a host of the plugin for a data source with user packs.
func withPacks(t *testing.T, packs string) *host.Host {
	t.Helper()
	return plugin.WithDataSource(packSource(t, packs))
}

func packSource(t *testing.T, packs string, disabled ...string) backend.DataSourceInstanceSettings {
	t.Helper()
	source := plugintest.Source(t, server.url(), map[string]any{"packs": packs, "disabledPacks": disabled})
	// With the id and the uid of the provisioned data source, the plugin would treat this data
	// source as a new version of the provisioned one.
	source.ID, source.UID = 2, "user-packs"
	source.Updated = time.Now()
	source.APIVersion = "v0alpha1"
	return source
}

func runQuery(t *testing.T, plugin *host.Host, text string) backend.DataResponse {
	t.Helper()
	query, _, err := host.DataQuery([]byte(text), backend.TimeRange{From: now.Add(-time.Hour), To: now}, host.PanelDefaults)
	if err != nil {
		t.Fatal(err)
	}
	responses, err := plugin.QueryData(t.Context(), []backend.DataQuery{query}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return responses.Responses[query.RefID]
}

func TestUserPacksAddAndOverride(t *testing.T) {
	user := withPacks(t, validPacks)
	added := runQuery(t, user, `{"refId":"A","metric":"busiest_models","params":{"tenant":["acme","globex","initech"]},"instant":true}`)
	if added.Error != nil || len(added.Frames) == 0 {
		t.Fatalf("%+v", added)
	}
	if expr := added.Frames[0].Meta.ExecutedQueryString; !strings.Contains(expr, `tenant=~"acme|globex|initech"`) || !strings.Contains(expr, "[5m]") {
		t.Errorf("executed %s", expr)
	}
	number := func(of *host.Host) float64 {
		t.Helper()
		response := runQuery(t, of, `{"refId":"A","metric":"total_models","instant":true}`)
		if response.Error != nil {
			t.Fatal(response.Error)
		}
		answer, err := results.FromFrames(response.Frames, now)
		if err != nil {
			t.Fatal(err)
		}
		return answer.Floats["{}"][now.UnixMilli()]
	}
	if builtin, overridden := number(plugin), number(user); builtin == 0 || overridden != builtin*10 {
		t.Errorf("the built-in metric is %g, the overriding one %g", builtin, overridden)
	}
	if health, err := user.CheckHealth(t.Context()); err != nil || health.Status != backend.HealthStatusOk {
		t.Errorf("%+v, %v", health, err)
	}
}

// A query fails if its metric belongs to an invalid user pack, even if a built-in metric
// has the same name. Other metrics still work.
func TestInvalidUserPackDisablesOnlyItsMetrics(t *testing.T) {
	user := withPacks(t, invalidPacks)
	if r := runQuery(t, user, `{"refId":"A","metric":"total_models","instant":true}`); r.Error == nil || r.Status != backend.StatusBadRequest || !strings.Contains(r.Error.Error(), "pack ours") {
		t.Errorf("total_models: status %d, %v", r.Status, r.Error)
	}
	for _, text := range []string{`{"refId":"A","metric":"total_deployments","instant":true}`, `{"refId":"A","expr":"sum(total_models)","instant":true}`} {
		if r := runQuery(t, user, text); r.Error != nil || len(r.Frames) == 0 {
			t.Errorf("%s: %v", text, r.Error)
		}
	}
}

// A query fails if its metric belongs to a disabled pack. This also applies to variables. A
// metric that a user pack redefines still works. The metrics of other packs still work too,
// even if their queries read the families of the disabled pack.
func TestDisabledPackDisablesItsMetrics(t *testing.T) {
	source := packSource(t, validPacks, "tango", "inference", "bakery")
	user := plugin.WithDataSource(source)
	for _, text := range []string{
		`{"refId":"A","metric":"total_deployments","instant":true}`,
		`{"refId":"A","queryType":"paramValues","metric":"total_deployments","param":"workspace"}`,
	} {
		if r := runQuery(t, user, text); r.Error == nil || r.Status != backend.StatusBadRequest || !strings.Contains(r.Error.Error(), "belongs to the pack tango, which is disabled for this data source") {
			t.Errorf("%s: status %d, %v", text, r.Status, r.Error)
		}
	}
	for _, metric := range []string{"total_models", "busiest_models", "lango_component_health"} {
		if r := runQuery(t, user, `{"refId":"A","metric":"`+metric+`","instant":true}`); r.Error != nil || len(r.Frames) == 0 {
			t.Errorf("%s: %v", metric, r.Error)
		}
	}

	health, err := user.CheckHealth(t.Context())
	if err != nil || health.Status != backend.HealthStatusOk {
		t.Fatalf("%+v, %v", health, err)
	}
	for _, want := range []string{`"method":"POST"`, `"exemplars":true`, `"language":"PromQL"`, `"disabledPacks":[{"name":"inference"`, `"unknownPacks":["bakery"]`} {
		if !strings.Contains(string(health.JSONDetails), want) {
			t.Errorf("Save & test lacks %s: %s", want, health.JSONDetails)
		}
	}
	if _, rejected, err := user.Admit(t.Context(), source); err != nil || rejected != nil {
		t.Errorf("Admit rejects the settings: %+v, %v", rejected, err)
	}
}

// Grafana can validate settings before it saves them. It then gets the message that Save &
// test shows.
func TestAdmitAndHealthReportSameProblems(t *testing.T) {
	user := withPacks(t, invalidPacks)
	health, err := user.CheckHealth(t.Context())
	if err != nil || health.Status != backend.HealthStatusError {
		t.Fatalf("%+v, %v", health, err)
	}
	var details struct{ VerboseMessage string }
	if err := json.Unmarshal(health.JSONDetails, &details); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"line 8, total_models, unit", "line 10, total_models, query: The argument of rate() must be a counter", "line 10, total_models, query: total_models has no label color"} {
		if !strings.Contains(details.VerboseMessage, want) {
			t.Errorf("Save & test lacks %q:\n%s", want, details.VerboseMessage)
		}
	}
	_, rejected, err := user.Admit(t.Context(), packSource(t, invalidPacks))
	if err != nil || rejected == nil || rejected.Code != 400 || rejected.Message != health.Message {
		t.Errorf("Admit returns %+v, %v; Save & test returns %s", rejected, err, health.Message)
	}

	source := packSource(t, validPacks)
	saved, rejected, err := user.Admit(t.Context(), source)
	if err != nil || rejected != nil || string(saved.JSONData) != string(source.JSONData) || saved.URL != source.URL {
		t.Errorf("valid packs: %+v, %v, %+v", rejected, err, saved)
	}
}

func TestAdmitRejectsInvalidSettings(t *testing.T) {
	source := packSource(t, "")
	for _, c := range []struct {
		name, data, version, want string
	}{
		{"packs of the wrong type", `{"packs":1}`, "v0alpha1", "must be keys with values"},
		{"invalid JSON", `{`, "v0alpha1", "not a JSON object"},
		{"unsupported version", `{}`, "v9", "v9"},
	} {
		t.Run(c.name, func(t *testing.T) {
			source := source
			source.JSONData, source.APIVersion = []byte(c.data), c.version
			if _, rejected, err := plugin.Admit(t.Context(), source); err != nil || rejected == nil || !strings.Contains(rejected.Message, c.want) {
				t.Errorf("%+v, %v", rejected, err)
			}
		})
	}
}
