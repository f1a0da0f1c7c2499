// Package smoke asks the compiled plugin everything that the provisioned
// dashboards and alert rules ask it, and judges each answer: a variable must
// offer values, an annotation must be answered, every query of a panel must show
// data, a rule must evaluate, and exactly the rules that an incident raises may be met. The verdicts come
// out as a table for a person and a count for the exit code.
package smoke

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host/alerting"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host/board"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/provision"
)

// inFlight is how many panels or rules are asked at once, as a browser does.
const inFlight = 6

// Kinds of what is asked.
const (
	KindVariable   = "variable"
	KindAnnotation = "annotation"
	KindPanel      = "panel"
	KindRule       = "rule"
)

// Verdict is one line of the table.
type Verdict struct {
	Kind   string
	Where  string // dashboard uid, or rule group
	Name   string
	Series int
	Last   string
	Took   time.Duration
	State  string
	Reason string // why it failed; empty when it passed
}

// Passed tells whether the user would see what there is to see.
func (v Verdict) Passed() bool { return v.Reason == "" }

// Options say what to ask, and of whom.
type Options struct {
	Plugin board.Querier
	Set    *provision.Set
	Now    time.Time
	// Raises are the titles of the rules that must be met; no other may be.
	Raises []string
	// Blanks are the titles of the panels that must show no data; any other must.
	Blanks []string
}

// Run asks everything. The verdicts come in the order of the files. The error
// is that of a dashboard that can't be opened at all, or of ctx.
func Run(ctx context.Context, o Options) ([]Verdict, error) {
	var verdicts []Verdict
	if len(o.Set.Dashboards) == 0 {
		return nil, errors.New("no dashboard is provisioned")
	}
	for _, dashboard := range o.Set.Dashboards {
		opened, variables, err := board.Open(ctx, o.Plugin, o.Set, dashboard, o.Now)
		if err != nil {
			return nil, err
		}
		for _, variable := range variables {
			verdicts = append(verdicts, judgeVariable(dashboard, variable))
		}
		for _, annotation := range dashboard.Marks() {
			verdicts = append(verdicts, judgeAnnotation(dashboard, opened.Mark(ctx, annotation)))
		}
		panels := dashboard.Visualisations()
		verdicts = append(verdicts, inParallel(panels, func(panel provision.Panel) Verdict {
			result, err := opened.Query(ctx, panel)
			return judgePanel(dashboard, result, err, slices.Contains(o.Blanks, panel.Title))
		})...)
	}
	for _, group := range o.Set.Groups {
		verdicts = append(verdicts, inParallel(group.Rules, func(rule provision.Rule) Verdict {
			result := alerting.Result{State: "Paused"}
			if !rule.IsPaused {
				result = alerting.Evaluate(ctx, o.Plugin, rule, o.Now)
			}
			v := judgeRule(rule, result, slices.Contains(o.Raises, rule.Title))
			v.Where = group.Name
			return v
		})...)
	}
	return append(verdicts, missing(verdicts, o.Raises)...), ctx.Err()
}

// inParallel judges with at most inFlight questions open, and keeps the order.
func inParallel[T any](items []T, judge func(T) Verdict) []Verdict {
	verdicts := make([]Verdict, len(items))
	var group errgroup.Group
	group.SetLimit(inFlight)
	for i, item := range items {
		group.Go(func() error {
			verdicts[i] = judge(item)
			return nil
		})
	}
	_ = group.Wait() // a verdict holds its own error
	return verdicts
}

func judgeVariable(dashboard provision.Dashboard, r board.VariableResult) Verdict {
	v := Verdict{Kind: KindVariable, Where: dashboard.UID, Name: r.Variable.Name, Series: len(r.Options), Took: r.Took, State: "ok"}
	v.Last = shorten(strings.Join(r.Options, ", "))
	switch {
	case r.Err != nil:
		v.State, v.Reason = "error", r.Err.Error()
	case len(r.Options) == 0:
		v.State, v.Reason = "empty", "it offers no values"
	}
	return v
}

// judgeAnnotation wants an answer: that nothing happened is one.
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

// judgePanel wants data for every query of the panel, or for none where it must
// be blank.
func judgePanel(dashboard provision.Dashboard, r board.PanelResult, err error, blank bool) Verdict {
	v := Verdict{Kind: KindPanel, Where: dashboard.UID, Name: r.Panel.Title, Took: r.Took, State: "ok"}
	if err != nil {
		v.State, v.Reason = "error", err.Error()
		return v
	}
	var reasons []string
	for _, target := range r.Targets {
		v.Series += len(target.Series)
		last, hasData := lastValue(target.Series)
		switch {
		case target.Err != nil:
			v.State = "error"
			reasons = append(reasons, fmt.Sprintf("query %s: %s", target.RefID, target.Err))
		case hasData && blank:
			v.State = "data"
			reasons = append(reasons, fmt.Sprintf("query %s shows data, and under this incident there is none", target.RefID))
		case !hasData && blank:
			v.State = "blank, rightly"
		case !hasData:
			if v.State == "ok" {
				v.State = "empty"
			}
			reasons = append(reasons, fmt.Sprintf("query %s shows no data", target.RefID))
		case v.Last == "":
			v.Last = board.Format(last, r.Panel.FieldConfig.Defaults.Unit)
		}
	}
	v.Reason = strings.Join(reasons, "; ")
	return v
}

func lastValue(series []board.Series) (float64, bool) {
	for _, s := range series {
		if value, ok := s.Last(); ok {
			return value, true
		}
	}
	return 0, false
}

// judgeRule wants a state that the rule was meant to have. NoData is meant
// where the rule itself says that it is OK.
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
		v.Reason = "it is met, and nothing went wrong on purpose that should meet it: " + met(r.Instances)
	case r.State != alerting.Alerting && raised:
		v.Reason = "it is not met, and the incident should meet it"
	case r.State == alerting.NoData && rule.NoDataState != "OK":
		v.Reason = "it gets no data"
	}
	return v
}

// met names the instances that are over the threshold.
func met(instances []alerting.Instance) string {
	var names []string
	for _, instance := range instances {
		if instance.State == alerting.Alerting {
			names = append(names, "{"+instance.Labels.String()+"}")
		}
	}
	return shorten(strings.Join(names, ", "))
}

// missing finds rules that should be met and are not there at all.
func missing(verdicts []Verdict, raises []string) []Verdict {
	var absent []Verdict
	for _, title := range raises {
		if !slices.ContainsFunc(verdicts, func(v Verdict) bool { return v.Kind == KindRule && v.Name == title }) {
			absent = append(absent, Verdict{Kind: KindRule, Name: title, State: "missing", Reason: "no such rule is provisioned"})
		}
	}
	return absent
}

// listWidth is the room that a list of names gets in the table.
const listWidth = 40

func shorten(s string) string {
	runes := []rune(s)
	if len(runes) <= listWidth {
		return s
	}
	return string(runes[:listWidth-1]) + "…"
}
