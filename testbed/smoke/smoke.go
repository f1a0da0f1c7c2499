// Package smoke tests the compiled plugin with everything that is provisioned. Every variable
// must have options, every query of a panel must return data, and annotations and rules must
// not fail. A simulated incident raises rules and blanks panels: the conditions of
// these rules must be met, and these panels must show no data. The conditions of all other
// rules must not be met. The result is one verdict for each item. The demo prints the
// verdicts as a table and derives its exit code from them.
package smoke

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/sync/errgroup"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host/alerting"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host/board"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/provision"
)

// maxConcurrent is the maximum number of concurrent requests, which is the limit of browsers
// for one host.
const maxConcurrent = 6

// Kinds of verdicts.
const (
	KindVariable   = "variable"
	KindAnnotation = "annotation"
	KindPanel      = "panel"
	KindScreen     = "screen"
	KindRule       = "rule"
)

// Verdict is the result for one item, and one line of the table.
type Verdict struct {
	Kind   string
	Where  string // dashboard uid or rule group
	Name   string
	Series int
	Last   string
	Took   time.Duration
	State  string
	Reason string // reason of a failure; empty if the item passed
}

// Passed reports whether the item is as expected.
func (v Verdict) Passed() bool { return v.Reason == "" }

// Options describe a run.
type Options struct {
	Plugin board.Querier
	Set    *provision.Set
	Now    time.Time
	// Raises are the titles of the rules whose condition must be met. The conditions of
	// all other rules must not be met.
	Raises []string
	// Blanks are the titles of the panels that must show no data. All other panels must
	// show data.
	Blanks []string
	// Quiet requires that no panel's last value is orange or red.
	Quiet bool
	// Culprits are the names of what causes the incidents, such as a service. The first screen of
	// a dashboard with a panel of a rule in Raises must show one of them in red.
	Culprits []string
}

// Run returns a verdict for each item: first those of the dashboards, then those of the rules.
// It returns an error if no dashboard is provisioned, if one can't be opened, or if ctx ends.
func Run(ctx context.Context, o Options) ([]Verdict, error) {
	var verdicts []Verdict
	if len(o.Set.Dashboards) == 0 {
		return nil, errors.New("no dashboard is provisioned")
	}
	screens := map[string]*firstScreen{} // by the uid of the dashboard
	for _, dashboard := range o.Set.Dashboards {
		opened, variables, err := board.Open(ctx, o.Plugin, o.Set, dashboard, o.Now)
		if err != nil {
			return nil, err
		}
		for _, variable := range variables {
			verdicts = append(verdicts, judgeVariable(dashboard, variable))
		}
		for _, annotation := range dashboard.QueryAnnotations() {
			verdicts = append(verdicts, judgeAnnotation(dashboard, opened.QueryAnnotation(ctx, annotation)))
		}
		screen := &firstScreen{}
		screens[dashboard.UID] = screen
		panels := dashboard.QueryPanels()
		verdicts = append(verdicts, concurrently(panels, func(panel provision.Panel) Verdict {
			result, err := opened.Query(ctx, panel)
			screen.add(result)
			v := judgePanel(dashboard, result, err, slices.Contains(o.Blanks, panel.Title))
			if o.Quiet && v.Passed() {
				v.Reason = conspicuous(result)
			}
			return v
		})...)
	}
	alerts := alertsByDashboard{alerts: map[string][]alerting.Instance{}}
	for _, group := range o.Set.Groups {
		verdicts = append(verdicts, concurrently(group.Rules, func(rule provision.Rule) Verdict {
			result := alerting.Result{State: "Paused"}
			if !rule.IsPaused {
				result = alerting.Evaluate(ctx, o.Plugin, rule, o.Now)
			}
			isRaised := slices.Contains(o.Raises, rule.Title)
			v := judgeRule(rule, result, isRaised)
			if isRaised {
				alerts.add(rule, result)
			}
			v.Where = group.Name
			return v
		})...)
	}
	for _, dashboard := range o.Set.Dashboards {
		if instances := alerts.alerts[dashboard.UID]; len(instances) > 0 {
			verdicts = append(verdicts, screens[dashboard.UID].judge(dashboard, instances, o.Culprits))
		}
	}
	return append(verdicts, missing(verdicts, o.Raises)...), ctx.Err()
}

// concurrently passes every item to the function judge, at most maxConcurrent items at the
// same time, and returns the verdicts in the order of the items.
func concurrently[T any](items []T, judge func(T) Verdict) []Verdict {
	verdicts := make([]Verdict, len(items))
	var group errgroup.Group
	group.SetLimit(maxConcurrent)
	for i, item := range items {
		group.Go(func() error {
			verdicts[i] = judge(item)
			return nil
		})
	}
	_ = group.Wait() // a verdict contains its error
	return verdicts
}

func judgeVariable(dashboard provision.Dashboard, r board.VariableResult) Verdict {
	v := Verdict{Kind: KindVariable, Where: dashboard.UID, Name: r.Variable.Name, Series: len(r.Options), Took: r.Took, State: "ok"}
	v.Last = shorten(strings.Join(r.Options, ", "))
	switch {
	case r.Err != nil:
		v.State, v.Reason = "error", r.Err.Error()
	case len(r.Options) == 0:
		v.State, v.Reason = "empty", "the variable has no options"
	}
	return v
}

