package main

import (
	"bytes"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/packcheck"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/packfile"
)

const root = ".."

// shipped are the sources of the committed files.
func shipped(t *testing.T) sources {
	t.Helper()
	packs, err := load()
	if err != nil {
		t.Fatal(err)
	}
	known, err := readPanels(root)
	if err != nil {
		t.Fatal(err)
	}
	return sources{packs, known}
}

// sourcesOf loads packs that are written in a test.
func sourcesOf(t *testing.T, packs ...string) sources {
	t.Helper()
	texts := make([]packfile.Source, len(packs))
	for i, pack := range packs {
		texts[i] = packfile.Source{Name: "a test", Text: []byte(pack)}
	}
	c, err := packcheck.Load(texts...)
	if err != nil {
		t.Fatal(err)
	}
	return sources{c, panels{}}
}

func TestCommittedFilesAreThoseOfThePacks(t *testing.T) {
	made, err := makeAll(shipped(t))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range made {
		got, err := os.ReadFile(filepath.Join(root, name))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			t.Errorf("%s is missing: run go tool mage generate", name)
		case err != nil:
			t.Error(err)
		case !bytes.Equal(got, want):
			t.Errorf("%s differs from what the packs say: run go tool mage generate", name)
		}
	}
	stale, err := staleFiles(root, made)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range stale {
		t.Errorf("%s belongs to no pack: run go tool mage generate", name)
	}
}

// A pack that goes takes its files along, and nothing that a person wrote.
func TestFilesOfAPackThatIsGoneAreRemoved(t *testing.T) {
	dir := t.TempDir()
	first, second := sourcesOf(t, small("first"), small("second")), sourcesOf(t, small("first"))
	for _, name := range []string{"monitoring/rules/written.yaml", "docs/catalog/written.md", "docs/catalog/generated.txt"} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("Written by a person.\n"+marker), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, from := range []sources{first, second} {
		made, err := makeAll(from)
		if err != nil {
			t.Fatal(err)
		}
		if err := write(dir, made); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{
		"docs/catalog/README.md", "docs/catalog/first.md", "docs/catalog/generated.txt", "docs/catalog/written.md",
		"docs/metrics-contract.md", "docs/runbooks/README.md", "docs/runbooks/firstBusy.md",
		"monitoring/alerts/first.yaml", "monitoring/rules/first.yaml", "monitoring/rules/written.yaml", "provisioning/alerting/first.yaml",
	}
	if got := tree(t, dir); !slices.Equal(got, want) {
		t.Errorf("left are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestNothingIsWrittenTwice(t *testing.T) {
	_, err := makeAll(sourcesOf(t, small("README")))
	if err == nil || !strings.Contains(err.Error(), "docs/catalog/README.md") {
		t.Errorf("a pack called README takes the index's place: %v", err)
	}
}

func TestNothingChangesBetweenRuns(t *testing.T) {
	first, err := makeAll(shipped(t))
	if err != nil {
		t.Fatal(err)
	}
	second, err := makeAll(shipped(t))
	if err != nil {
		t.Fatal(err)
	}
	if !maps.EqualFunc(first, second, bytes.Equal) {
		t.Error("two runs made different files")
	}
}

// small is a pack with one metric that is recorded and has an alert.
func small(name string) string {
	return strings.ReplaceAll(`
pack: NAME
title: A small pack
owner: somebody
labels: {model: The model.}
families: [{name: NAME_requests_total, type: counter, help: Requests., labels: [model]}]
metrics:
  - name: NAME_rate
    title: Rate
    description: Requests per second.
    unit: reqps
    type: gauge
    query: sum by (__BY__) (rate(NAME_requests_total{__PARAMS__}[$__rate_interval]))
    required_params: []
    optional_params: [model]
    group_by: [model]
    record: model:NAME_requests:rate5m
alerts:
  - name: NAMEBusy
    metric: NAME_rate
    condition: "> 1"
    for: 5m
    severity: info
    no_data: OK
    summary: It is busy.
    description: "{{ $labels.model }} is busy."
`, "NAME", name)
}

func tree(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(names)
	return names
}
