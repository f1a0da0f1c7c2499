package provision

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"
)

// schedulerTick is the base interval of Grafana's alert scheduler; a group's
// interval that is no multiple of it is refused.
const schedulerTick = 10 * time.Second

var ruleUID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,40}$`)

// noDataStates and execErrStates are those that every Grafana from 10.4.0 on
// takes; KeepLast came with a later 10.4 and stops 10.4.0's start.
var (
	noDataStates  = []string{"", "NoData", "Alerting", "OK"}
	execErrStates = []string{"", "Error", "Alerting", "OK"}
)

// check finds what Grafana would stop at, or quietly evaluate to nothing.
func (s *Set) check() error {
	var errs []error
	seen := map[string]bool{}
	unique := func(file, what string) {
		if seen[what] {
			errs = append(errs, fmt.Errorf("%s: there is another %s", file, what))
		}
		seen[what] = true
	}
	for _, d := range s.DataSources {
		unique("data sources", fmt.Sprintf("data source with the uid %q", d.UID))
	}
	for _, d := range s.Dashboards {
		unique(d.File, fmt.Sprintf("dashboard with the uid %q", d.UID))
	}
	for _, g := range s.Groups {
		if g.Interval <= 0 || g.Interval%schedulerTick != 0 {
			errs = append(errs, fmt.Errorf("%s: group %q: interval: %s is no multiple of %s", g.File, g.Name, g.Interval, schedulerTick))
		}
		for _, r := range g.Rules {
			unique(g.File, fmt.Sprintf("rule with the uid %q", r.UID))
			unique(g.File, fmt.Sprintf("rule with the title %q in the folder %q", r.Title, g.Folder))
			for _, problem := range s.problems(r) {
				errs = append(errs, fmt.Errorf("%s: rule %q: %s", g.File, r.Title, problem))
			}
		}
	}
	return errors.Join(errs...)
}

// problems lists what is wrong with one rule, each beginning with its key.
func (s *Set) problems(r Rule) []string {
	var found []string
	complain := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
	if !ruleUID.MatchString(r.UID) {
		complain("uid: %q is not 1 to 40 letters, digits, - or _", r.UID)
	}
	if !slices.Contains(noDataStates, r.NoDataState) {
		complain("noDataState: %q is none of NoData, Alerting, OK", r.NoDataState)
	}
	if !slices.Contains(execErrStates, r.ExecErrState) {
		complain("execErrState: %q is none of Error, Alerting, OK", r.ExecErrState)
	}
	if !slices.ContainsFunc(r.Data, func(n Node) bool { return n.RefID == r.Condition }) {
		complain("condition: no data entry has the refId %q", r.Condition)
	}
	for _, n := range r.Data {
		if n.IsExpression() {
			continue
		}
		if _, ok := s.DataSource(n.DataSourceUID); !ok {
			complain("data %s: datasourceUid: no data source has the uid %q", n.RefID, n.DataSourceUID)
		}
		if n.Range.From <= n.Range.To {
			complain("data %s: relativeTimeRange: from (%d) must be greater than to (%d), both are seconds ago", n.RefID, n.Range.From, n.Range.To)
		}
	}
	if problem := s.panelProblem(r); problem != "" {
		complain("%s", problem)
	}
	return found
}

// panelProblem follows the rule to its panel.
func (s *Set) panelProblem(r Rule) string {
	uid, id, err := r.panel()
	if err != nil {
		return err.Error()
	}
	if uid == "" {
		return ""
	}
	dashboard, ok := s.Dashboard(uid)
	if !ok {
		return fmt.Sprintf("dashboardUid: no dashboard has the uid %q", uid)
	}
	if _, ok := dashboard.Panel(id); !ok {
		return fmt.Sprintf("panelId: the dashboard %q has no panel %d", uid, id)
	}
	return ""
}
