//go:build mage

// The project's commands. go tool mage -l lists them.
package main

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	// mage:import sdk
	sdk "github.com/grafana/grafana-plugin-sdk-go/build"
	"github.com/magefile/mage/mg"
	"github.com/magefile/mage/target"
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
func Build() { mg.SerialDeps(Plugin, Frontend) }

// platforms are the systems that Grafana runs on: those of the SDK's target buildAll, and
// Windows on ARM.
var platforms = []string{
	"darwin/amd64", "darwin/arm64", "linux/amd64", "linux/arm", "linux/arm64", "windows/amd64", "windows/arm64",
}

// BuildAll builds the plugin for every system that Grafana runs on.
func BuildAll() error {
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
	mg.SerialDeps(nodeModules)
	changed, err := target.Dir("dist/module.js", "src", "dashboards", ".config", "plugin.json", "package-lock.json", "webpack.config.ts")
	if err != nil || !changed {
		return err
	}
	printStep("Building the frontend")
	return run(".", nil, "npm", "run", "--silent", "build")
}

// nodeModules installs the frontend's packages.
func nodeModules() error { return installPackages(".") }

// installPackages installs the packages of a folder if its package-lock.json has
// changed.
func installPackages(dir string) error {
	installed := filepath.Join(dir, "node_modules", ".package-lock.json")
	changed, err := target.Path(installed, filepath.Join(dir, "package-lock.json"))
	if err != nil || !changed {
		return err
	}
	printStep("Installing the packages of " + filepath.Join(dir, "package.json") + " (the first time takes a minute or two)")
	if err := run(dir, nil, "npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"); err != nil {
		return err
	}
	now := time.Now()
	return os.Chtimes(installed, now, now)
}
