package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prometheus/common/model"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/fleet/incident"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/provision"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/simulation"
)

// describeIncidents returns a text about the incidents with these comma-separated names: what
// each of them affects, the alerts that follow, and the dashboards of these alerts. link returns
// where the user finds a dashboard. wait replaces the for of the alert rules unless it is empty.
func describeIncidents(names, wait string, set *provision.Set, link func(provision.Dashboard) string) (string, error) {
	incidents, err := incident.Find(names)
	if err != nil {
		return "", err
	}
	var text strings.Builder
	for _, i := range incidents {
		alerts, dashboards, err := followingAlerts(i, wait, set)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&text, "Incident %s, for %s: %s\n", i.Name, model.Duration(i.Begins), i.Title)
		for _, d := range dashboards {
			fmt.Fprintf(&text, "  Open    %s: %s\n", d.Title, link(d))
		}
		fmt.Fprintf(&text, "  Alerts  %s\n", strings.Join(alerts, "\n          "))
		if len(i.Blanks) > 0 {
			fmt.Fprintf(&text, "  No data in the panels %s\n", strings.Join(i.Blanks, ", "))
		}
	}
	return text.String(), nil
}

// followingAlerts returns the alerts that follow an incident, each with the time that its
// condition must be met before it fires, and the dashboards with the panels of these alerts.
func followingAlerts(i *simulation.Incident, wait string, set *provision.Set) (alerts []string, dashboards []provision.Dashboard, err error) {
	for _, title := range i.Raises {
		rule, ok := set.Rule(title)
		if !ok {
			return nil, nil, fmt.Errorf("the incident %s raises the alert %s, which isn't provisioned", i.Name, title)
		}
		after := wait
		if after == "" {
			after = model.Duration(rule.For).String()
		}
		after = "fires after " + after
		if after == "fires after 0s" {
			after = "fires immediately"
		}
		uid, id, err := rule.Panel()
		if err != nil {
			return nil, nil, err
		}
		dashboard, ok := set.Dashboard(uid)
		if !ok {
			alerts = append(alerts, fmt.Sprintf("%s %s", title, after))
			continue
		}
		panel, _ := dashboard.Panel(id) // provision.Read checks that it exists
		alerts = append(alerts, fmt.Sprintf("%s %s: panel %s", title, after, panel.Title))
		if !slices.ContainsFunc(dashboards, func(d provision.Dashboard) bool { return d.UID == uid }) {
			dashboards = append(dashboards, dashboard)
		}
	}
	return alerts, dashboards, nil
}
