// Command generate writes the alert rules that Grafana is provisioned with from
// the alerts of the catalog's packs. Run it in the repository's root, after the
// dashboards have been generated: rules point at panels by number.
//
//	go run ./provisioning/generate            writes provisioning/alerting/<pack>.yaml
//	go run ./provisioning/generate -catalog   prints the loaded packs as JSON instead
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
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
	packs, err := catalog.Builtin()
	if err != nil {
		return err
	}
	if onlyCatalog {
		return printCatalog(packs, out)
	}
	files, err := alerting(packs, root)
	if err != nil {
		return err
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(root, alertingDir, name), text, 0o644); err != nil { //nolint:gosec // Grafana may run as another user
			return err
		}
	}
	return nil
}

// printCatalog writes {"packs": [...]} with the keys of the packs' YAML.
func printCatalog(c *catalog.Catalog, out io.Writer) error {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(struct {
		Packs []*catalog.Pack `json:"packs"`
	}{c.Packs()})
}
