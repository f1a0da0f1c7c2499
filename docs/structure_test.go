package docs

import (
	"bytes"
	"fmt"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// These maximum numbers of lines keep a file to one idea and a package to one responsibility.
const (
	maxFileLines    = 300
	maxTestLines    = 400
	maxPackageLines = 2_500
)

var (
	source = regexp.MustCompile(`\.(?:go|tsx?|js|mjs)$`)
	// test matches the sources of tests, including what only tests use.
	test = regexp.MustCompile(`_test\.go$|\.test\.tsx?$|^tests/|^testbed/internal/|^src/testing/|/testPack\.ts$`)
)

// TestSizes checks the number of lines of sources that are written by hand. It skips paths
// that begin with a dot. The files of .config come from Grafana's plugin template.
func TestSizes(t *testing.T) {
	packages := map[string]int{}
	for name, text := range repository(t) {
		if !source.MatchString(name) || strings.HasPrefix(name, ".config/") || strings.HasPrefix(name, ".") {
			continue
		}
		lines, limit := strings.Count(text, "\n"), maxFileLines
		if test.MatchString(name) {
			limit = maxTestLines
		} else {
			packages[path.Dir(name)] += lines
		}
		if lines > limit {
			t.Errorf("%s has %d lines, more than %d. Split it by idea.", name, lines, limit)
		}
	}
	for name, lines := range packages {
		if lines > maxPackageLines {
			t.Errorf("The sources in %s have %d lines, more than %d. Split it by responsibility.", name, lines, maxPackageLines)
		}
	}
	if packages["pkg/query"] == 0 || packages["src/query"] == 0 {
		t.Errorf("the sources were not read: %v", packages)
	}
}

const module = "github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/"

// TestArchitectureListsImports checks that the table of architecture.md lists every package of
// the backend, with its imports of other packages of the backend. The table omits the package
// fault, which every package may import. The package plugin may import all packages.
func TestArchitectureListsImports(t *testing.T) {
	listed := listedImports(t)
	actual := actualImports(t)
	for _, name := range slices.Sorted(maps.Keys(actual)) {
		want, ok := listed[name]
		if !ok {
			t.Errorf("docs/architecture.md doesn't list the package %s", name)
			continue
		}
		if name == "plugin" {
			continue
		}
		if got := actual[name]; !slices.Equal(got, want) {
			t.Errorf("The package %s imports %s, but docs/architecture.md lists %s. Check whether it should, then change the table.", name, got, want)
		}
	}
	for name := range listed {
		if actual[name] == nil {
			t.Errorf("docs/architecture.md lists the package %s, which doesn't exist", name)
		}
	}
}

// listedImports returns the sorted imports of each package according to architecture.md.
func listedImports(t *testing.T) map[string][]string {
	t.Helper()
	page, err := os.ReadFile("architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := bytes.Cut(page, []byte("| package | responsibility | imports |\n"))
	table, _, _ = bytes.Cut(table, []byte("\n\n"))
	name := regexp.MustCompile("`([^`]+)`")
	listed := map[string][]string{}
	for line := range strings.Lines(string(table)) {
		cells := strings.Split(strings.TrimSpace(line), " |")
		match := name.FindStringSubmatch(cells[0])
		if match == nil || len(cells) != 4 {
			continue
		}
		imports := []string{}
		for _, each := range name.FindAllStringSubmatch(cells[2], -1) {
			imports = append(imports, each[1])
		}
		slices.Sort(imports)
		listed[match[1]] = imports
	}
	return listed
}

// actualImports returns the sorted imports of each package below pkg. It lists only imports of
// other packages below pkg, except for fault.
func actualImports(t *testing.T) map[string][]string {
	t.Helper()
	actual := map[string][]string{}
	err := filepath.WalkDir(filepath.Join(root, "pkg"), func(file string, _ os.DirEntry, err error) error {
		if err != nil || path.Ext(file) != ".go" || strings.HasSuffix(file, "_test.go") {
			return err
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		folder, err := filepath.Rel(filepath.Join(root, "pkg"), filepath.Dir(file))
		name := filepath.ToSlash(folder)
		if err != nil || name == "." { // main.go
			return err
		}
		imports := actual[name]
		if imports == nil {
			imports = []string{}
		}
		for _, spec := range parsed.Imports {
			target, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if target, ok := strings.CutPrefix(target, module); ok && target != "fault" {
				imports = append(imports, target)
			}
		}
		slices.Sort(imports)
		actual[name] = slices.Compact(imports)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return actual
}
