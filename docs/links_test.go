package docs

import (
	"bytes"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const root = ".."

var (
	// linkTarget matches the target of a Markdown link. An escaped bracket doesn't end the
	// text of a link.
	linkTarget = regexp.MustCompile(`[^\\]\]\(([^)\s]+)\)`)
	heading    = regexp.MustCompile("(?m)^#+ `?(.*?)`?$")
	fenced     = regexp.MustCompile("(?ms)^(```+).*?^```+$")
	// citation matches a page of docs/contracts and, if there is one, the anchor of a heading.
	citation = regexp.MustCompile(`\bdocs/(contracts/[\w-]*\.md(?:#[\w-]*)?)`)
	// unavailable matches names of documents that readers of the repository don't have.
	unavailable = regexp.MustCompile(`(?i)\b00[0-4]_|\bseed[ ]00`)
)

// TestLinks checks that every relative link of a page leads to a file or folder of the
// repository and, if the link has an anchor, to a heading of that file.
func TestLinks(t *testing.T) {
	texts := repository(t)
	headings := headingsOf(texts)
	for name, text := range texts {
		if path.Ext(name) != ".md" {
			continue
		}
		for _, target := range linkTarget.FindAllStringSubmatch(fenced.ReplaceAllString(text, ""), -1) {
			if strings.Contains(target[1], "://") {
				continue
			}
			if problem := checkLink(headings, name, target[1]); problem != "" {
				t.Errorf("%s: %s %s", name, target[1], problem)
			}
		}
	}
}

// TestCitationsAreInTheRepository checks that no text cites a document that readers don't
// have, and that the cited pages and headings of docs/contracts exist.
func TestCitationsAreInTheRepository(t *testing.T) {
	texts := repository(t)
	headings := headingsOf(texts)
	cited := 0
	for name, text := range texts {
		for _, page := range citation.FindAllStringSubmatch(text, -1) {
			cited++
			if problem := checkLink(headings, "docs/README.md", page[1]); problem != "" {
				t.Errorf("%s: docs/%s %s", name, page[1], problem)
			}
		}
		if cited := unavailable.FindString(text); cited != "" {
			t.Errorf("%s: %q cites a document that is not in the repository: cite a page of docs/contracts", name, cited)
		}
	}
	if cited == 0 {
		t.Error("no citation of docs/contracts was found")
	}
}

// checkLink returns what is wrong with the target of a link on a page, or "".
func checkLink(headings map[string]map[string]bool, page, target string) string {
	file, anchor, hasAnchor := strings.Cut(target, "#")
	to := page
	if file != "" {
		to = path.Join(path.Dir(page), file)
	}
	if _, err := os.Stat(filepath.Join(root, to)); err != nil {
		return "leads to no file"
	}
	if hasAnchor && !headings[to]["#"+anchor] {
		return "leads to no heading"
	}
	return ""
}

// headingsOf returns the anchors of the headings of each page.
func headingsOf(texts map[string]string) map[string]map[string]bool {
	all := map[string]map[string]bool{}
	for name, text := range texts {
		if path.Ext(name) != ".md" {
			continue
		}
		names, anchors := Anchors{}, map[string]bool{}
		for _, line := range heading.FindAllStringSubmatch(fenced.ReplaceAllString(text, ""), -1) {
			anchors[names.Next(line[1])] = true
		}
		all[name] = anchors
	}
	return all
}

// repository returns the text files that Git tracks or would add, by name.
func repository(t *testing.T) map[string]string {
	t.Helper()
	list := exec.Command("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	list.Dir = root
	names, err := list.Output()
	if err != nil {
		t.Skipf("these files are not in a Git repository: %v", err)
	}
	texts := map[string]string{}
	for name := range strings.SplitSeq(strings.TrimSuffix(string(names), "\x00"), "\x00") {
		text, err := os.ReadFile(filepath.Join(root, name))
		if os.IsNotExist(err) { // deleted, but still in the index
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.ContainsRune(text, 0) {
			texts[name] = string(text)
		}
	}
	return texts
}
