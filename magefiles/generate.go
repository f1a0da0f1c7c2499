//go:build mage

package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/magefile/mage/mg"
)

// generated lists what Generate writes. Some of the folders also contain files
// that are written by hand.
var generated = []string{
	"dashboards", "deploy/kubernetes", "docs/catalog", "docs/metrics-contract.md", "docs/runbooks", "monitoring/alerting", "monitoring/alerts", "monitoring/grafana",
	"monitoring/rules", "pkg/catalog/units.txt", "plugin.json", "provisioning/alerting", "provisioning/alerting-10.4.0",
}

// Generate writes the generated files, such as dashboards and alert rules.
//
// These are the dashboards, the rules, the runbooks, the catalog's pages, the metrics contract,
// the files for Kubernetes, plugin.json and the list of units.
func Generate() error {
	mg.SerialDeps(nodeModules)
	// ./generate is last, because it checks the packs' units with the list of units, and its
	// alert rules refer to the panels of the dashboards.
	for _, script := range []string{"units", "dashboards"} {
		if err := run(".", nil, "npm", "run", "--silent", script); err != nil {
			return err
		}
	}
	return run(".", pluginEnv(), "go", "run", "./generate")
}

// Rules checks Prometheus's rules with promtool and runs their unit tests.
func Rules() error {
	mg.SerialDeps(promtool)
	for _, step := range []struct {
		files string
		args  []string
	}{
		{"monitoring/alerts/*.yaml", []string{"check", "rules", "--lint=all", "--lint-fatal"}},
		{"monitoring/rules/*.yaml", []string{"check", "rules", "--lint=all", "--lint-fatal"}},
		{"monitoring/*/tests/*.yaml", []string{"test", "rules"}},
	} {
		files, err := filepath.Glob(step.files)
		if err != nil {
			return err
		}
		if len(files) == 0 {
			return fmt.Errorf("no file matches %s: run go tool mage generate", step.files)
		}
		if err := run(".", nil, filepath.Join("tests", promtoolBinary()), append(step.args, files...)...); err != nil {
			return err
		}
	}
	return nil
}

// promtool builds promtool from the version of Prometheus that the demo uses.
func promtool() error {
	printStep("Building promtool (the first time takes a minute)")
	// The build tag excludes service discovery, which is most of promtool's size and isn't
	// needed. go run can't build promtool by version, because the go.mod of Prometheus has
	// replace directives.
	return run("tests", compileEnv(), "go", "build", "-tags=remove_all_sd", "-o", promtoolBinary(), "github.com/prometheus/prometheus/cmd/promtool")
}

// promtoolBinary returns the path of promtool relative to the folder tests.
func promtoolBinary() string { return filepath.Join(".bin", "promtool"+executableSuffix()) }

// unchanged runs Generate and fails if it changes a file.
func unchanged() error {
	before, err := fingerprint(generated...)
	if err != nil {
		return err
	}
	if err := Generate(); err != nil {
		return err
	}
	after, err := fingerprint(generated...)
	if err != nil {
		return err
	}
	if before != after {
		return errors.New("generated files were out of date: run go tool mage generate and commit the changes")
	}
	return nil
}

// fingerprint hashes the names and contents of files, and of all files in folders.
func fingerprint(paths ...string) (string, error) {
	sum := sha256.New()
	for _, root := range paths {
		err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			text, err := os.ReadFile(path)
			fmt.Fprintf(sum, "%s %d\n", path, len(text))
			sum.Write(text)
			return err
		})
		if err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
