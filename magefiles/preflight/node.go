package preflight

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// minNode is the lowest major version of Node that builds the frontend.
const minNode = 20

// Node returns an error if Node or npm is missing or too old.
func Node(ctx context.Context) error {
	const remedy = "install Node %d or later with npm (https://nodejs.org/en/download)"
	for _, name := range []string{"node", "npm"} {
		if _, err := exec.LookPath(name); err != nil {
			return fmt.Errorf("%s is not on the PATH, but the frontend needs it: "+remedy, name, minNode)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, "node", "--version").Output()
	if err != nil {
		return fmt.Errorf("node --version fails: "+remedy+" (%w)", minNode, err)
	}
	version := strings.TrimSpace(string(out))
	major, _, _ := strings.Cut(strings.TrimPrefix(version, "v"), ".")
	if number, err := strconv.Atoi(major); err == nil && number < minNode {
		return fmt.Errorf("node %s is too old: "+remedy, version, minNode)
	}
	return nil
}

// FrontendOutdated reports whether the frontend must be built: it isn't built, or one of its
// sources is newer.
func FrontendOutdated(root string) (bool, error) {
	return outdated(root, filepath.Join("dist", "module.js"), "src", "dashboards", ".config", "plugin.json", "package-lock.json", "webpack.config.ts")
}

// PackagesOutdated reports whether the npm packages of a folder must be installed: they aren't
// installed, or the folder's package-lock.json is newer.
func PackagesOutdated(dir string) (bool, error) {
	return outdated(dir, InstalledPackages, "package-lock.json")
}

// InstalledPackages is the path of npm's list of the packages that are installed in a folder.
// Its time of modification is the time of the installation.
var InstalledPackages = filepath.Join("node_modules", ".package-lock.json")

// outdated reports whether a file doesn't exist, or is older than a source or a file below it.
func outdated(dir, name string, sources ...string) (bool, error) {
	built, err := os.Stat(filepath.Join(dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	newer := false
	for _, source := range sources {
		err := filepath.WalkDir(filepath.Join(dir, source), func(_ string, entry fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			info, err := entry.Info()
			if err == nil && info.ModTime().After(built.ModTime()) {
				newer = true
				return fs.SkipAll
			}
			return err
		})
		if newer || err != nil {
			return newer, err
		}
	}
	return false, nil
}
