package component

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

const mit = `MIT License

Copyright (c) 2026 Example

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
`

func TestDetect(t *testing.T) {
	apache, err := os.ReadFile("../../LICENSE")
	if err != nil {
		t.Fatal(err)
	}
	got, err := detect([]Text{{"LICENSE", string(apache)}, {"internal/LICENSE.md", mit}, {"NOTICE", "Example"}})
	if err != nil || got != "Apache-2.0 AND MIT" {
		t.Errorf("got %q, %v", got, err)
	}
	for name, texts := range map[string][]Text{
		"not a license":  {{"LICENSE", "All rights reserved."}},
		"a notice alone": {{"NOTICE", mit}},
	} {
		if got, err := detect(texts); err == nil {
			t.Errorf("%s: got %q, want an error", name, got)
		}
	}
}

func TestCheck(t *testing.T) {
	for license, want := range map[string]bool{"MIT": true, "Apache-2.0 AND MIT": true, "AGPL-3.0": false, "MIT AND GPL-3.0": false, "": false} {
		c := Component{Ecosystem: "npm", Name: "example", Version: "1.0.0", License: license, Texts: []Text{{"LICENSE", mit}}}
		if err := c.check(); (err == nil) != want {
			t.Errorf("%q: %v", license, err)
		}
		c.Texts = nil
		if c.check() == nil {
			t.Errorf("%q: a component without a license file is accepted", license)
		}
	}
}

func TestBundledFolders(t *testing.T) {
	folders := map[string]bool{}
	err := bundledFolders([]byte(`{"sources": [
		"webpack://plugin/./module.ts", "webpack://plugin/webpack/bootstrap", "webpack://plugin/external amd \"react\"",
		"webpack://plugin/../node_modules/@scope/one/dist/index.js", "webpack://plugin/../node_modules/two/node_modules/three/a.js"
	]}`), folders)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"node_modules/@scope/one/", "node_modules/two/node_modules/three/", "node_modules/webpack/"}
	if got := slices.Sorted(maps.Keys(folders)); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if err := bundledFolders([]byte(`{}`), folders); err == nil {
		t.Error("a source map without sources is accepted")
	}
}

func TestLicenseTexts(t *testing.T) {
	root := t.TempDir()
	for _, name := range []string{"LICENSE", "a/COPYING", "a/b/NOTICE.txt", "other/LICENSE", "a/license.go"} {
		file := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	texts, err := licenseTexts(root, []string{filepath.Join(root, "a", "b")})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, text := range texts {
		got = append(got, text.Path)
	}
	if want := []string{"LICENSE", "a/COPYING", "a/b/NOTICE.txt"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q: the files of a linked package and of the folders above it", got, want)
	}
}

func TestDocuments(t *testing.T) {
	all := sortComponents([]Component{
		{"npm", "@scope/two", "2.0.0", "MIT", []Text{{"LICENSE", mit}}},
		{"golang", "example.org/one", "v1.0.0+incompatible", "Apache-2.0 AND MIT", []Text{{"LICENSE", "Apache"}, {"NOTICE", "One"}}},
		{"npm", "three", "3.0.0", "MIT", []Text{{"LICENSE", mit}}},
		{"npm", "three", "3.0.0", "MIT", []Text{{"LICENSE", mit}}},
	})
	plugin := Plugin{ID: "example-datasource", Version: "0.1.0", Date: time.Unix(0, 0)}
	var notices, bom strings.Builder
	if err := WriteNotices(&notices, plugin, all); err != nil {
		t.Fatal(err)
	}
	if strings.Count(notices.String(), "Permission is hereby granted") != 1 || strings.Count(notices.String(), "three 3.0.0 (npm, MIT)") != 1 {
		t.Errorf("components with the same license don't share its text:\n%s", notices.String())
	}
	if !strings.Contains(notices.String(), "NOTICE:\n\nOne\n") {
		t.Errorf("a notice is missing:\n%s", notices.String())
	}
	if err := WriteSBOM(&bom, plugin, all); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"purl": "pkg:golang/example.org/one@v1.0.0%2Bincompatible"`, `"expression": "Apache-2.0 AND MIT"`, `"purl": "pkg:npm/%40scope/two@2.0.0"`,
		`"id": "MIT"`, `"specVersion": "1.6"`, `"timestamp": "1970-01-01T00:00:00Z"`,
	} {
		if !strings.Contains(bom.String(), want) {
			t.Errorf("the SBOM doesn't contain %s", want)
		}
	}
}
