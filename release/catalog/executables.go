package catalog

import (
	"bytes"
	"debug/buildinfo"
	"fmt"
	"path"
	"regexp"
	"runtime/debug"
	"strings"
)

// sourceLine matches a line of go_plugin_build_manifest: the checksum and the path of a
// source.
var sourceLine = regexp.MustCompile(`^[0-9a-f]{64}:[^:]+\.go$`)

var executableRules = []rule{
	{"backend-found-but-not-declared", func(p plugin) []string {
		return when(!p.metadata.Backend && (p.metadata.Executable != "" || p.metadata.Alerting), "executable or alerting is set, but backend is false")
	}},
	{"backend-binary-missing", func(p plugin) []string {
		return when(p.metadata.Backend && len(p.executables()) == 0, "no file matches the executable %q", p.metadata.Executable)
	}},
	{"backend-binary-not-linux-amd64", func(p plugin) []string {
		for _, name := range p.executables() {
			if platform, _, err := target(p.files[name]); err == nil && platform == "linux/amd64" {
				return nil
			}
		}
		return when(p.metadata.Backend, "there is no executable for linux/amd64")
	}},
	{"binary-executable-permissions", func(p plugin) (texts []string) {
		for _, name := range p.executables() {
			violated := path.Ext(name) != ".exe" && p.modes[name].Perm() != 0o755
			texts = append(texts, when(violated, "%s has the permissions %o, want 755", name, p.modes[name].Perm())...)
		}
		return texts
	}},
	{"wrong-permissions", func(p plugin) (texts []string) {
		for name, mode := range p.modes {
			texts = append(texts, when(mode.Perm()&0o444 != 0o444, "not everybody may read %s", name)...)
		}
		return texts
	}},
	{"backend-binary-name", func(p plugin) (texts []string) {
		for _, name := range p.executables() {
			platform, _, err := target(p.files[name])
			want := p.metadata.Executable + "_" + strings.ReplaceAll(platform, "/", "_")
			if strings.HasPrefix(platform, "windows/") {
				want += ".exe"
			}
			texts = append(texts, when(err != nil || name != want, "%s is an executable for %q: %v", name, platform, err)...)
		}
		return texts
	}},
	{"backend-binary-paths", func(p plugin) (texts []string) {
		for _, name := range p.executables() {
			_, info, err := target(p.files[name])
			texts = append(texts, when(err == nil && setting(info, "-trimpath") != "true", "%s contains paths of the machine that built it", name)...)
		}
		return texts
	}},
	{"no-go-manifest", func(p plugin) (texts []string) {
		lines := strings.Fields(string(p.files["go_plugin_build_manifest"]))
		for _, line := range lines {
			if !sourceLine.MatchString(line) || strings.Contains(line, "node_modules/") {
				texts = append(texts, fmt.Sprintf("go_plugin_build_manifest contains %q", line))
			}
		}
		return append(texts, when(p.metadata.Backend && len(lines) == 0, "go_plugin_build_manifest is missing or empty")...)
	}},
}

func (p plugin) executables() []string {
	if p.metadata.Executable == "" {
		return nil
	}
	return p.matching(p.metadata.Executable + "*")
}

// target returns the platform, such as linux/amd64, and the build information of a Go
// executable.
func target(content []byte) (platform string, info *debug.BuildInfo, err error) {
	info, err = buildinfo.Read(bytes.NewReader(content))
	if err != nil {
		return "", nil, err
	}
	return setting(info, "GOOS") + "/" + setting(info, "GOARCH"), info, nil
}

func setting(info *debug.BuildInfo, key string) string {
	for _, s := range info.Settings {
		if s.Key == key {
			return s.Value
		}
	}
	return ""
}
