package docs

import (
	"encoding/json"
	"path"
	"regexp"
	"testing"
)

// releasedVersion matches the version of a release in a URL, the name of a file or a tag.
var releasedVersion = regexp.MustCompile(`(?:modelmetrics-catalog-datasource-|releases/download/v|--branch v)(\d+\.\d+\.\d+)`)

// TestCommandsHaveCurrentVersion checks that the commands of the pages install the version of
// package.json.
func TestCommandsHaveCurrentVersion(t *testing.T) {
	texts := repository(t)
	var manifest struct{ Version string }
	if err := json.Unmarshal([]byte(texts["package.json"]), &manifest); err != nil {
		t.Fatal(err)
	}
	checked := 0
	for name, text := range texts {
		if path.Ext(name) != ".md" || name == "CHANGELOG.md" {
			continue
		}
		for _, match := range releasedVersion.FindAllStringSubmatch(text, -1) {
			checked++
			if match[1] != manifest.Version {
				t.Errorf("%s names the version in %q, but package.json has %s", name, match[0], manifest.Version)
			}
		}
	}
	if checked < 10 {
		t.Errorf("%d versions were checked", checked)
	}
}

// blobURL matches a link to a file of the repository on GitHub.
var blobURL = regexp.MustCompile(`modelmetrics-catalog-datasource/blob/main/([\w./-]+?)(?:#([\w-]+))?["'\s)]`)

// TestURLsOfFiles checks that links to files on GitHub, such as those of plugin.json and of the
// settings page, lead to a file and a heading.
func TestURLsOfFiles(t *testing.T) {
	texts := repository(t)
	headings := headingsOf(texts)
	checked := 0
	for name, text := range texts {
		if name == "CONTRIBUTING.md" { // its examples name files that a reader adds
			continue
		}
		for _, match := range blobURL.FindAllStringSubmatch(text, -1) {
			checked++
			target := match[1]
			if match[2] != "" {
				target += "#" + match[2]
			}
			if problem := checkLink(headings, "README.md", target); problem != "" {
				t.Errorf("%s: %s %s", name, target, problem)
			}
		}
	}
	if checked < 50 {
		t.Errorf("%d links were checked", checked)
	}
}
