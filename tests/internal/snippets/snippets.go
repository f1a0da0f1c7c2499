// Package snippets reads the fenced blocks of Markdown pages. The suites run or parse them, so that
// each example in the documentation works.
package snippets

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Snippet is a fenced block of a page.
type Snippet struct {
	Page     string // relative to the root of the repository
	Heading  string // the nearest heading above the block
	Language string
	Text     string // without the indentation of the block
	Line     int    // of the opening fence
}

var (
	fence   = regexp.MustCompile("^( *)```+(.*)$")
	heading = regexp.MustCompile("^#+ (.*)$")
)

// Read returns the fenced blocks of a page, and the page's text. root is the path of the repository.
func Read(t *testing.T, root, page string) (blocks []Snippet, text string) {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(root, page)) //nolint:gosec // G304: a page of the repository
	if err != nil {
		t.Fatal(err)
	}
	var open *Snippet
	title, indent := "", ""
	for i, line := range strings.Split(string(content), "\n") {
		match := fence.FindStringSubmatch(line)
		switch {
		case open != nil && match != nil && match[2] == "":
			blocks = append(blocks, *open)
			open = nil
		case open != nil:
			open.Text += strings.TrimPrefix(line, indent) + "\n"
		case match != nil:
			indent = match[1]
			open = &Snippet{Page: page, Heading: title, Language: match[2], Line: i + 1}
		default:
			if match := heading.FindStringSubmatch(line); match != nil {
				title = match[1]
			}
		}
	}
	if open != nil {
		t.Fatalf("%s: the block in line %d has no end", page, open.Line)
	}
	return blocks, string(content)
}
