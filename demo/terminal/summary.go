package terminal

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"text/tabwriter"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host/alerting"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host/board"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/provision"
)

// drawSummary returns a table with a line for each dashboard, and the alert rules whose
// condition is met or whose evaluation fails. It calls progress as drawDashboard does, with the
// panels and rules of all dashboards.
func drawSummary(ctx context.Context, o Options, now time.Time, progress func(done, total int)) (string, error) {
	total := 0
	for _, dashboard := range o.Set.Dashboards {
		total += len(dashboard.QueryPanels())
	}
	rules := evaluateAll(ctx, o, now)
	counts := make([]count, len(o.Set.Dashboards))
	before := 0
	for i, dashboard := range o.Set.Dashboards {
		opened, _, err := board.Open(ctx, o.Plugin, o.Set, dashboard, now)
		if err != nil {
			return "", err
		}
		drawn := queryAll(ctx, opened, func(done, _ int) { progress(before+done, total) })
		before += len(drawn)
		counts[i] = countPanels(drawn)
	}
	if err := ctx.Err(); err != nil {
		return "", err
	}
	var page strings.Builder
	if o.Notes != "" {
		fmt.Fprintln(&page, o.Notes)
	}
	table := tabwriter.NewWriter(&page, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "KEY\tDASHBOARD\t-dashboard=\tPANELS\tNO DATA\tERRORS\tALERTS") // a builder never fails
	for i, dashboard := range o.Set.Dashboards {
		_, _ = fmt.Fprintf(table, " %d\t%s\t%s\t%d\t%d\t%d\t%d\n", i+1, dashboard.Title, dashboard.UID,
			counts[i].panels, counts[i].empty, counts[i].errors, metOf(rules, dashboard.UID))
	}
	_ = table.Flush()
	drawRules(&page, rules)
	if o.Footer != "" {
		fmt.Fprintf(&page, "\n%s\n", o.Footer)
	}
	return page.String(), nil
}

// count is the number of panels of a dashboard, of those without data, and of those whose query
// fails.
type count struct{ panels, empty, errors int }

func countPanels(drawn []drawnPanel) count {
	c := count{panels: len(drawn)}
	for _, d := range drawn {
		failed, series := d.err != nil, 0
		for _, target := range d.result.Targets {
			failed = failed || target.Err != nil
			series += len(target.Series)
		}
		switch {
		case failed:
			c.errors++
		case series == 0:
			c.empty++
		}
	}
	return c
}

type evaluatedRule struct {
	rule   provision.Rule
	result alerting.Result
}

// evaluateAll evaluates all rules concurrently and returns them in the order of the groups.
func evaluateAll(ctx context.Context, o Options, now time.Time) []evaluatedRule {
	var evaluated []evaluatedRule
	for _, group := range o.Set.Groups {
		for _, rule := range group.Rules {
			evaluated = append(evaluated, evaluatedRule{rule: rule})
		}
	}
	var group errgroup.Group
	group.SetLimit(maxConcurrent)
	for i := range evaluated {
		group.Go(func() error {
			evaluated[i].result = alerting.Evaluate(ctx, o.Plugin, evaluated[i].rule, now)
			return nil
		})
	}
	_ = group.Wait() // a result contains its error
	return evaluated
}

// metOf returns the number of rules whose condition is met and that refer to a panel of a
// dashboard.
func metOf(rules []evaluatedRule, uid string) int {
	met := 0
	for _, r := range rules {
		dashboard, _, err := r.rule.Panel()
		if err == nil && dashboard == uid && r.result.State == alerting.Alerting {
			met++
		}
	}
	return met
}

func drawRules(page *strings.Builder, rules []evaluatedRule) {
	met := 0
	var list strings.Builder
	for _, r := range rules {
		switch r.result.State {
		case alerting.Alerting:
			met++
			fmt.Fprintf(&list, "  ● %s\n", r.rule.Title)
			drawInstances(&list, r.result)
		case alerting.Error:
			fmt.Fprintf(&list, "  ⚠ %s: %s\n", r.rule.Title, r.result.Err)
		}
	}
	fmt.Fprintf(page, "\nAlert rules: the conditions of %d of %d rules are met\n%s", met, len(rules), list.String())
}

// drawInstances draws the instances of a rule whose condition is met, at most seriesShown.
func drawInstances(page *strings.Builder, result alerting.Result) {
	shown, hidden := 0, 0
	for _, instance := range result.Instances {
		if instance.State != alerting.Alerting || instance.Value == nil {
			continue
		}
		if shown == seriesShown {
			hidden++
			continue
		}
		shown++
		fmt.Fprintf(page, "      {%s} %s\n", instance.Labels, board.Format(*instance.Value, ""))
	}
	if hidden > 0 {
		fmt.Fprintf(page, "      … and %d more\n", hidden)
	}
}

// counter is the progress of a page that is being drawn.
type counter struct{ done, total atomic.Int64 }

func (c *counter) set(done, total int) {
	c.done.Store(int64(done))
	c.total.Store(int64(total))
}
