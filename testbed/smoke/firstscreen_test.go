package smoke

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"
)

func TestFirstScreen(t *testing.T) {
	const (
		list   = `{"type": "alertlist", "gridPos": {"y": 8}, "options": {"showInstances": true}}`
		config = `"fieldConfig": {"defaults": {"thresholds": {"steps": [{"value": null, "color": "green"}, {"value": 5, "color": "red"}]},
		  "mappings": [{"type": "special", "options": {"match": "null"}}, {"type": "value", "options": {"-1": {"color": "dark-red"}, "8": {"color": "green"}}}]}},
		  "targets": [{"refId": "A", "datasource": {"uid": "metrics"}, "metric": "rate"}]`
	)
	stat := func(y string) string {
		return `{"id": 1, "type": "stat", "title": "Rate", "gridPos": {"y": ` + y + `}, ` + config + `}`
	}
	for _, test := range []struct {
		name     string
		panels   string
		value    float64
		culprits []string
		reason   string // of the failure; empty if the screen passes
	}{
		{"a red value", stat("15") + "," + list, 6, []string{"web", "Rate"}, ""},
		{"a red value of a mapping", stat("15") + "," + list, -1, []string{"Rate"}, ""},
		{"the label of an alert", stat("15") + "," + list, 1, []string{"job=a"}, ""},
		{"no culprit", stat("15") + "," + list, 1, nil, ""},
		{"a green value", stat("15") + "," + list, 1, []string{"Rate"}, "none of [Rate] in red, but [alert {job=a}]"},
		{"a green value of a mapping", stat("15") + "," + list, 8, []string{"Rate"}, "none of [Rate] in red"},
		{"another culprit", stat("15") + "," + list, 6, []string{"web"}, "none of [web] in red"},
		{"below the first screen", stat("16") + "," + list, 6, []string{"Rate"}, "none of [Rate] in red"},
		{"a graph", strings.Replace(stat("15"), "stat", "timeseries", 1) + "," + list, 6, []string{"Rate"}, "none of [Rate] in red"},
		{"a list without labels", stat("15") + "," + strings.Replace(list, "true", "false", 1), 1, []string{"job=a"}, "none of [job=a] in red"},
		{"a list below the first screen", stat("15") + "," + strings.Replace(list, "8", "16", 1), 6, []string{"Rate"}, "no list of alerts"},
		{"no list", stat("15"), 6, []string{"Rate"}, "no list of alerts"},
	} {
		t.Run(test.name, func(t *testing.T) {
			set := provisioned(t)
			set.Groups[0].Rules[0].DashboardUID, set.Groups[0].Rules[0].PanelID = "overview", 1
			set.Dashboards[0].Panels = nil
			if err := json.Unmarshal([]byte("["+test.panels+"]"), &set.Dashboards[0].Panels); err != nil {
				t.Fatal(err)
			}
			p := healthy()
			maps.Copy(p, plugin{"rate": series(test.value), "alerted": number(7)})
			verdicts, err := Run(t.Context(), Options{Plugin: p, Set: set, Now: now, Raises: []string{"Slow"}, Culprits: test.culprits})
			if err != nil {
				t.Fatal(err)
			}
			var found []Verdict
			for _, v := range verdicts {
				if v.Kind == KindScreen {
					found = append(found, v)
				}
			}
			if len(found) != 1 || found[0].Where != "overview" || found[0].Passed() != (test.reason == "") || !strings.Contains(found[0].Reason, test.reason) {
				t.Errorf("got %+v", found)
			}
		})
	}
	// Without an incident, no dashboard has to show anything in red.
	verdicts, err := Run(t.Context(), Options{Plugin: healthy(), Set: provisioned(t), Now: now})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range verdicts {
		if v.Kind == KindScreen {
			t.Errorf("got %+v", v)
		}
	}
}
