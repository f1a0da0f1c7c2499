package alerts

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/template"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/provisioning/rules"
)

const provisionedDir = "../../provisioning/alerting"

// TestDescriptionsInGrafana renders the texts of each rule as Grafana does: with a value that
// raises the alert, and with the empty map of values that Grafana uses if the query has never had
// data. A rule that fires because its data ended has the texts of the last value before. If a description can't be rendered, Grafana shows the template and logs an error
// at each evaluation.
func TestDescriptionsInGrafana(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(provisionedDir, "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no provisioned rules in %s: %v", provisionedDir, err)
	}
	for _, file := range files {
		for _, rule := range rulesIn(t, file) {
			t.Run(rule.Title, func(t *testing.T) {
				if rule.ExecErrState == "Alerting" {
					return // the description is a text without a template
				}
				summary, description := rule.Annotations["summary"], rule.Annotations["description"]
				fires := map[string]value{"A": {0.5}, "C": {1}}
				if got := render(t, summary, fires) + render(t, description, fires); strings.Contains(got, "no data") || strings.Contains(got, "has no value") {
					t.Errorf("with a value that raises the alert: %q", got)
				}
				if rule.NoDataState == "Alerting" {
					ok := map[string]value{"A": {0.5}, "C": {0}}
					got, want := render(t, summary, ok)+" "+render(t, description, ok), rule.Title+" has no data, or has ended. The last value of "
					if !strings.HasPrefix(got, want) {
						t.Errorf("after a value that raises no alert: %q, want the prefix %q", got, want)
					}
				}
				without := render(t, description, nil)
				if want := rule.Data[0].Model.Metric + " has no value. Check that Prometheus scrapes "; !strings.HasPrefix(without, want) {
					t.Errorf("without a value: %q, want the prefix %q", without, want)
				}
			})
		}
	}
}

// value is the value of a query in Grafana's templates.
type value struct{ Value float64 }

func render(t *testing.T, text string, values map[string]value) string {
	t.Helper()
	const declared = "{{ $labels := .Labels }}{{ $values := .Values }}" // Grafana adds these declarations
	data := map[string]any{"Labels": map[string]string{}, "Values": values}
	// Grafana sets this option. By default, Prometheus replaces a missing key with zero.
	options := []string{"missingkey=invalid"}
	got, err := template.NewTemplateExpander(t.Context(), declared+text, "description", data, model.Now(), nil, &url.URL{}, options).Expand()
	if err != nil {
		t.Error(err)
	}
	return got
}

func rulesIn(t *testing.T, file string) (all []rules.Rule) {
	t.Helper()
	text, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = text.Close() }()
	read, err := rules.Read(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, group := range read.Groups {
		all = append(all, group.Rules...)
	}
	return all
}
