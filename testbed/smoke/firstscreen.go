package smoke

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host/alerting"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host/board"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/provision"
)

// maxFirstY is the largest distance from the top, in rows of the grid, of a panel whose values are on
// the first screen of 1440 × 900 pixels. A row has 38 pixels. Grafana's menus and two lines of
// variables have 190 pixels, so 140 pixels of the last panels are visible.
const maxFirstY = 15

// coloredTypes are the visualizations that show a value in the color of its mapping or threshold.
var coloredTypes = []string{"bargauge", "gauge", "stat", "state-timeline", "table"}

// firstScreen collects the red values of the panels on the first screen of a dashboard.
type firstScreen struct {
	mu   sync.Mutex
	reds []string // a text about each value, with the name of its series
	err  error
}

// add adds the red values of a panel, if the panel is on the first screen.
func (f *firstScreen) add(r board.PanelResult) {
	if r.Panel.GridPos.Y > maxFirstY || !slices.Contains(coloredTypes, r.Panel.Type) {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, target := range r.Targets {
		for _, s := range target.Series {
			last, ok := s.Last()
			color, err := r.Panel.FieldConfig.Color(target.RefID, last)
			if err != nil {
				f.err = err
			}
			if ok && isRed(color) {
				f.reds = append(f.reds, fmt.Sprintf("%s: %s is %s", r.Panel.Title, s.Name, board.Format(last, r.Panel.FieldConfig.Defaults.Unit)))
			}
		}
	}
}

// judge requires that the first screen shows a list of alerts, and that a panel shows one of the
// culprits in red, or the list shows it in a label of an alert. instances are the alerts of the
// dashboard's rules. An incident without a culprit requires only the list, which shows the name of the
// alert.
func (f *firstScreen) judge(dashboard provision.Dashboard, instances []alerting.Instance, culprits []string) Verdict {
	list := slices.IndexFunc(dashboard.Panels, func(p provision.Panel) bool { return p.Type == "alertlist" && p.GridPos.Y <= maxFirstY })
	if list >= 0 && dashboard.Panels[list].Options.ShowInstances {
		for _, instance := range instances {
			if instance.State == alerting.Alerting {
				f.reds = append(f.reds, "alert {"+instance.Labels.String()+"}")
			}
		}
	}
	v := Verdict{Kind: KindScreen, Where: dashboard.UID, Name: "1440 × 900", Series: len(f.reds), State: "red", Last: shorten(strings.Join(f.reds, "; "))}
	isNamed := len(culprits) == 0 || slices.ContainsFunc(f.reds, func(red string) bool {
		return slices.ContainsFunc(culprits, func(culprit string) bool { return strings.Contains(red, culprit) })
	})
	switch {
	case f.err != nil:
		v.State, v.Reason = "error", f.err.Error()
	case list < 0:
		v.State, v.Reason = "no list", "the first screen has no list of alerts"
	case !isNamed:
		v.State, v.Reason = "not red", fmt.Sprintf("the first screen shows none of %v in red, but %v", culprits, f.reds)
	}
	return v
}

// alertsByDashboard collects the alerts of rules by the uid of the dashboard with the rule's panel.
type alertsByDashboard struct {
	mu     sync.Mutex
	alerts map[string][]alerting.Instance
}

func (a *alertsByDashboard) add(rule provision.Rule, r alerting.Result) {
	uid, _, err := rule.Panel()
	if err != nil {
		return // the rule has no panel
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.alerts[uid] = append(a.alerts[uid], r.Instances...)
}

// isRed reports whether a color of Grafana's palette is red.
func isRed(color string) bool { return color == "red" || strings.HasSuffix(color, "-red") }
