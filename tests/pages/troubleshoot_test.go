package pages

import (
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/snippets"
)

var update = flag.Bool("update", false, "rewrite the texts on docs/troubleshoot.md")

// minSymptoms is the number of errors that the page must explain at least.
const minSymptoms = 25

// TestSymptoms produces the text of each error on docs/troubleshoot.md with the compiled plugin, and
// compares it with the block under the error's heading.
func TestSymptoms(t *testing.T) {
	blocks, page := snippets.Read(t, root, "docs/troubleshoot.md")
	documented := map[string]string{}
	for _, s := range blocks {
		if s.Language == "text" {
			documented[s.Heading] = s.Text
		}
	}
	p := start(t)
	produced := map[string]string{}
	for name, produce := range symptoms {
		if _, ok := documented[name]; !ok {
			t.Errorf("docs/troubleshoot.md has no text under the heading %q", name)
		}
		t.Run(name, func(t *testing.T) {
			if produced[name] = produce(attempt{t, p}); produced[name] == "" {
				t.Error("no error")
			}
		})
	}
	for _, name := range slices.Sorted(maps.Keys(documented)) {
		if symptoms[name] == nil {
			t.Errorf("docs/troubleshoot.md has the error %q, which no test produces", name)
		}
	}
	if len(documented) < minSymptoms {
		t.Errorf("the page has %d errors, want at least %d", len(documented), minSymptoms)
	}
	if *update {
		write(t, page, produced)
		return
	}
	for name, want := range produced {
		if got := strings.TrimSpace(documented[name]); got != want {
			t.Errorf("%s: the page has\n%s\nthe plugin returns\n%s\nRun in tests: go test ./pages -run TestSymptoms -update", name, got, want)
		}
	}
}

// write replaces the text under each heading of the page.
func write(t *testing.T, page string, texts map[string]string) {
	t.Helper()
	for name, text := range texts {
		before, after, found := strings.Cut(page, "\n### "+name+"\n\n```text\n")
		if !found {
			continue
		}
		_, after, _ = strings.Cut(after, "\n```\n")
		page = before + "\n### " + name + "\n\n```text\n" + text + "\n```\n" + after
	}
	if err := os.WriteFile(filepath.Join(root, "docs", "troubleshoot.md"), []byte(page), 0o644); err != nil {
		t.Fatal(err)
	}
}
