// Command generate makes everything that follows from the catalog's packs, but
// for the dashboards: alert rules for Grafana and for Prometheus, a runbook for
// each alert, recording rules, the packs' reference pages and the metrics contract.
// products lists what it writes and where. Run it in the repository's root, after
// the dashboards: alert rules point at panels by number.
//
//	go run ./generate            writes the files, and removes those of packs that are gone
//	go run ./generate -catalog   prints the loaded packs as JSON instead
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/packcheck"
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
	known, err := readPanels(root)
	if err != nil {
		return err
	}
	files, err := makeAll(sources{packs, known})
	if err != nil {
		return err
	}
	return write(root, files)
}

// load reads the shipped packs and checks them, so that whoever edits one hears
// of every mistake at once.
func load() (*catalog.Catalog, error) {
	texts, err := catalog.BuiltinSources()
	if err != nil {
		return nil, err
	}
	return packcheck.Load(texts...)
}

// printCatalog writes {"packs": [...]} with the keys of the packs' YAML.
func printCatalog(c *catalog.Catalog, out io.Writer) error {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(struct {
		Packs []*catalog.Pack `json:"packs"`
	}{c.Packs()})
}
