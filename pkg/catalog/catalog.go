// Package catalog is the governed list of metrics: packs of named, documented,
// parameter-checked PromQL, read from YAML and checked as a whole before
// anything is served. query asks it for a metric's rendered text, rest for the
// definitions themselves; a panel, an alert rule and an API client that name the
// same metric get the same PromQL.
package catalog

import (
	"embed"
	"fmt"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/util/strutil"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

//go:embed packs/*.yaml
var builtin embed.FS

// Catalog is a set of packs whose metric names are unique. It doesn't change
// once loaded and is safe for concurrent use.
type Catalog struct {
	packs   []*Pack
	metrics map[string]*Metric
}

// Builtin loads the packs that ship with the plugin. Their errors are Problems,
// and a test keeps them from ever reaching a user.
func Builtin() (*Catalog, error) {
	entries, err := builtin.ReadDir("packs")
	if err != nil {
		return nil, err
	}
	sources := make([][]byte, 0, len(entries))
	for _, entry := range entries {
		text, err := builtin.ReadFile("packs/" + entry.Name())
		if err != nil {
			return nil, err
		}
		sources = append(sources, text)
	}
	return Load(sources...)
}

// Packs returns the packs in the order they were loaded.
func (c *Catalog) Packs() []*Pack { return c.packs }

// Names returns the names of all metrics, sorted.
func (c *Catalog) Names() []string { return sortedKeys(c.metrics) }

// Metric looks a metric up by its name. The error of an unknown name is a
// fault.BadQuery that gives the nearest names.
func (c *Catalog) Metric(name string) (*Metric, error) {
	if metric, ok := c.metrics[name]; ok {
		return metric, nil
	}
	if name == "" {
		return nil, fault.New(fault.BadQuery, "The query names no metric: choose one from the catalog.")
	}
	return nil, fault.New(fault.BadQuery, "The catalog has no metric %q.%s", clip(name), didYouMean(name, c.Names()))
}

// Nearest returns up to three of names that a person who wrote name may have
// meant, the likeliest first.
func Nearest(name string, names []string) []string {
	const (
		longest = 200 // the comparison is quadratic, and no metric is named longer
		alike   = 0.7 // of 1; below it a guess confuses more than it helps
		most    = 3
	)
	if len(name) > longest {
		return nil
	}
	type guess struct {
		name  string
		score float64
	}
	var guesses []guess
	matcher := strutil.NewJaroWinklerMatcher(strings.ToLower(name))
	for _, candidate := range names {
		if score := matcher.Score(strings.ToLower(candidate)); score >= alike {
			guesses = append(guesses, guess{candidate, score})
		}
	}
	slices.SortStableFunc(guesses, func(a, b guess) int {
		switch {
		case a.score > b.score:
			return -1
		case a.score < b.score:
			return 1
		}
		return 0
	})
	nearest := make([]string, 0, most)
	for _, g := range guesses[:min(most, len(guesses))] {
		nearest = append(nearest, g.name)
	}
	return nearest
}

// didYouMean is a sentence with the nearest names, or nothing.
func didYouMean(name string, names []string) string {
	nearest := Nearest(name, names)
	if len(nearest) == 0 {
		return ""
	}
	return fmt.Sprintf(" Did you mean %s?", strings.Join(nearest, ", "))
}

// clip keeps a name that somebody sent short enough for a sentence.
func clip(name string) string {
	const most = 80
	if runes := []rune(name); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return name
}
