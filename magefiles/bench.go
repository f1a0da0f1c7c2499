//go:build mage

package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"github.com/magefile/mage/mg"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/magefiles/preflight"
)

// Bench measures this plugin and others and prints tables in Markdown.
//
// docs/performance.md describes the tables. -peer adds the executable of another plugin. With -profile, Bench
// doesn't measure, but writes profiles of this plugin to a folder.
func Bench(peer, profile *string) error {
	mg.SerialDeps(Plugin)
	// The baseline plugin, tests/bench/peer, is built with the plugin's flags, so that the
	// memory use of both is comparable.
	if err := run("tests", compileEnv(), "go", "build", "-ldflags=-w -s", "-o", ".bin"+string(filepath.Separator), "./bench", "./bench/peer"); err != nil {
		return err
	}
	bin := filepath.Join("tests", ".bin")
	args := append(flagged("peer", peer), flagged("profile", profile)...)
	return run(".", nil, filepath.Join(bin, "bench"+executableSuffix()), append(args, "-baseline="+filepath.Join(bin, "peer"+executableSuffix()))...)
}

// E2E runs the browser specs against the demo in GRAFANA_HOME.
//
// It uses a local Chromium. -screenshots also updates the pictures in docs/img.
func E2E(screenshots *bool) error {
	if os.Getenv("GRAFANA_HOME") == "" {
		return errors.New("GRAFANA_HOME is not set: set it to the folder of an unpacked Grafana 10.4 or newer, which contains bin, conf and public")
	}
	if _, err := preflight.FindGrafana(context.Background()); err != nil {
		return err
	}
	mg.SerialDeps(node, Plugin, Frontend)
	if _, err := buildDemo(); err != nil {
		return err
	}
	var env []string
	if screenshots != nil && *screenshots {
		env = []string{"E2E_SCREENSHOTS=true"}
	}
	// Playwright starts the demo, waits for it and stops it: see playwright.config.ts.
	return run(".", env, "npx", "playwright", "test")
}
