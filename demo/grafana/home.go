package grafana

import (
	"encoding/json"
	"os"
)

// homeFile is the dashboard of Grafana's home page. homeVariable is the setting with its path.
const (
	homeFile     = "home.json"
	homeVariable = "GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"
)

// writeHome writes the dashboard of the home page, which shows a text in Markdown and a list of
// all dashboards. Grafana's own home page lists the user's starred dashboards. For a visitor
// without a login, this request fails, and Grafana shows the error "Unauthorized".
func writeHome(file, text string) error {
	dashboard := map[string]any{
		"title": "Home", "schemaVersion": 39, "editable": false, "time": map[string]string{"from": "now-6h", "to": "now"},
		"panels": []map[string]any{
			{
				"id": 1, "type": "text", "title": "", "transparent": true,
				"gridPos": map[string]int{"x": 0, "y": 0, "w": 16, "h": 22},
				"options": map[string]any{"mode": "markdown", "content": text},
			},
			{
				"id": 2, "type": "dashlist", "title": "Dashboards",
				"gridPos": map[string]int{"x": 16, "y": 0, "w": 8, "h": 22},
				"options": map[string]any{"showStarred": false, "showRecentlyViewed": false, "showSearch": true, "showHeadings": false, "query": "", "tags": []string{}, "maxItems": 30},
			},
		},
	}
	body, err := json.MarshalIndent(dashboard, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, body, 0o644) //nolint:gosec // G306: the container of Grafana runs as another user
}
