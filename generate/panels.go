package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
)

const dashboardDir = "dashboards"

// panels contains the ids of the panels of all dashboards.
type panels map[catalog.PanelRef]int64

type dashboard struct {
	UID    string  `json:"uid"`
	Panels []panel `json:"panels"`
}

type panel struct {
	ID     int64   `json:"id"`
	Type   string  `json:"type"`
	Title  string  `json:"title"`
	Panels []panel `json:"panels"` // of a collapsed row
}

// readPanels reads the dashboards' JSON. Two panels of a dashboard with the same title
// are an error, because alerts refer to panels by title.
func readPanels(root string) (panels, error) {
	paths, err := filepath.Glob(filepath.Join(root, dashboardDir, "*.json"))
	if err != nil {
		return nil, err
	}
	all := panels{}
	for _, path := range paths {
		text, err := os.ReadFile(path) //nolint:gosec // a file of this repository
		if err != nil {
			return nil, err
		}
		var d dashboard
		if err := json.Unmarshal(text, &d); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		if err := all.add(d.UID, d.Panels); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	return all, nil
}

func (p panels) add(dashboardUID string, list []panel) error {
	for _, panel := range list {
		if panel.Type == "row" {
			if err := p.add(dashboardUID, panel.Panels); err != nil {
				return err
			}
			continue
		}
		ref := catalog.PanelRef{Dashboard: dashboardUID, Title: panel.Title}
		if _, exists := p[ref]; exists {
			return fmt.Errorf("two panels have the title %q", panel.Title)
		}
		p[ref] = panel.ID
	}
	return nil
}

// id returns the id of a panel.
func (p panels) id(ref catalog.PanelRef) (int64, error) {
	id, ok := p[ref]
	if !ok {
		return 0, fmt.Errorf("dashboard %s has no panel %q", ref.Dashboard, ref.Title)
	}
	return id, nil
}

// panelPath returns the path in Grafana that shows a panel alone, or "" if ref is nil.
func panelPath(ref *catalog.PanelRef, all panels) (string, error) {
	if ref == nil {
		return "", nil
	}
	id, err := all.id(*ref)
	return fmt.Sprintf("/d/%s?viewPanel=%d", ref.Dashboard, id), err
}
