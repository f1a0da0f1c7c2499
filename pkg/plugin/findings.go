package plugin

import (
	"fmt"
	"strings"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/packfile"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/settings"
)

// findings is what a health check found beside its verdict: its details, of which
// Grafana shows the last as text and the config editor the rest.
type findings struct {
	Status       int               `json:"status,omitempty"` // HTTP status of a failure
	Server       string            `json:"server,omitempty"` // this and the next four are empty where no server answered
	Version      string            `json:"version,omitempty"`
	Language     string            `json:"language,omitempty"` // PromQL or MetricsQL
	Method       string            `json:"method,omitempty"`   // POST or GET
	Exemplars    bool              `json:"exemplars"`
	Warnings     []string          `json:"warnings"` // of the server
	Metrics      int               `json:"catalogMetrics"`
	Packs        []foundPack       `json:"packs"`
	Off          []foundPack       `json:"disabledPacks"` // built-in packs that are turned off
	UnknownPacks []string          `json:"unknownPacks"`  // that are to be turned off, and that this version doesn't have
	Problems     packfile.Problems `json:"problems"`      // of the user's own packs

	Settings []settings.Problem `json:"settings"` // that aren't used as they are stored
	Verbose  string             `json:"verboseMessage"`
}

// foundPack is a pack, with how many metrics it adds to the catalog: those that the
// user's own stand in for aren't counted.
type foundPack struct {
	Name    string `json:"name"`
	Title   string `json:"title"`
	Metrics int    `json:"metrics"`
}

// findings are what is known before the server is asked.
func (d *DataSource) findings() findings {
	return findings{
		Metrics:      len(d.catalog.Names()),
		Packs:        foundPacks(d.catalog.Packs()),
		Off:          foundPacks(d.catalog.Disabled()),
		UnknownPacks: append([]string{}, d.unknown...),
		Problems:     append(packfile.Problems{}, d.problems...),
		Settings:     append([]settings.Problem{}, d.wrong...),
		Warnings:     []string{},
	}
}

func foundPacks(packs []*catalog.Pack) []foundPack {
	found := make([]foundPack, len(packs))
	for i, pack := range packs {
		found[i] = foundPack{pack.Name, pack.Title, len(pack.Metrics)}
	}
	return found
}

// answered adds what the server can do.
func (f *findings) answered(can promapi.Capabilities) {
	f.Server, f.Version = can.Server.Name, can.Server.Version
	f.Method, f.Exemplars = can.Method, can.Exemplars
	f.Warnings = append(f.Warnings, can.Warnings...)
	f.Language = "PromQL"
	if can.MetricsQL {
		f.Language = "MetricsQL"
	}
}

// words are the findings as lines of text.
func (f *findings) words() string {
	var lines []string
	line := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	if f.Status != 0 {
		line("HTTP status %d", f.Status)
	}
	if f.Server != "" {
		line("Server: %s", promapi.Server{Name: f.Server, Version: f.Version})
		line("Query language: %s", f.Language)
		line("Queries are sent by: %s", f.Method)
		line("Exemplars: %s", map[bool]string{true: "yes", false: "no"}[f.Exemplars])
		for _, warning := range f.Warnings {
			line("Warning: %s", warning)
		}
	}
	line("Packs: %s", orNone(counted(f.Packs)))
	line("Turned off: %s", orNone(counted(f.Off)))
	if len(f.UnknownPacks) > 0 {
		line("To be turned off, but not in this version of the plugin: %s", strings.Join(f.UnknownPacks, ", "))
	}
	for _, problem := range f.Settings {
		line("%s", problem.Text)
	}
	if len(f.Problems) > 0 {
		line("Problems of the own packs:\n%s", f.Problems.Error())
	}
	return strings.Join(lines, "\n")
}

// counted are packs by the names that the settings know them by.
func counted(packs []foundPack) []string {
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
