// Package artifact makes the files of a release from the build of the plugin in dist: the zip
// that Grafana's catalog accepts, checksums, the release notes and the SBOM. The same sources
// result in the same bytes.
package artifact

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// executablePrefix is the start of the names of the plugin's executables.
const executablePrefix = "gpx_"

// Options are the inputs of a release.
type Options struct {
	Root      string    // the repository
	Dist      string    // the build of the plugin
	Out       string    // the folder for the files of the release
	Date      time.Time // the date of the release, in plugin.json, the SBOM and the zip
	Platforms []string  // such as "linux/amd64"; the build must contain exactly these
}

// Plugin contains the parts of the file names of a release.
type Plugin struct{ ID, Version, executable string }

// readPlugin reads the version from package.json, and the rest from plugin.json.
func readPlugin(root string) (Plugin, error) {
	var manifest struct{ ID, Executable string }
	var pkg struct{ Version string }
	for name, target := range map[string]any{"plugin.json": &manifest, "package.json": &pkg} {
		content, err := os.ReadFile(filepath.Join(root, name)) //nolint:gosec // G304: a file of the repository
		if err != nil {
			return Plugin{}, err
		}
		if err := json.Unmarshal(content, target); err != nil {
			return Plugin{}, fmt.Errorf("%s: %w", name, err)
		}
	}
	return Plugin{ID: manifest.ID, Version: pkg.Version, executable: manifest.Executable}, nil
}

// provisioned lists the files of the repository that the zip contains in addition to the
// build, by the folder in the zip.
var provisioned = map[string]string{
	"examples":                     "provisioning/examples/*.yaml",
	"provisioning/alerting":        "provisioning/alerting/*.yaml",
	"provisioning/alerting-10.4.0": "provisioning/alerting-10.4.0/*.yaml",
	"provisioning/dashboards":      "provisioning/dashboards/*.yaml",
	"provisioning/datasources":     "provisioning/datasources/*.yaml",
	"prometheus/alerts":            "monitoring/alerts/*.yaml",
	"prometheus/rules":             "monitoring/rules/*.yaml",
}

// stage copies the build and the provisioned files to a folder named after the plugin, and
// returns the folder.
func stage(o Options, plugin Plugin) (string, error) {
	folder := filepath.Join(o.Out, plugin.ID)
	if err := os.RemoveAll(folder); err != nil {
		return "", err
	}
	if err := checkExecutables(o, plugin); err != nil {
		return "", err
	}
	if err := os.CopyFS(folder, os.DirFS(o.Dist)); err != nil {
		return "", err
	}
	for target, pattern := range provisioned {
		if err := copyFiles(filepath.Join(o.Root, filepath.FromSlash(pattern)), filepath.Join(folder, filepath.FromSlash(target))); err != nil {
			return "", err
		}
	}
	return folder, errors.Join(
		rewrite(filepath.Join(folder, "plugin.json"), func(text string) string { return setDate(text, o.Date) }),
		rewrite(filepath.Join(folder, "go_plugin_build_manifest"), pluginSources),
		rewrite(filepath.Join(folder, "provisioning", "datasources", "modelmetrics.yaml"), notDefault),
	)
}

// checkExecutables checks that the build contains one executable for each platform and no
// other.
func checkExecutables(o Options, plugin Plugin) error {
	var want []string
	for _, platform := range o.Platforms {
		name := plugin.executable + "_" + strings.ReplaceAll(platform, "/", "_")
		if strings.HasPrefix(platform, "windows/") {
			name += ".exe"
		}
		want = append(want, name)
	}
	entries, err := filepath.Glob(filepath.Join(o.Dist, executablePrefix+"*"))
	if err != nil {
		return err
	}
	var got []string
	for _, entry := range entries {
		got = append(got, filepath.Base(entry))
	}
	slices.Sort(want)
	if !slices.Equal(got, want) {
		return fmt.Errorf("%s contains the executables %q, want %q", o.Dist, got, want)
	}
	return nil
}

func copyFiles(pattern, target string) error {
	files, err := filepath.Glob(pattern)
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return fmt.Errorf("no file matches %s", pattern)
	}
	if err := os.MkdirAll(target, 0o755); err != nil { //nolint:gosec // G301: everybody may read a release
		return err
	}
	for _, file := range files {
		content, err := os.ReadFile(file) //nolint:gosec // G304: a file of the repository
		if err != nil {
			return err
		}
		if err := writeText(filepath.Join(target, filepath.Base(file)), string(content)); err != nil {
			return err
		}
	}
	return nil
}

func rewrite(name string, change func(string) string) error {
	content, err := os.ReadFile(name) //nolint:gosec // G304: a file of the build
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: build the plugin", err)
	}
	if err != nil {
		return err
	}
	return os.WriteFile(name, []byte(change(string(content))), 0o644) //nolint:gosec // G306: everybody may read a release
}

// notDefault changes the data source in a provisioning file so that it isn't the default. It
// would otherwise replace the default of an existing Grafana.
func notDefault(text string) string {
	return strings.ReplaceAll(text, "isDefault: true", "isDefault: false")
}

var updated = regexp.MustCompile(`("updated": *)"[^"]*"`)

// setDate replaces the day of the build in plugin.json with the date of the release.
func setDate(manifest string, date time.Time) string {
	return updated.ReplaceAllString(manifest, fmt.Sprintf(`${1}"%s"`, date.UTC().Format(time.DateOnly)))
}

// pluginSources removes the Go files of npm packages from the list of sources, because they
// aren't in the repository. The result therefore doesn't depend on the installed packages.
func pluginSources(manifest string) string {
	var kept strings.Builder
	for line := range strings.Lines(manifest) {
		if !strings.Contains(line, "node_modules/") {
			kept.WriteString(line)
		}
	}
	return kept.String()
}
