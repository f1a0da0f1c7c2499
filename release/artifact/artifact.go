package artifact

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/release/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/release/changelog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/release/component"
)

const (
	notesName   = "release-notes.md"
	noticesName = "THIRD-PARTY-NOTICES.txt"
)

// Make writes the files of a release, unsigned, and checks the zip with the rules of Grafana's
// catalog. It returns the path of the zip.
func Make(ctx context.Context, o Options) (string, error) {
	plugin, err := readPlugin(o.Root)
	if err != nil {
		return "", err
	}
	if err := os.RemoveAll(o.Out); err != nil {
		return "", err
	}
	folder, err := stage(o, plugin)
	if err != nil {
		return "", err
	}
	components, err := listComponents(ctx, o, folder)
	if err != nil {
		return "", err
	}
	build := component.Plugin{ID: plugin.ID, Version: plugin.Version, Date: o.Date}
	var notices, bom bytes.Buffer
	if err := component.WriteNotices(&notices, build, components); err != nil {
		return "", err
	}
	if err := component.WriteSBOM(&bom, build, components); err != nil {
		return "", err
	}
	if err := writeText(filepath.Join(folder, noticesName), notices.String()); err != nil {
		return "", err
	}
	if err := writeText(filepath.Join(o.Out, sbomName(plugin)), bom.String()); err != nil {
		return "", err
	}
	history, err := os.ReadFile(filepath.Join(o.Root, "CHANGELOG.md"))
	if err != nil {
		return "", err
	}
	notes, err := changelog.Notes(string(history), plugin.Version)
	if err != nil {
		return "", err
	}
	if err := writeText(filepath.Join(o.Out, notesName), notes); err != nil {
		return "", err
	}
	return Pack(o)
}

// Pack writes the zip of the folder that Make has staged, checks the zip, and writes the
// checksums. It runs again after the folder has been signed.
func Pack(o Options) (string, error) {
	plugin, err := readPlugin(o.Root)
	if err != nil {
		return "", err
	}
	zipName := fmt.Sprintf("%s-%s.zip", plugin.ID, plugin.Version)
	name := filepath.Join(o.Out, zipName)
	if err := writeZip(name, filepath.Join(o.Out, plugin.ID), o.Date); err != nil {
		return "", err
	}
	findings, err := catalog.Check(name)
	if err != nil {
		return "", err
	}
	for _, finding := range findings {
		if finding.Rule != catalog.Unsigned {
			return "", fmt.Errorf("%s doesn't meet the rules of Grafana's catalog: %v", name, findings)
		}
	}
	return name, writeChecksums(o.Out, zipName, sbomName(plugin), notesName)
}

func sbomName(plugin Plugin) string {
	return fmt.Sprintf("%s-%s.cdx.json", plugin.ID, plugin.Version)
}

func listComponents(ctx context.Context, o Options, folder string) ([]component.Component, error) {
	executables, err := filepath.Glob(filepath.Join(folder, executablePrefix+"*"))
	if err != nil {
		return nil, err
	}
	modules, err := component.Modules(ctx, o.Root, executables)
	if err != nil {
		return nil, err
	}
	packages, err := component.Packages(o.Root, folder)
	if err != nil {
		return nil, err
	}
	return append(modules, packages...), nil
}
