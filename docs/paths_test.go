package docs

import (
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	// repositoryPath matches a path in this repository. The path is relative to the root, to
	// the top-level folder of the file that names the path, or to the folder of that file. It
	// can contain patterns (*) and placeholders (<pack>).
	repositoryPath = regexp.MustCompile(`(?:^|[^\w/.$@:-])(?:\./)?((?:dashboards|demo|deploy|docs|generate|magefiles|monitoring|pkg|provisioning|release|src|testbed|tests)/[\w.*<>/-]*[\w*>/])`)
	// sourceFile is the name of a source file without its folder.
	sourceFile  = regexp.MustCompile(`(?:^|[^\w/.*-])([\w-][\w.-]*\.(?:go|tsx?))\b`)
	placeholder = regexp.MustCompile(`<[^>]*>`)
	// comment matches a line that is a comment, or ends in one.
	comment = regexp.MustCompile(`^\s*(?://|#|\*|/\*)|\s//\s`)
)

// TestPathsAreInTheRepository checks that pages and comments name only files and folders that
// exist.
func TestPathsAreInTheRepository(t *testing.T) {
	texts := repository(t)
	names := map[string]bool{}
	for name := range texts {
		names[path.Base(name)] = true
	}
	checked := 0
	delete(texts, "docs/paths_test.go") // it contains paths that don't exist
	for name, text := range texts {
		for _, line := range proseOf(name, text) {
			for _, match := range repositoryPath.FindAllStringSubmatch(line, -1) {
				checked++
				if !exists(name, match[1]) {
					t.Errorf("%s names %s, which doesn't exist", name, match[1])
				}
			}
			for _, match := range sourceFile.FindAllStringSubmatch(line, -1) {
				checked++
				if !names[match[1]] {
					t.Errorf("%s names %s, which doesn't exist", name, match[1])
				}
			}
		}
	}
	if checked < 100 {
		t.Errorf("%d paths were checked: the regular expression misses most of them", checked)
	}
}

// proseOf returns all lines of a page, or the lines of a source that contain a comment. It
// returns nothing for the pages of docs/contracts, because they name files of other products.
func proseOf(name, text string) []string {
	if strings.HasPrefix(name, "docs/contracts/") {
		return nil
	}
	lines := strings.Split(text, "\n")
	switch path.Ext(name) {
	case ".md":
		return lines
	case ".go", ".ts", ".tsx", ".js", ".mjs", ".yaml", ".yml":
		return slices.DeleteFunc(lines, func(line string) bool { return !comment.MatchString(line) })
	default:
		return nil
	}
}

// exists reports whether a file matches a path that a file of the repository names. Folders of
// build outputs, whose names begin with a dot, count as existing.
func exists(name, target string) bool {
	target = strings.TrimSuffix(target, "/...")
	if strings.Contains(target, "/.") {
		return true
	}
	pattern := placeholder.ReplaceAllString(target, "*")
	module, _, _ := strings.Cut(name, "/")
	for _, folder := range []string{"", module, path.Dir(name)} {
		if found, err := filepath.Glob(filepath.Join(root, folder, pattern)); err == nil && len(found) > 0 {
			return true
		}
	}
	return false
}

func TestPathsThatDoNotExist(t *testing.T) {
	for _, test := range []struct {
		name, text string
		missing    []string
	}{
		{"docs/page.md", "See `pkg/query/query.go`, pkg/catalog/packs/*.yaml, `monitoring/alerts/tests/<pack>.yaml` and ./pkg/query/...", nil},
		{"docs/page.md", "`docs/nowhere.md` and https://example.com/docs/elsewhere.md", []string{"docs/nowhere.md"}},
		{"pkg/query/query.go", "x := `src/nowhere.ts`\n// See src/gone.ts. // pkg/old has it\n", []string{"src/gone.ts", "pkg/old"}},
		{"tests/faults/faults_test.go", "// upstream/upstream.go and tests/.bin/promtool", nil},
		{"pkg/catalog/packs/tango.yaml", "# dashboards/src/panels.ts\nname: docs/nowhere.md\n", nil},
	} {
		var missing []string
		for _, line := range proseOf(test.name, test.text) {
			for _, match := range repositoryPath.FindAllStringSubmatch(line, -1) {
				if !exists(test.name, match[1]) {
					missing = append(missing, match[1])
				}
			}
		}
		if !slices.Equal(missing, test.missing) {
			t.Errorf("%q names %q, which don't exist, want %q", test.text, missing, test.missing)
		}
	}
}
