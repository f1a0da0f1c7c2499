package provision

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/prometheus/common/model"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/provisioning/rules"
)

// RuleGroup is a group of alert rules that are evaluated together.
type RuleGroup struct {
	File     string
	Name     string
	Folder   string
	Interval time.Duration
	Rules    []Rule
}

// Rule is one alert rule.
type Rule struct {
	rules.Rule
	For time.Duration // Rule.For, parsed
}

// Panel returns the panel that the rule refers to: the uid of its dashboard, and the id of
// the panel. The uid is empty for a rule without a panel. The annotations __dashboardUid__
// and __panelId__ take precedence over the fields. One annotation without the other is an
// error, and so are annotations that differ from the fields if dashboardUid is set.
func (r Rule) Panel() (uid string, id int, err error) {
	uid, hasUID := r.Annotations["__dashboardUid__"]
	panel, hasPanel := r.Annotations["__panelId__"]
	if hasUID != hasPanel {
		return "", 0, errors.New("annotations: only one of __dashboardUid__ and __panelId__ is set; set both or none")
	}
	if !hasUID {
		return r.DashboardUID, int(r.PanelID), nil
	}
	id, err = strconv.Atoi(panel)
	if err != nil {
		return "", 0, fmt.Errorf("annotations: __panelId__: %q is not a number", panel)
	}
	if r.DashboardUID != "" && (r.DashboardUID != uid || int(r.PanelID) != id) {
		return "", 0, errors.New("dashboardUid, panelId: the values differ from the annotations __dashboardUid__ and __panelId__")
	}
	return uid, id, nil
}

func readGroups(dir string, env Env) ([]RuleGroup, error) {
	files, err := yamlFiles(dir)
	if err != nil {
		return nil, err
	}
	var all []RuleGroup
	var errs []error
	for _, file := range files {
		var content rules.File
		if err := decodeStrict(file, &content); err != nil {
			errs = append(errs, err)
			continue
		}
		e := &expander{file: file, env: env}
		for _, g := range content.Groups {
			expandGroup(e, &g)
			group, err := parseGroup(file, g)
			all, errs = append(all, group), append(errs, err)
		}
		errs = append(errs, checkAPIVersion(file, content.APIVersion), e.err())
	}
	return all, errors.Join(errs...)
}

// expandGroup expands the environment variables in the texts of a group and its rules. As in
// Grafana, it expands neither the annotations of a rule nor the field model of its queries.
func expandGroup(e *expander, g *rules.Group) {
	e.text("group name", &g.Name)
	e.text("group folder", &g.Folder)
	e.text("group interval", &g.Interval)
	for i := range g.Rules {
		r := &g.Rules[i]
		key := fmt.Sprintf("rule %q: ", r.Title)
		e.text(key+"uid", &r.UID)
		e.text(key+"title", &r.Title)
		e.text(key+"condition", &r.Condition)
		e.text(key+"for", &r.For)
		e.text(key+"noDataState", &r.NoDataState)
		e.text(key+"execErrState", &r.ExecErrState)
		e.text(key+"dashboardUid", &r.DashboardUID)
		for name, value := range r.Labels {
			e.text(key+"labels."+name, &value)
			r.Labels[name] = value
		}
		for j := range r.Data {
			e.text(key+"data.refId", &r.Data[j].RefID)
			e.text(key+"data.datasourceUid", &r.Data[j].DatasourceUID)
		}
	}
}

// parseGroup parses `interval` and `for`, which are durations in Prometheus's format, such as
// 1m or 2h30m.
func parseGroup(file string, g rules.Group) (RuleGroup, error) {
	group := RuleGroup{File: file, Name: g.Name, Folder: g.Folder}
	interval, err := model.ParseDuration(g.Interval)
	if err != nil {
		return group, fmt.Errorf("%s: group %q: interval: %w", file, g.Name, err)
	}
	group.Interval = time.Duration(interval)
	var errs []error
	for _, r := range g.Rules {
		wait, err := model.ParseDuration(r.For)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: rule %q: for: %w", file, r.Title, err))
		}
		group.Rules = append(group.Rules, Rule{Rule: r, For: time.Duration(wait)})
	}
	return group, errors.Join(errs...)
}
