// Package catalog checks the zip of a plugin with rules of Grafana's catalog that need neither
// the network nor the source code. Most rules and their names are those of
// https://github.com/grafana/plugin-validator; the implementation is independent of it.
package catalog

import (
	"archive/zip"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// Finding is a violation of a rule.
type Finding struct{ Rule, Text string }

func (f Finding) String() string { return f.Rule + ": " + f.Text }

// Unsigned is the rule that every plugin violates until Grafana's signing service has signed
// it.
const Unsigned = "unsigned-plugin"

// rule checks one property of a plugin. Its function check returns a text for each violation.
type rule struct {
	name  string
	check func(p plugin) []string
}

// rules contains all rules for the content of the plugin's folder.
var rules = slices.Concat(metadataRules, contentRules, executableRules)

// plugin is the content of a zip.
type plugin struct {
	folder   string            // the only folder at the root of the zip
	files    map[string][]byte // by path within the folder
	modes    map[string]fs.FileMode
	manifest []byte
	metadata metadata
}

// maxFileSize bounds the memory for a file of the zip.
const maxFileSize = 200 << 20

// Check returns the violations of rules by a zip. It returns an error if it can't read the
// file as a zip, or if a file in the zip is larger than maxFileSize.
func Check(name string) ([]Finding, error) {
	archive, err := zip.OpenReader(name)
	if err != nil {
		return nil, err
	}
	defer archive.Close()
	p := plugin{files: map[string][]byte{}, modes: map[string]fs.FileMode{}}
	var findings []Finding
	folders := map[string]bool{}
	for _, file := range archive.File {
		folder, inside, found := strings.Cut(file.Name, "/")
		if !found || !fs.ValidPath(strings.TrimSuffix(file.Name, "/")) {
			findings = append(findings, Finding{"no-root-dir", fmt.Sprintf("%q is not in a folder", file.Name)})
			continue
		}
		folders[folder], p.folder = true, folder
		if file.FileInfo().IsDir() {
			continue
		}
		content, err := read(file)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file.Name, err)
		}
		p.files[inside], p.modes[inside] = content, file.Mode()
	}
	if len(folders) != 1 {
		return append(findings, Finding{"more-than-one-dir", fmt.Sprintf("the zip contains %d folders, want one", len(folders))}), nil
	}
	return append(findings, p.check()...), nil
}

func read(file *zip.File) ([]byte, error) {
	if file.UncompressedSize64 > maxFileSize {
		return nil, fmt.Errorf("%d bytes are more than %d", file.UncompressedSize64, maxFileSize)
	}
	r, err := file.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(io.LimitReader(r, maxFileSize))
}

func (p plugin) check() []Finding {
	p.manifest = p.files["plugin.json"]
	if p.manifest == nil {
		return []Finding{{"missing-metadata", "the zip contains no plugin.json"}}
	}
	if err := json.Unmarshal(p.manifest, &p.metadata); err != nil {
		return []Finding{{"invalid-metadata", err.Error()}}
	}
	var findings []Finding
	for _, r := range rules {
		for _, text := range r.check(p) {
			findings = append(findings, Finding{r.name, text})
		}
	}
	return findings
}

// matching returns the sorted paths of the files whose name matches a pattern of path.Match.
func (p plugin) matching(pattern string) []string {
	var names []string
	for name := range p.files {
		if ok, err := path.Match(pattern, path.Base(name)); ok && err == nil {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
