package catalog

import (
	"embed"
	"fmt"

	"go.yaml.in/yaml/v3"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog/template"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/packfile"
)

//go:embed packs/*.yaml
var packFiles embed.FS

// BuiltinSources returns the YAML texts of the built-in packs.
func BuiltinSources() ([]packfile.Source, error) {
	entries, err := packFiles.ReadDir("packs")
	if err != nil {
		return nil, err
	}
	sources := make([]packfile.Source, 0, len(entries))
	for _, entry := range entries {
		name := "packs/" + entry.Name()
		text, err := packFiles.ReadFile(name)
		if err != nil {
			return nil, err
		}
		sources = append(sources, packfile.Source{Name: name, Text: text})
	}
	return sources, nil
}

// Builtin returns the catalog of the built-in packs. It doesn't check them, so that the plugin
// starts fast. A test of package packcheck checks them.
func Builtin() (*Catalog, error) {
	sources, err := BuiltinSources()
	if err != nil {
		return nil, err
	}
	c := newCatalog()
	for _, source := range sources {
		pack := &Pack{}
		if err := yaml.Unmarshal(source.Text, pack); err != nil {
			return nil, fmt.Errorf("%s: %w", source.Name, err)
		}
		for _, metric := range pack.Metrics {
			if metric.template, err = template.Parse(metric.Query); err != nil {
				return nil, fmt.Errorf("%s: %s: %w", source.Name, metric.Name, err)
			}
		}
		c.add(pack, source.Name)
	}
	return c, nil
}
