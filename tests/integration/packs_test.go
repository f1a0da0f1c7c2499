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
	// soundPacks adds one metric and overrides a built-in one.
	soundPacks = `
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
	faultyPacks = `
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
    optional_params: [workspace, colour]
`
)

// withPacks is the plugin seen through a data source with packs of its own.
func withPacks(t *testing.T, packs string) *host.Host {
	t.Helper()
	return plugin.WithDataSource(packSource(t, packs))
}

func packSource(t *testing.T, packs string, off ...string) backend.DataSourceInstanceSettings {
	t.Helper()
	source := plugintest.Source(t, server.url(), map[string]any{"packs": packs, "disabledPacks": off})
	// Its own id, or the plugin would take it for another version of the provisioned one.
	source.ID, source.UID = 2, "own-packs"
	source.Updated = time.Now()
	source.APIVersion = "v0alpha1"
	return source
}

func askOne(t *testing.T, of *host.Host, text string) backend.DataResponse {
	t.Helper()
	query, _, err := host.DataQuery([]byte(text), backend.TimeRange{From: now.Add(-time.Hour), To: now}, host.PanelDefaults)
	if err != nil {
		t.Fatal(err)
	}
	responses, err := of.QueryData(t.Context(), []backend.DataQuery{query}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return responses.Responses[query.RefID]
}

func TestOwnPacksAddAndOverride(t *testing.T) {
	own := withPacks(t, soundPacks)
	added := askOne(t, own, `{"refId":"A","metric":"busiest_models","params":{"tenant":["acme","globex","initech"]},"instant":true}`)
	if added.Error != nil || len(added.Frames) == 0 {
		t.Fatalf("%+v", added)
	}
	if expr := added.Frames[0].Meta.ExecutedQueryString; !strings.Contains(expr, `tenant=~"acme|globex|initech"`) || !strings.Contains(expr, "[5m]") {
		t.Errorf("executed %s", expr)
	}
	number := func(of *host.Host) float64 {
		t.Helper()
		response := askOne(t, of, `{"refId":"A","metric":"total_models","instant":true}`)
		if response.Error != nil {
			t.Fatal(response.Error)
		}
		answer, err := results.FromFrames(response.Frames, now)
		if err != nil {
			t.Fatal(err)
		}
		return answer.Floats["{}"][now.UnixMilli()]
	}
	if theirs, ours := number(plugin), number(own); theirs == 0 || ours != theirs*10 {
		t.Errorf("the built-in metric is %g, the overriding one %g", theirs, ours)
	}
	if health, err := own.CheckHealth(t.Context()); err != nil || health.Status != backend.HealthStatusOk {
		t.Errorf("%+v, %v", health, err)
	}
}

// TestAFaultyOwnPackFailsUnderItsNamesOnly: the overridden metric must not
// quietly mean what the built-in one means; everything else goes on.
func TestAFaultyOwnPackFailsUnderItsNamesOnly(t *testing.T) {
	own := withPacks(t, faultyPacks)
	if r := askOne(t, own, `{"refId":"A","metric":"total_models","instant":true}`); r.Error == nil || r.Status != backend.StatusBadRequest || !strings.Contains(r.Error.Error(), "pack ours") {
		t.Errorf("total_models: status %d, %v", r.Status, r.Error)
	}
	for _, text := range []string{`{"refId":"A","metric":"total_deployments","instant":true}`, `{"refId":"A","expr":"sum(total_models)","instant":true}`} {
		if r := askOne(t, own, text); r.Error != nil || len(r.Frames) == 0 {
			t.Errorf("%s: %v", text, r.Error)
		}
	}
}

// TestAPackThatIsTurnedOffAnswersOwnMetricsOnly: one of its metrics fails and says
// why, also as a variable; one that an own pack defines anew, or that reads its
// families, is answered.
func TestAPackThatIsTurnedOffAnswersOwnMetricsOnly(t *testing.T) {
	source := packSource(t, soundPacks, "tango", "inference", "bakery")
	own := plugin.WithDataSource(source)
	for _, text := range []string{
		`{"refId":"A","metric":"total_deployments","instant":true}`,
		`{"refId":"A","queryType":"paramValues","metric":"total_deployments","param":"workspace"}`,
	} {
		if r := askOne(t, own, text); r.Error == nil || r.Status != backend.StatusBadRequest || !strings.Contains(r.Error.Error(), "in the pack tango, which is turned off for this data source") {
			t.Errorf("%s: status %d, %v", text, r.Status, r.Error)
		}
	}
	for _, metric := range []string{"total_models", "busiest_models", "lango_component_health"} {
		if r := askOne(t, own, `{"refId":"A","metric":"`+metric+`","instant":true}`); r.Error != nil || len(r.Frames) == 0 {
			t.Errorf("%s: %v", metric, r.Error)
		}
	}

	health, err := own.CheckHealth(t.Context())
	if err != nil || health.Status != backend.HealthStatusOk {
		t.Fatalf("%+v, %v", health, err)
	}
	for _, says := range []string{`"method":"POST"`, `"exemplars":true`, `"language":"PromQL"`, `"disabledPacks":[{"name":"inference"`, `"unknownPacks":["bakery"]`} {
		if !strings.Contains(string(health.JSONDetails), says) {
			t.Errorf("Save & test doesn't say %s: %s", says, health.JSONDetails)
		}
	}
	if _, refused, err := own.Admit(t.Context(), source); err != nil || refused != nil {
		t.Errorf("asked before saving, the plugin refuses: %+v, %v", refused, err)
	}
}

// TestTheSameVerdictBeforeAndAfterSaving: what Save & test says of faulty packs is
// what a Grafana that asks before saving is told, over gRPC.
func TestTheSameVerdictBeforeAndAfterSaving(t *testing.T) {
	own := withPacks(t, faultyPacks)
	health, err := own.CheckHealth(t.Context())
	if err != nil || health.Status != backend.HealthStatusError {
		t.Fatalf("%+v, %v", health, err)
	}
	var details struct{ VerboseMessage string }
	if err := json.Unmarshal(health.JSONDetails, &details); err != nil {
		t.Fatal(err)
	}
	for _, says := range []string{"line 8, total_models, unit", "line 10, total_models, query: rate() takes a counter", "line 10, total_models, query: total_models has no label colour"} {
		if !strings.Contains(details.VerboseMessage, says) {
			t.Errorf("Save & test doesn't say %q:\n%s", says, details.VerboseMessage)
		}
	}
	_, refused, err := own.Admit(t.Context(), packSource(t, faultyPacks))
	if err != nil || refused == nil || refused.Code != 400 || refused.Message != health.Message {
		t.Errorf("asked before saving, the plugin says %+v, %v; Save & test says %s", refused, err, health.Message)
	}

	source := packSource(t, soundPacks)
	saved, refused, err := own.Admit(t.Context(), source)
	if err != nil || refused != nil || string(saved.JSONData) != string(source.JSONData) || saved.URL != source.URL {
		t.Errorf("sound packs: %+v, %v, %+v", refused, err, saved)
	}
}

func TestSettingsThatCannotBeReadAreRefusedBeforeSaving(t *testing.T) {
	source := packSource(t, "")
	for _, c := range []struct {
		name, data, version, says string
	}{
		{"packs of a wrong type", `{"packs":1}`, "v0alpha1", "must be a group of keys with values"},
		{"no JSON", `{`, "v0alpha1", "not a JSON object"},
		{"a version that is to come", `{}`, "v9", "v9"},
	} {
		t.Run(c.name, func(t *testing.T) {
			source := source
			source.JSONData, source.APIVersion = []byte(c.data), c.version
			if _, refused, err := plugin.Admit(t.Context(), source); err != nil || refused == nil || !strings.Contains(refused.Message, c.says) {
				t.Errorf("%+v, %v", refused, err)
			}
		})
	}
}
