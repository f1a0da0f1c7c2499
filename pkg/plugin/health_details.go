package plugin

import (
	"fmt"
	"strings"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/access"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/audit"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/packfile"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/settings"
)

// healthDetails are the details of a health check. The config editor shows them; Grafana
// shows Verbose as text.
type healthDetails struct {
	Status       int               `json:"status,omitempty"` // HTTP status of a failure
	Server       string            `json:"server,omitempty"` // if the test query fails, the fields from here to Warnings are empty
	Version      string            `json:"version,omitempty"`
	Language     string            `json:"language,omitempty"` // PromQL or MetricsQL
	Method       string            `json:"method,omitempty"`   // POST or GET
	Exemplars    bool              `json:"exemplars"`
	Warnings     []string          `json:"warnings"` // of the server
	Metrics      int               `json:"catalogMetrics"`
	Packs        []packDetails     `json:"packs"`
	Disabled     []packDetails     `json:"disabledPacks"` // disabled built-in packs
	UnknownPacks []string          `json:"unknownPacks"`  // disabled packs that this version of the plugin doesn't have
	Problems     packfile.Problems `json:"problems"`      // of the user packs
	Access       accessDetails     `json:"access"`

	Audit audit.Health `json:"audit"` // the export of audit events; only administrators see the endpoint and the problem

	Settings []settings.Problem `json:"settings"` // settings whose stored values are not used
	Verbose  string             `json:"verboseMessage"`
}

// accessDetails describes the access rules.
type accessDetails struct {
	Rules    int             `json:"rules"`
	Problems access.Problems `json:"problems"`
}

// packDetails describes a pack. Metrics is the number of the pack's metrics. For an enabled
// pack, it doesn't include the metrics that user packs replace.
type packDetails struct {
	Name    string `json:"name"`
	Title   string `json:"title"`
	Metrics int    `json:"metrics"`
}

// healthDetails returns the details that don't depend on the server.
func (d *DataSource) healthDetails() healthDetails {
	return healthDetails{
		Metrics:      len(d.catalog.Names()),
		Packs:        detailsOf(d.catalog.Packs()),
		Disabled:     detailsOf(d.catalog.Disabled()),
		UnknownPacks: append([]string{}, d.unknown...),
		Problems:     append(packfile.Problems{}, d.problems...),
		Access:       accessDetails{Rules: d.rules.Len(), Problems: append(access.Problems{}, d.accessProblems...)},
		Settings:     append([]settings.Problem{}, d.unused...),
		Warnings:     []string{},
	}
}

func detailsOf(packs []*catalog.Pack) []packDetails {
	details := make([]packDetails, len(packs))
	for i, pack := range packs {
		details[i] = packDetails{pack.Name, pack.Title, len(pack.Metrics)}
	}
	return details
}

// addServer adds the server and its capabilities.
func (h *healthDetails) addServer(c promapi.Capabilities) {
	h.Server, h.Version = c.Server.Name, c.Server.Version
	h.Method, h.Exemplars = c.Method, c.Exemplars
	h.Warnings = append(h.Warnings, c.Warnings...)
	h.Language = "PromQL"
	if c.MetricsQL {
		h.Language = "MetricsQL"
	}
}

// text formats the details as lines of text.
func (h *healthDetails) text() string {
	var lines []string
	line := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	if h.Status != 0 {
		line("HTTP status %d", h.Status)
	}
	if h.Server != "" {
		line("Server: %s", promapi.Server{Name: h.Server, Version: h.Version})
		line("Query language: %s", h.Language)
		line("Queries are sent by: %s", h.Method)
		line("Exemplars: %s", map[bool]string{true: "yes", false: "no"}[h.Exemplars])
		for _, warning := range h.Warnings {
			line("Warning: %s", warning)
		}
	}
	line("Packs: %s", orNone(withCounts(h.Packs)))
	line("Disabled packs: %s", orNone(withCounts(h.Disabled)))
	if len(h.UnknownPacks) > 0 {
		line("Disabled packs that this version of the plugin doesn't have: %s", strings.Join(h.UnknownPacks, ", "))
	}
	if h.Audit.Enabled {
		to := ""
		if h.Audit.Endpoint != "" {
			to = " to " + h.Audit.Endpoint
		}
		line("Audit events: %d exported%s, %d waiting, %d dropped", h.Audit.Exported, to, h.Audit.Queued, h.Audit.Dropped)
	}
	for _, problem := range h.Settings {
		line("%s", problem.Text)
	}
	if h.Access.Rules > 0 {
		line("Access rules: %d", h.Access.Rules)
	}
	if len(h.Access.Problems) > 0 {
		line("Problems of the access rules:\n%s", h.Access.Problems.Error())
	}
	if len(h.Problems) > 0 {
		line("Problems of the user packs:\n%s", h.Problems.Error())
	}
	return strings.Join(lines, "\n")
}

// withCounts returns the name of each pack, followed by its number of metrics.
func withCounts(packs []packDetails) []string {
	names := make([]string, len(packs))
	for i, pack := range packs {
		names[i] = fmt.Sprintf("%s (%d metrics)", pack.Name, pack.Metrics)
	}
	return names
}

func orNone(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}
