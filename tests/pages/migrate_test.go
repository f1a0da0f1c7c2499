package pages

import (
	"regexp"
	"strings"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/snippets"
)

// prometheusSettings is the jsonData of a Prometheus data source that has every setting of Grafana
// 12.4, except for those that docs/migrate.md lists as different or as not supported.
var prometheusSettings = settings{
	"tlsAuth": false, "tlsAuthWithCACert": false, "tlsSkipVerify": true, "serverName": "prometheus.example.org", "oauthPassThru": false,
	"keepCookies": []string{"session"}, "httpHeaderName1": "X-Scope-OrgID", "sigV4Auth": false,
	"timeout": 60, "timeInterval": "30s", "queryTimeout": "60s", "httpMethod": "POST", "customQueryParameters": "dedup=true",
	"exemplarTraceIdDestinations": []settings{{"name": "trace_id", "datasourceUid": "tempo", "urlDisplayLabel": "Trace"}},
	"prometheusType":              "Mimir", "prometheusVersion": "2.9.1", "cacheLevel": "High",
	"incrementalQuerying": true, "incrementalQueryOverlapWindow": "10m", "disableMetricsLookup": true,
	"defaultEditor": "builder", "seriesEndpoint": true, "manageAlerts": true, "allowAsRecordingRulesTarget": true, "disableRecordingRules": false,
}

// TestFieldsOfPrometheusDataSource checks that the plugin accepts the settings of a Prometheus data
// source, and that docs/migrate.md lists each of them.
func TestFieldsOfPrometheusDataSource(t *testing.T) {
	p := start(t)
	if problem := p.with(t, p.prometheus, prometheusSettings).health(t); problem != "" {
		t.Error(problem)
	}
	_, page := snippets.Read(t, root, "docs/migrate.md")
	_, table, _ := strings.Cut(page, "| setting | jsonData |")
	table, _, _ = strings.Cut(table, "\n\n")
	listed := map[string]bool{}
	for _, match := range regexp.MustCompile("`([a-z]\\w+)`").FindAllStringSubmatch(table, -1) {
		listed[match[1]] = true
	}
	for name := range prometheusSettings {
		if !listed[name] {
			t.Errorf("docs/migrate.md doesn't list %s", name)
		}
	}
	delete(listed, "seriesLimit") // has another meaning
	for name := range listed {
		if _, ok := prometheusSettings[name]; !ok && name != "step" && name != "prometheus" {
			t.Errorf("docs/migrate.md lists %s, which no test sets", name)
		}
	}
}

// TestMigratedFile checks that the plugin accepts the data source of a provisioning file in which only
// the type, the name and the uid were changed.
func TestMigratedFile(t *testing.T) {
	p := start(t)
	blocks, _ := snippets.Read(t, root, "docs/migrate.md")
	source := provisioned(t, blocks[0].Text, nil)
	source.URL = p.prometheus
	stored, err := host.Settings(source)
	if err != nil {
		t.Fatal(err)
	}
	if problem := (plugin{p.WithDataSource(stored), ""}).health(t); problem != "" {
		t.Error(problem)
	}
}
