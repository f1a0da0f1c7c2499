package catalog

import (
	"archive/zip"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const (
	id       = "example-numbers-datasource"
	manifest = `{
  "type": "datasource", "name": "Numbers", "id": "example-numbers-datasource", "backend": true, "alerting": true, "executable": "gpx_numbers",
  "info": {
    "description": "Numbers.", "author": {"name": "Example", "url": "https://example.org"}, "keywords": ["numbers"],
    "logos": {"small": "img/logo.svg", "large": "img/logo.svg"},
    "links": [{"name": "Repository", "url": "https://example.org/numbers"}],
    "screenshots": [{"name": "Numbers", "path": "img/numbers.png"}],
    "version": "1.2.3", "updated": "2026-08-14"
  },
  "dependencies": {"grafanaDependency": ">=10.4.0-0", "plugins": []}
}`
	sourceMap = `{"sources": ["webpack://numbers/./module.ts"], "sourcesContent": ["export const a = 1;"]}`
)

// content contains the files of a plugin, and permissions other than 0644, by path in the zip.
type content struct {
	files map[string]string
	modes map[string]fs.FileMode
}

// build compiles a program with the given flags. Without the flag -trimpath, the executable
// contains paths of this machine.
func build(t *testing.T, platform string, flags ...string) string {
	t.Helper()
	folder := t.TempDir()
	source, target := filepath.Join(folder, "main.go"), filepath.Join(folder, "main")
	if err := os.WriteFile(source, []byte("package main\n\nfunc main() {}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	system, architecture, _ := strings.Cut(platform, "/")
	command := exec.CommandContext(t.Context(), "go", append(append([]string{"build"}, flags...), "-o", target, source)...)
	command.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=", "GOOS="+system, "GOARCH="+architecture)
	if output, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	executable, err := os.ReadFile(target)
	if err != nil {
		t.Fatal(err)
	}
	return string(executable)
}

func valid(executable string) content {
	return content{
		files: map[string]string{
			id + "/plugin.json":              manifest,
			id + "/module.js":                "define([],()=>1)",
			id + "/module.js.map":            sourceMap,
			id + "/README.md":                "# Numbers\n\nSee [the project](https://example.org).",
			id + "/CHANGELOG.md":             "# Changelog",
			id + "/LICENSE":                  "Apache License\nVersion 2.0, January 2004\nCopyright [yyyy] [name of copyright owner]\n",
			id + "/img/logo.svg":             `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0" fill="url(#a)" style="mask: url( '#b' )"/></svg>`,
			id + "/img/numbers.png":          "\x89PNG\r\n\x1a\n",
			id + "/gpx_numbers_linux_amd64":  executable,
			id + "/go_plugin_build_manifest": strings.Repeat("0", 64) + ":pkg/main.go\n",
		},
		modes: map[string]fs.FileMode{id + "/gpx_numbers_linux_amd64": 0o755},
	}
}

func (c content) write(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "plugin.zip")
	file, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	w := zip.NewWriter(file)
	for _, name := range slices.Sorted(maps.Keys(c.files)) {
		header := &zip.FileHeader{Name: name}
		header.SetMode(0o644)
		if mode, ok := c.modes[name]; ok {
			header.SetMode(mode)
		}
		entry, err := w.CreateHeader(header)
		if err == nil {
			_, err = entry.Write([]byte(c.files[name]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return name
}

func namesOf(findings []Finding) []string {
	var names []string
	for _, finding := range findings {
		names = append(names, finding.Rule)
	}
	return names
}

func TestValidPlugin(t *testing.T) {
	c := valid(build(t, "linux/amd64", "-trimpath"))
	findings, err := Check(c.write(t))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(namesOf(findings), []string{Unsigned}) {
		t.Errorf("a plugin without violations: %v", findings)
	}
	c.files[id+"/MANIFEST.txt"] = "signed"
	if findings, err := Check(c.write(t)); err != nil || len(findings) != 0 {
		t.Errorf("a signed plugin: %v, %v", findings, err)
	}
}

// TestRules checks that each rule reports a plugin that violates it.
func TestRules(t *testing.T) {
	executable := build(t, "linux/amd64", "-trimpath")
	edit := func(name, old, new string) func(content) {
		return func(c content) {
			if !strings.Contains(c.files[id+"/"+name], old) {
				t.Errorf("%s doesn't contain %q", name, old)
			}
			c.files[id+"/"+name] = strings.Replace(c.files[id+"/"+name], old, new, 1)
		}
	}
	remove := func(name string) func(content) { return func(c content) { delete(c.files, id+"/"+name) } }
	add := func(name, text string) func(content) { return func(c content) { c.files[id+"/"+name] = text } }
	covered := map[string]bool{Unsigned: true}
	for i, test := range []struct {
		rule   string
		change func(content)
	}{
		{"no-root-dir", func(c content) { c.files["README.md"] = "outside" }},
		{"more-than-one-dir", func(c content) { c.files["other/README.md"] = "outside" }},
		{"missing-metadata", remove("plugin.json")},
		{"invalid-metadata", edit("plugin.json", `"backend"`, `"backends"`)},
		{"invalid-metadata", edit("plugin.json", "1.2.3", "1.2")},
		{"invalid-metadata", edit("plugin.json", "2026-08-14", "%TODAY%")},
		{"no-ident-root-dir", edit("plugin.json", `"id": "example-numbers`, `"id": "example-figures`)},
		{"invalid-id-format", edit("plugin.json", `"id": "example-numbers-datasource`, `"id": "numbers-datasource`)},
		{"plugin-type-suffix", edit("plugin.json", `"type": "datasource"`, `"type": "panel"`)},
		{"human-friendly-name", edit("plugin.json", `"Numbers"`, `"example-numbers-datasource"`)},
		{"empty-description", edit("plugin.json", `"Numbers."`, `""`)},
		{"empty-keywords", edit("plugin.json", `["numbers"]`, `[]`)},
		{"invalid-grafana-dependency", edit("plugin.json", ">=10.4.0-0", "the newest")},
		{"depends-on-single-release", edit("plugin.json", ">=10.4.0-0", "10.4.x")},
		{"broken-link", edit("plugin.json", "https://example.org/numbers", "docs/numbers")},
		{"path-not-exists", remove("img/logo.svg")},
		{"screenshots", edit("plugin.json", `[{"name": "Numbers", "path": "img/numbers.png"}]`, "[]")},
		{"screenshots-image-type", edit("img/numbers.png", "\x89PNG", "JPEG")},
		{"nested-plugin-id-in-non-app", add("panel/plugin.json", "{}")},
		{"missing-readme", remove("README.md")},
		{"readme-comment", edit("README.md", "See", "<!-- See\n-->")},
		{"template-readme", edit("README.md", "# Numbers", "# Grafana Data Source Plugin Template")},
		{"developer-jargon", edit("README.md", "See", "Run yarn. See")},
		{"relative-link", edit("README.md", "https://example.org", "docs/")},
		{"missing-changelog", edit("CHANGELOG.md", "# Changelog", " \n")},
		{"license-not-provided", remove("LICENSE")},
		{"license-not-valid", edit("LICENSE", "Apache", "GNU")},
		{"license-with-generic-text", edit("LICENSE", "Version", "Copyright {yyyy}\nVersion")},
		{"missing-modulejs", remove("module.js")},
		{"js-map-not-found", add("946.js", "1")},
		{"js-map-invalid", edit("module.js.map", `"export const a = 1;"`, "")},
		{"js-map-invalid", edit("module.js.map", "webpack://numbers/.", "file:///home/example")},
		{"js-map-invalid", edit("module.js.map", "{", "")},
		{"legacy-platform", edit("module.js", "[]", `["app/core/core"]`)},
		{"tracking-scripts", edit("module.js", "=>1", `=>"https://www.google-analytics.com/collect"`)},
		{"access-old-react-internals", edit("module.js", "=>1", "=>r.__SECRET_INTERNALS_DO_NOT_USE_OR_YOU_WILL_BE_FIRED")},
		{"unsafe-code", edit("module.js", "=>1", "=>eval(a)")},
		{"unsafe-svg-file", edit("img/logo.svg", "<path", `<script>1</script><path`)},
		{"unsafe-svg-file", edit("img/logo.svg", "<path", `<path onclick="1"`)},
		{"unsafe-svg-file", edit("img/logo.svg", "<path", `<path fill="url(https://example.org/a.svg#b)"`)},
		{"unsafe-svg-file", edit("img/logo.svg", "<path", `<path style="mask: URL( '//example.org/a.svg#b')"`)},
		{"unsafe-svg-file", edit("img/logo.svg", "<path", `<path style="fill: u\72l(a.svg#b)"`)},
		{"unsafe-svg-file", edit("img/logo.svg", "<path", `<path style="cursor: image-set('a.png' 1x), auto"`)},
		{"unsafe-svg-file", edit("img/logo.svg", "<path", `<path xml:base="https://example.org/" fill="url(#b)"`)},
		{"unsafe-svg-file", edit("img/logo.svg", "<svg", `<?xml-stylesheet href="https://example.org/a.css"?><svg`)},
		{"unsafe-svg-file", edit("img/logo.svg", "<svg", `<!DOCTYPE svg SYSTEM "https://example.org/a.dtd"><svg`)},
		{"development-file", add("standalone.txt", "127.0.0.1")},
		{"development-file", add("src/module.ts", "1")},
		{"backend-found-but-not-declared", edit("plugin.json", `"backend": true`, `"backend": false`)},
		{"backend-binary-missing", remove("gpx_numbers_linux_amd64")},
		{"backend-binary-not-linux-amd64", edit("gpx_numbers_linux_amd64", executable, "#!/bin/sh")},
		{"backend-binary-name", edit("gpx_numbers_linux_amd64", executable, "#!/bin/sh")},
		{"backend-binary-name", add("gpx_numbers_darwin_arm64", executable)},
		{"backend-binary-paths", add("gpx_numbers_linux_amd64", build(t, "linux/amd64"))},
		{"binary-executable-permissions", func(c content) { c.modes[id+"/gpx_numbers_linux_amd64"] = 0o744 }},
		{"wrong-permissions", func(c content) { c.modes[id+"/README.md"] = 0o600 }},
		{"no-go-manifest", remove("go_plugin_build_manifest")},
		{"no-go-manifest", edit("go_plugin_build_manifest", "pkg", "node_modules/example")},
	} {
		covered[test.rule] = true
		t.Run(fmt.Sprintf("%d %s", i, test.rule), func(t *testing.T) {
			c := valid(executable)
			test.change(c)
			findings, err := Check(c.write(t))
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Contains(namesOf(findings), test.rule) {
				t.Errorf("the rule reports nothing: %v", findings)
			}
		})
	}
	for _, r := range rules {
		if !covered[r.name] {
			t.Errorf("no case violates the rule %s", r.name)
		}
	}
}

func TestNoZip(t *testing.T) {
	name := filepath.Join(t.TempDir(), "plugin.zip")
	if err := os.WriteFile(name, []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	if findings, err := Check(name); err == nil {
		t.Errorf("a text as a zip: %v", findings)
	}
}
