package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
)

// TestRedLinesHaveAlerts requires, for each metric of a panel with a red threshold, an alert on
// the metric, the names of other alerts in alerted_by, or a reason in not_alerted.
func TestRedLinesHaveAlerts(t *testing.T) {
	from := builtin(t)
	for _, problem := range redLineProblems(from.Catalog) {
		t.Error(problem)
	}
}

func redLineProblems(c *catalog.Catalog) []string {
	alerts, alerted := map[string]bool{}, map[string]bool{}
	for _, pack := range c.Packs() {
		for _, alert := range pack.Alerts {
			alerts[alert.Name], alerted[alert.Metric] = true, true
		}
	}
	var problems []string
	for _, pack := range c.Packs() {
		for _, metric := range pack.Metrics {
			for _, name := range metric.AlertedBy {
				if !alerts[name] {
					problems = append(problems, fmt.Sprintf("%s: alerted_by contains %s, which is not an alert", metric.Name, name))
				}
			}
			explained := len(metric.AlertedBy) > 0 || metric.NotAlerted != ""
			switch {
			case !isRed(metric) && explained:
				problems = append(problems, metric.Name+": alerted_by and not_alerted are for metrics with a red threshold")
			case alerted[metric.Name] && metric.NotAlerted != "":
				problems = append(problems, metric.Name+": the metric has an alert, and a reason to have none")
			case len(metric.AlertedBy) > 0 && metric.NotAlerted != "":
				problems = append(problems, metric.Name+": set either alerted_by or not_alerted")
			}
		}
		for _, dashboard := range pack.Dashboards {
			for _, row := range dashboard.Rows {
				for _, panel := range row.Panels {
					names := []string{panel.Metric}
					for _, other := range panel.And {
						names = append(names, other.Metric)
					}
					for _, name := range names {
						metric := c.Lookup(name)
						if metric != nil && isRed(metric) && !alerted[name] && len(metric.AlertedBy) == 0 && metric.NotAlerted == "" {
							problems = append(problems, fmt.Sprintf("%s, panel %d: %s has a red threshold and no alert; add an alert, alerted_by or not_alerted", dashboard.UID, panel.ID, name))
						}
					}
				}
			}
		}
	}
	return problems
}

func isRed(metric *catalog.Metric) bool {
	return slices.ContainsFunc(metric.Thresholds, func(t catalog.Threshold) bool { return strings.Contains(t.Color, "red") })
}

func TestRedLineProblems(t *testing.T) {
	beforeAlerts, _, _ := strings.Cut(watched, "alerts:")
	_, afterAlerts, _ := strings.Cut(watched, "dashboards:")
	withoutAlerts := beforeAlerts + "dashboards:" + afterAlerts
	red := "thresholds: [{value: 20, color: red}]"
	for name, c := range map[string]struct{ pack, want string }{
		"an alert on the metric": {watched, ""},
		"no alert":               {withoutAlerts, "p-overview, panel 4: p_rate has a red threshold and no alert"},
		"a reason":               {strings.Replace(withoutAlerts, red, red+"\n    not_alerted: It is harmless.", 1), ""},
		"an unknown alert":       {strings.Replace(withoutAlerts, red, red+"\n    alerted_by: [PGone]", 1), "p_rate: alerted_by contains PGone, which is not an alert"},
		"a reason too many":      {strings.Replace(watched, red, red+"\n    not_alerted: It is harmless.", 1), "p_rate: the metric has an alert, and a reason to have none"},
		"nothing red":            {strings.Replace(withoutAlerts, red, "not_alerted: It is harmless.", 1), "p_rate: alerted_by and not_alerted are for metrics with a red threshold"},
	} {
		t.Run(name, func(t *testing.T) {
			got := strings.Join(redLineProblems(sourcesOf(t, c.pack).Catalog), "\n")
			if (c.want == "") != (got == "") || !strings.Contains(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
