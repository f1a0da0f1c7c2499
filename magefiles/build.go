//go:build mage

// The project's commands. go tool mage -h COMMAND describes one with its options.
package main

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	sdk "github.com/grafana/grafana-plugin-sdk-go/build"
	"github.com/magefile/mage/mg"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/magefiles/preflight"
)

// The plugin's manifest is in the root folder. The plugin is built with the dependencies of
// its own go.mod, whose versions can differ from those of the workspace.
var _ = sdk.SetBeforeBuildCallback(func(c sdk.Config) (sdk.Config, error) {
	c.PluginJSONPath = "."
	if c.Env != nil {
		c.Env["GOWORK"] = "off"
		c.Env["GOFLAGS"] = "-trimpath"
	}
	return withReleaseDate(c)
})

// Build builds the backend and the frontend for this machine.
func Build() { mg.SerialDeps(frontendTools, Plugin, Frontend) }

// platforms are the systems that Grafana runs on: those of the SDK's target buildAll, and
// Windows on ARM.
var platforms = []string{
	"darwin/amd64", "darwin/arm64", "linux/amd64", "linux/arm", "linux/arm64", "windows/amd64", "windows/arm64",
}

// BuildAll builds the plugin for every system that Grafana runs on.
func BuildAll() error {
	mg.SerialDeps(frontendTools)
	for _, platform := range platforms {
		printStep("Building the backend for " + platform)
		system, architecture, _ := strings.Cut(platform, "/")
		if err := (sdk.Build{}).Custom(system, architecture); err != nil {
			return err
		}
	}
	mg.SerialDeps(Frontend)
	return nil
}

// Plugin builds the backend for this machine.
func Plugin() error { return sdk.Build{}.Custom(runtime.GOOS, runtime.GOARCH) }

// Frontend builds the frontend if its sources have changed.
func Frontend() error {
	changed, err := preflight.FrontendOutdated(".")
	if err != nil || !changed {
		return err
	}
	mg.SerialDeps(nodeModules)
	printStep("Building the frontend")
	return run(".", nil, "npm", "run", "--silent", "build")
}

// frontendTools checks node if the frontend must be built.
func frontendTools() error {
	outdated, err := preflight.FrontendOutdated(".")
	if outdated {
		mg.SerialDeps(node)
	}
	return err
}

// node checks Node and npm. Targets that run them later depend on it, so that they fail before
// they build anything.
func node() error { return preflight.Node(context.Background()) }

// nodeModules installs the frontend's packages.
func nodeModules() error { return installPackages(".") }

// installPackages installs the packages of a folder if its package-lock.json has
// changed.
func installPackages(dir string) error {
	mg.SerialDeps(node)
	changed, err := preflight.PackagesOutdated(dir)
	if err != nil || !changed {
		return err
	}
	printStep("Installing the packages of " + filepath.Join(dir, "package.json") + " (the first time takes a minute or two)")
	if err := run(dir, nil, "npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"); err != nil {
		return err
	}
	now := time.Now()
	return os.Chtimes(filepath.Join(dir, preflight.InstalledPackages), now, now)
}