// judgeAnnotation requires a response without an error. The response needn't contain events.
func judgeAnnotation(dashboard provision.Dashboard, r board.AnnotationResult) Verdict {
	v := Verdict{Kind: KindAnnotation, Where: dashboard.UID, Name: r.Annotation.Name, Series: len(r.Events), Took: r.Took, State: "ok"}
	if len(r.Events) > 0 {
		v.Last = shorten(r.Events[len(r.Events)-1].Title)
	}
	if r.Err != nil {
		v.State, v.Reason = "error", r.Err.Error()
	}
	return v
}

// judgePanel requires data from every query of the panel. If the panel must be blank, it
// requires that no query returns data.
func judgePanel(dashboard provision.Dashboard, r board.PanelResult, err error, blank bool) Verdict {
	v := Verdict{Kind: KindPanel, Where: dashboard.UID, Name: r.Panel.Title, Took: r.Took, State: "ok"}
	if err != nil {
		v.State, v.Reason = "error", err.Error()
		return v
	}
	var reasons []string
	for _, target := range r.Targets {
		v.Series += len(target.Series)
		last, hasNumber := lastValue(target.Series)
		text, hasText := firstText(target.Series)
		hasData := hasNumber || hasText
		switch {
		case target.Err != nil:
			v.State = "error"
			reasons = append(reasons, fmt.Sprintf("query %s: %s", target.RefID, target.Err))
		case hasData && blank:
			v.State = "data"
			reasons = append(reasons, fmt.Sprintf("query %s returns data, but must not return data during this incident", target.RefID))
		case !hasData && blank:
			v.State = "blank"
		case !hasData:
			if v.State == "ok" {
				v.State = "empty"
			}
			reasons = append(reasons, fmt.Sprintf("query %s returns no data", target.RefID))
		case v.Last == "" && hasText:
			v.Last = shorten(text)
		case v.Last == "":
			v.Last = board.Format(last, r.Panel.FieldConfig.Defaults.Unit)
		}
	}
	v.Reason = strings.Join(reasons, "; ")
	return v
}

// conspicuous describes the series of a panel whose last value is orange or red. It returns ""
// if there is no such series.
func conspicuous(r board.PanelResult) string {
	var found []string
	for _, target := range r.Targets {
		for _, s := range target.Series {
			last, ok := s.Last()
			color, err := r.Panel.FieldConfig.Color(target.RefID, last)
			if err != nil {
				return err.Error()
			}
			if ok && (color == "orange" || isRed(color)) {
				found = append(found, fmt.Sprintf("%s is %s: %s", s.Name, color, board.Format(last, r.Panel.FieldConfig.Defaults.Unit)))
			}
		}
	}
	return strings.Join(found, "; ")
}

func lastValue(series []board.Series) (float64, bool) {
	for _, s := range series {
		if value, ok := s.Last(); ok {
			return value, true
		}
	}
	return 0, false
}

// firstText returns the texts of the first row of a table without numbers.
func firstText(series []board.Series) (string, bool) {
	for _, s := range series {
		if s.IsText {
			return s.Name, true
		}
	}
	return "", false
}

// judgeRule requires that the rule's condition is met if raised is true, and that it isn't
// met otherwise. The rule fails if its state is Error. If its state is NoData, the rule passes
// only if raised is false and noDataState is OK or KeepLast.
func judgeRule(rule provision.Rule, r alerting.Result, raised bool) Verdict {
	v := Verdict{Kind: KindRule, Name: rule.Title, Series: len(r.Instances), Took: r.Took, State: string(r.State)}
	for _, instance := range r.Instances {
		if instance.Value != nil && (v.Last == "" || instance.State == alerting.Alerting) {
			v.Last = board.Format(*instance.Value, "")
		}
	}
	switch {
	case r.State == alerting.Error:
		v.Reason = r.Err.Error()
	case r.State == alerting.Alerting && !raised:
		v.Reason = "the condition is met, but no incident raises the rule: " + met(r.Instances)
	case r.State != alerting.Alerting && raised:
		v.Reason = "the condition is not met, but an incident raises the rule"
	case r.State == alerting.NoData && rule.NoDataState != "OK" && rule.NoDataState != "KeepLast":
		v.Reason = "the query returns no data"
	}
	return v
}

// met returns the labels of the instances that are Alerting.
func met(instances []alerting.Instance) string {
	var names []string
	for _, instance := range instances {
		if instance.State == alerting.Alerting {
			names = append(names, "{"+instance.Labels.String()+"}")
		}
	}
	return shorten(strings.Join(names, ", "))
}

// missing returns a failed verdict for each title in raises that no provisioned rule has.
func missing(verdicts []Verdict, raises []string) []Verdict {
	var absent []Verdict
	for _, title := range raises {
		if !slices.ContainsFunc(verdicts, func(v Verdict) bool { return v.Kind == KindRule && v.Name == title }) {
			absent = append(absent, Verdict{Kind: KindRule, Name: title, State: "missing", Reason: "the rule is not provisioned"})
		}
	}
	return absent
}

// listWidth is the maximum width of a text in the column LAST VALUE.
const listWidth = 40

func shorten(s string) string {
	if utf8.RuneCountInString(s) <= listWidth {
		return s
	}
	return fault.Clip(s, listWidth-1)
}
