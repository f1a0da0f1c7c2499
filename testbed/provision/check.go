package provision

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/provisioning/rules"
)

// schedulerTick is the base interval of Grafana's alert scheduler. Grafana rejects
// a group's interval that isn't a multiple of it.
const schedulerTick = 10 * time.Second

var ruleUID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,40}$`)

// noDataStates and execErrStates are the states that Grafana accepts. Grafana 10.4.0 doesn't
// accept KeepLast; provisioning/alerting-10.4.0 is for that version.
// Later releases also accept KeepLast, but 10.4.0 doesn't start with it.
var (
	noDataStates  = []string{"", "NoData", "Alerting", "OK", "KeepLast"}
	execErrStates = []string{"", "Error", "Alerting", "OK", "KeepLast"}
)

// check returns an error for invalid rules and intervals, for duplicate uids and rule titles,
// and for references to a data source or a panel that doesn't exist.
func (s *Set) check() error {
	var errs []error
	seen := map[string]bool{}
	unique := func(file, item string) {
		if seen[item] {
			errs = append(errs, fmt.Errorf("%s: duplicate %s", file, item))
		}
		seen[item] = true
	}
	for _, d := range s.DataSources {
		unique("data sources", fmt.Sprintf("data source with the uid %q", d.UID))
	}
	for _, d := range s.Dashboards {
		unique(d.File, fmt.Sprintf("dashboard with the uid %q", d.UID))
	}
	for _, g := range s.Groups {
		if g.Interval <= 0 || g.Interval%schedulerTick != 0 {
			errs = append(errs, fmt.Errorf("%s: group %q: interval: %s is not a multiple of %s", g.File, g.Name, g.Interval, schedulerTick))
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

// problems returns the problems of one rule. Each text begins with the key that has the
// problem.
func (s *Set) problems(r Rule) []string {
	var all []string
	report := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	if !ruleUID.MatchString(r.UID) {
		report("uid: %q is not 1 to 40 letters, digits, - or _", r.UID)
	}
	if !slices.Contains(noDataStates, r.NoDataState) {
		report("noDataState: %q is not one of NoData, Alerting, OK, KeepLast", r.NoDataState)
	}
	if !slices.Contains(execErrStates, r.ExecErrState) {
		report("execErrState: %q is not one of Error, Alerting, OK, KeepLast", r.ExecErrState)
	}
	if !slices.ContainsFunc(r.Data, func(q rules.Query) bool { return q.RefID == r.Condition }) {
		report("condition: no data entry has the refId %q", r.Condition)
	}
	for _, q := range r.Data {
		if q.IsExpression() {
			continue
		}
		if _, ok := s.DataSource(q.DatasourceUID); !ok {
			report("data %s: datasourceUid: no data source has the uid %q", q.RefID, q.DatasourceUID)
		}
		if span := q.RelativeTimeRange; span.From <= span.To {
			report("data %s: relativeTimeRange: from (%d) must be greater than to (%d); both are seconds before the evaluation", q.RefID, span.From, span.To)
		}
	}
	if problem := s.panelProblem(r); problem != "" {
		report("%s", problem)
	}
	return all
}

// panelProblem returns the problem with the rule's reference to a panel, or an empty
// string.
func (s *Set) panelProblem(r Rule) string {
	uid, id, err := r.Panel()
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
