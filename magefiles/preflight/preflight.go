// Package preflight checks that this machine has what a command of the project needs, before
// the command builds anything. Each error names a remedy. The mage targets and the demo call
// it. It also finds the Grafana that the demo runs.
package preflight

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// Demo describes what a demo needs.
type Demo struct {
	Root      string            // the repository
	Port      int               // of Grafana or of the plugin host's API; 0 means a free port
	Dashboard string            // uid of the dashboard to draw in the terminal, or Summary; empty draws nothing if there is a Grafana
	Tenants   bool              // whether the demo needs a Grafana
	Progress  func(step string) // called before a long step; can be nil
}

// Summary is the value of Demo.Dashboard for the summary of all dashboards.
const Summary = "summary"

// terminalRemedy is the end of errors about what only a demo with a Grafana needs.
const terminalRemedy = "; with -dashboard=" + Summary + ", the demo draws the panels in the terminal instead"

// Check returns the Grafana in which the demo runs, or nil if it draws the panels in the
// terminal. The error contains all problems.
func (d Demo) Check(ctx context.Context) (*Grafana, error) {
	grafana, err := d.Grafana(ctx)
	err = errors.Join(err, checkDashboard(d.Root, d.Dashboard), Port(ctx, d.Port, "-port"))
	if grafana != nil {
		outdated, errOutdated := FrontendOutdated(d.Root)
		err = errors.Join(err, errOutdated)
		if outdated {
			if errNode := Node(ctx); errNode != nil {
				err = errors.Join(err, fmt.Errorf("%w%s", errNode, terminalRemedy))
			}
		}
	}
	if err != nil {
		return nil, err
	}
	return grafana, d.downloads(ctx, grafana)
}

// Grafana returns the Grafana in which the demo runs, or nil. A demo with Dashboard doesn't
// use a Grafana, and a demo with Tenants can't run without one.
func (d Demo) Grafana(ctx context.Context) (*Grafana, error) {
	if d.Dashboard != "" && d.Tenants {
		return nil, errors.New("-tenants needs a Grafana, but -dashboard draws the panels in the terminal: remove one of them")
	}
	if d.Dashboard != "" {
		return nil, nil //nolint:nilnil // a demo without a Grafana
	}
	grafana, err := FindGrafana(ctx)
	switch {
	case err == nil:
		return &grafana, nil
	case !errors.Is(err, ErrNoGrafana):
		return nil, err
	case d.Tenants:
		return nil, fmt.Errorf("-tenants needs a Grafana: %w", err)
	default:
		return nil, nil //nolint:nilnil // a demo without a Grafana
	}
}

// checkDashboard returns an error that lists all dashboards if uid is none of them, Summary
// or empty. The name of a dashboard's file is its uid.
func checkDashboard(root, uid string) error {
	if uid == "" || uid == Summary {
		return nil
	}
	files, err := filepath.Glob(filepath.Join(root, "dashboards", "*.json"))
	if err != nil {
		return err
	}
	names := []string{Summary}
	for _, file := range files {
		names = append(names, strings.TrimSuffix(filepath.Base(file), ".json"))
	}
	if slices.Contains(names, uid) {
		return nil
	}
	return fmt.Errorf("-dashboard=%s is unknown: choose one of %s", uid, strings.Join(names, ", "))
}
