// Command generate generates files from the catalog's packs: alert rules for Grafana
// and for Prometheus, a runbook for each alert, recording rules, the packs' reference
// pages, the metrics contract and the files for Kubernetes. The variable products lists
// the files. The scripts in dashboards/src generate the dashboards. Run them first,
// because alert rules refer to panels by id. Run generate in the repository's root:
//
//	go run ./generate            writes the files, and deletes those of removed packs
//	go run ./generate -catalog   prints the packs and the columns of reports as JSON
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/packcheck"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/section"
)

func main() {
	onlyCatalog := flag.Bool("catalog", false, "print the loaded catalog as JSON")
	root := flag.String("root", ".", "the repository's root")
	flag.Parse()
	if err := run(*root, *onlyCatalog, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(root string, onlyCatalog bool, out io.Writer) error {
	packs, err := load()
	if err != nil {
		return err
	}
	if onlyCatalog {
		return printCatalog(packs, out)
	}
	panels, err := readPanels(root)
	if err != nil {
		return err
	}
	files, err := generateAll(sources{packs, panels, os.DirFS(root)})
	if err != nil {
		return err
	}
	return write(root, files)
}

// load loads and checks the built-in packs. Its error lists all their problems.
func load() (*catalog.Catalog, error) {
	texts, err := catalog.BuiltinSources()
	if err != nil {
		return nil, err
	}
	return packcheck.Load(texts...)
}

// printCatalog writes {"packs": [...], "columns": {...}, "severalSeries": [...]}. The packs
// have the keys of their YAML. Some sections of a report are tables. The object columns maps
// each of these sections to its table columns. The list severalSeries is the result of
// severalSeries.
func printCatalog(c *catalog.Catalog, out io.Writer) error {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(struct {
		Packs         []*catalog.Pack             `json:"packs"`
		Columns       map[string][]section.Column `json:"columns"`
		SeveralSeries []string                    `json:"severalSeries"`
	}{c.Packs(), reportColumns(), severalSeries(c)})
}

// severalSeries returns the names of the metrics that can have several series even if their
// grouping is empty, because their queries keep further labels.
func severalSeries(c *catalog.Catalog) []string {
	names := []string{}
	for _, pack := range c.Packs() {
		for _, metric := range pack.Metrics {
			if labels, ok := metric.ResultLabels(nil); !ok || !labels.IsEmpty() {
				names = append(names, metric.Name)
			}
		}
	}
	return names
}

func reportColumns() map[string][]section.Column {
	columns := map[string][]section.Column{}
	for _, f := range section.All() {
		if list := f.Columns(); list != nil {
			columns[f.Path] = list
		}
	}
	return columns
}
