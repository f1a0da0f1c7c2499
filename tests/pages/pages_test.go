// Package pages tests the documentation: it runs or parses every snippet of the pages in docs, and
// produces the texts of the errors on docs/troubleshoot.md.
package pages

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const root = "../.."

// read returns the text of a page in docs.
func read(t *testing.T, page string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "docs", page))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// snippet is a fenced block of a page.
type snippet struct {
	page     string
	heading  string // the nearest heading above the block
	language string
	text     string // without the indentation of the block
	line     int    // of the fence
}

var (
	fence   = regexp.MustCompile("^( *)```+(.*)$")
	heading = regexp.MustCompile("^#+ (.*)$")
)

// snippets returns the fenced blocks of a page.
func snippets(page, text string) []snippet {
	var all []snippet
	var open *snippet
	title, indent := "", ""
	for i, line := range strings.Split(text, "\n") {
		match := fence.FindStringSubmatch(line)
		switch {
		case open != nil && match != nil && match[2] == "":
			all = append(all, *open)
			open = nil
		case open != nil:
			open.text += strings.TrimPrefix(line, indent) + "\n"
		case match != nil:
			indent = match[1]
			open = &snippet{page: page, heading: title, language: match[2], line: i + 1}
		default:
			if match := heading.FindStringSubmatch(line); match != nil {
				title = match[1]
			}
		}
	}
	return all
}
