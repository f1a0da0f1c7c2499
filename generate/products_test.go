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

// builtin returns the sources of the committed files.
func builtin(t *testing.T) sources {
	t.Helper()
	packs, err := load()
	if err != nil {
		t.Fatal(err)
	}
	known, err := readPanels(root)
	if err != nil {
		t.Fatal(err)
	}
	return sources{packs, known, os.DirFS(root)}
}

// sourcesOf loads the packs of a test.
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
	return sources{c, panels{}, os.DirFS(root)}
}

func TestCommittedFilesAreUpToDate(t *testing.T) {
	all, err := generateAll(builtin(t))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range all {
		got, err := os.ReadFile(filepath.Join(root, name))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			t.Errorf("%s is missing: run go tool mage generate", name)
		case err != nil:
			t.Error(err)
		case !bytes.Equal(got, want):
			t.Errorf("%s is out of date: run go tool mage generate", name)
		}
	}
	stale, err := staleFiles(root, all)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range stale {
		t.Errorf("%s belongs to no pack: run go tool mage generate", name)
	}
}

// TestWriteDeletesFilesOfRemovedPacks checks that write deletes the generated files of a
// removed pack, and no file that was written by hand.
func TestWriteDeletesFilesOfRemovedPacks(t *testing.T) {
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
		all, err := generateAll(from)
		if err != nil {
			t.Fatal(err)
		}
		if err := write(dir, all); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{
		"deploy/kubernetes/grafana-helm/alerts-first.yaml", "deploy/kubernetes/grafana-operator/alerts-first.yaml",
		"deploy/kubernetes/prometheus-operator/alerts-first.yaml", "deploy/kubernetes/prometheus-operator/rules-first.yaml",
		"docs/catalog/README.md", "docs/catalog/first.md", "docs/catalog/generated.txt", "docs/catalog/written.md",
		"docs/metrics-contract.md", "docs/runbooks/README.md", "docs/runbooks/firstBusy.md",
		"monitoring/alerts/first.yaml", "monitoring/rules/first.yaml", "monitoring/rules/written.yaml",
		"provisioning/alerting-10.4.0/first.yaml", "provisioning/alerting/first.yaml",
	}
	got := slices.DeleteFunc(tree(t, dir), func(name string) bool {
		return strings.HasPrefix(name, "deploy/") && !strings.Contains(name, "first") && !strings.Contains(name, "second")
	})
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestGenerateRejectsDuplicateFiles(t *testing.T) {
	_, err := generateAll(sourcesOf(t, small("README")))
	if err == nil || !strings.Contains(err.Error(), "docs/catalog/README.md") {
		t.Errorf("a pack called README replaces the index: %v", err)
	}
}

func TestGenerateIsDeterministic(t *testing.T) {
	first, err := generateAll(builtin(t))
	if err != nil {
		t.Fatal(err)
	}
	second, err := generateAll(builtin(t))
	if err != nil {
		t.Fatal(err)
	}
	if !maps.EqualFunc(first, second, bytes.Equal) {
		t.Error("two runs generated different files")
	}
}

// small returns a pack with one recorded metric and an alert on it.
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
