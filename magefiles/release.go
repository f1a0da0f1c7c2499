//go:build mage

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	sdk "github.com/grafana/grafana-plugin-sdk-go/build"
	"github.com/grafana/grafana-plugin-sdk-go/build/buildinfo"
	"github.com/magefile/mage/mg"
)

const (
	// releaseDir is the folder for the files of a release.
	releaseDir = ".release"
	// dateVariable is the environment variable with the date of a build, in seconds since 1970:
	// see https://reproducible-builds.org/docs/source-date-epoch/.
	dateVariable = "SOURCE_DATE_EPOCH"
	// signer is the npm package that signs a plugin with Grafana's signing service.
	signer = "@grafana/sign-plugin@3.3.3"
)

// Package makes the files of a release in the folder .release.
//
// These are the zip for Grafana's catalog, checksums, release notes and the SBOM. The same
// commit results in the same bytes.
func Package() error {
	mg.SerialDeps(node) // before the last build is removed
	date, err := releaseDate()
	if err != nil {
		return err
	}
	if err := os.Setenv(dateVariable, date); err != nil {
		return err
	}
	// These folders can contain files of another commit.
	for _, folder := range []string{"dist", filepath.Join("node_modules", ".cache", "webpack")} {
		if err := os.RemoveAll(folder); err != nil {
			return err
		}
	}
	mg.SerialDeps(BuildAll)
	printStep("Packing the release")
	return release(date)
}

// Sign signs the plugin that Package has packed, and packs it again.
//
// The environment variable GRAFANA_ACCESS_POLICY_TOKEN must contain an access policy token of
// Grafana Cloud. -roots are comma-separated URLs of the Grafanas in which a private plugin may
// run.
func Sign(roots *string) error {
	mg.SerialDeps(node)
	if os.Getenv("GRAFANA_ACCESS_POLICY_TOKEN") == "" {
		return errors.New("GRAFANA_ACCESS_POLICY_TOKEN is not set: set it to a token of Grafana Cloud with the scope plugins:write. " +
			"See https://grafana.com/developers/plugin-tools/publish-a-plugin/sign-a-plugin")
	}
	id, err := pluginID()
	if err != nil {
		return err
	}
	folder := filepath.Join(releaseDir, id)
	if _, err := os.Stat(folder); err != nil {
		return fmt.Errorf("%w: run go tool mage package", err)
	}
	args := []string{"--yes", signer, "--distDir", folder}
	if roots != nil {
		args = append(args, "--rootUrls", *roots)
	}
	if err := run(".", nil, "npx", args...); err != nil {
		return err
	}
	date, err := releaseDate()
	if err != nil {
		return err
	}
	return release(date, "-signed")
}

// Reproduce makes the release of the current commit twice and compares the files.
//
// One is made in this folder, the other in a clone in another folder with an empty build cache.
func Reproduce() error {
	changes, err := exec.Command("git", "status", "--porcelain").Output()
	if err != nil {
		return err
	}
	if len(changes) > 0 {
		return fmt.Errorf("commit or remove these changes first, because the clone doesn't contain them:\n%s", changes)
	}
	if err := Package(); err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "reproduce")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	clone := filepath.Join(folder, "clone")
	if err := run(".", nil, "git", "clone", "--quiet", ".", clone); err != nil {
		return err
	}
	if err := run(clone, []string{"GOCACHE=" + filepath.Join(folder, "cache")}, "go", "tool", "mage", "package"); err != nil {
		return err
	}
	const checksums = "checksums.txt"
	first, err := os.ReadFile(filepath.Join(releaseDir, checksums))
	if err != nil {
		return err
	}
	second, err := os.ReadFile(filepath.Join(clone, releaseDir, checksums))
	if err != nil {
		return err
	}
	if string(first) != string(second) {
		return fmt.Errorf("two builds of the commit differ. The checksums are:\n%s\nand:\n%s", first, second)
	}
	printStep("Two builds of the commit are equal")
	return nil
}

// release packs the build in dist.
func release(date string, flags ...string) error {
	args := append([]string{"run", ".", "-date=" + date, "-platforms=" + strings.Join(platforms, ",")}, flags...)
	return run("release", compileEnv(), "go", args...)
}

// releaseDate returns the date of the release: SOURCE_DATE_EPOCH, or the date of the commit.
func releaseDate() (string, error) {
	if date := os.Getenv(dateVariable); date != "" {
		return date, nil
	}
	output, err := exec.Command("git", "log", "-1", "--format=%ct").Output()
	if err != nil {
		return "", fmt.Errorf("the date of the commit is unknown (%w): set %s", err, dateVariable)
	}
	return strings.TrimSpace(string(output)), nil
}

// withReleaseDate replaces the time of the build in the executable with SOURCE_DATE_EPOCH. If
// this variable is empty, it changes nothing.
func withReleaseDate(c sdk.Config) (sdk.Config, error) {
	date := os.Getenv(dateVariable)
	if date == "" {
		return c, nil
	}
	seconds, err := strconv.ParseInt(date, 10, 64)
	if err != nil {
		return c, fmt.Errorf("%s: %w", dateVariable, err)
	}
	var pkg struct{ Version string }
	if err := readJSON("package.json", &pkg); err != nil {
		return c, err
	}
	id, err := pluginID()
	if err != nil {
		return c, err
	}
	flags := map[string]string{}
	buildinfo.Info{Time: seconds * 1000, PluginID: id, Version: pkg.Version}.AppendFlags(flags)
	c.CustomVars = flags
	return c, nil
}

func pluginID() (string, error) {
	var manifest struct{ ID string }
	err := readJSON("plugin.json", &manifest)
	return manifest.ID, err
}

func readJSON(name string, target any) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, target)
}
