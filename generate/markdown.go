package main

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
)

// markdown writes a document in GitHub's Markdown. Every text from a pack, except runbooks,
// passes through the function escape or code, or the method fence, so that it is never read
// as markup. Runbooks are Markdown.
type markdown struct {
	text strings.Builder
}

// block writes a block of Markdown, such as a paragraph or a heading.
func (m *markdown) block(format string, args ...any) {
	fmt.Fprintf(&m.text, format+"\n\n", args...)
}

// table writes a table, or nothing if there are no rows. Cells are Markdown of one line each.
func (m *markdown) table(head []string, rows [][]string) {
	if len(rows) == 0 {
		return
	}
	rule := make([]string, len(head))
	for i := range rule {
		rule[i] = "---"
	}
	for _, row := range append([][]string{head, rule}, rows...) {
		m.text.WriteString("|")
		for _, cell := range row {
			// A pipe ends a cell, even in code, unless a backslash precedes it. The
			// backslash isn't displayed.
			m.text.WriteString(" " + strings.ReplaceAll(cell, "|", `\|`) + " |")
		}
		m.text.WriteString("\n")
	}
	m.text.WriteString("\n")
}

// list writes a list. Items are Markdown of one line each.
func (m *markdown) list(items []string) {
	for _, item := range items {
		m.text.WriteString("- " + item + "\n")
	}
	m.text.WriteString("\n")
}

// fence writes a block of code.
func (m *markdown) fence(language, code string) {
	marks := strings.Repeat("`", max(3, longestRun(code, '`')+1))
	m.text.WriteString(marks + language + "\n" + strings.TrimRight(code, "\n") + "\n" + marks + "\n\n")
}

// bytes returns the document, which ends in one newline.
func (m *markdown) bytes() []byte { return []byte(strings.TrimRight(m.text.String(), "\n") + "\n") }

var (
	markup    = regexp.MustCompile("[\\\\`*\\[\\]<&~$#]")
	lineStart = regexp.MustCompile(`^(?:[>+=-]|\d+[.)])`)
)

// escape returns a text as Markdown without markup, on one line.
func escape(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	text = markup.ReplaceAllString(text, `\$0`)
	text = escapeUnderscores(text)
	// At the start of a line, these characters begin a list, a quotation or an underline.
	return lineStart.ReplaceAllStringFunc(text, func(start string) string {
		return start[:len(start)-1] + `\` + start[len(start)-1:]
	})
}

// escapeUnderscores escapes underscores except inside a word such as error_type, where they
// aren't markup.
func escapeUnderscores(text string) string {
	var out strings.Builder
	runes := []rune(text)
	for i := 0; i < len(runes); {
		end := i
		for end < len(runes) && runes[end] == '_' {
			end++
		}
		if end == i {
			out.WriteRune(runes[i])
			i++
			continue
		}
		inside := i > 0 && end < len(runes) && isWord(runes[i-1]) && isWord(runes[end])
		for ; i < end; i++ {
			if !inside {
				out.WriteByte('\\')
			}
			out.WriteByte('_')
		}
	}
	return out.String()
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// code returns a text as code inside a line.
func code(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if text == "" {
		return ""
	}
	marks := strings.Repeat("`", longestRun(text, '`')+1)
	if strings.HasPrefix(text, "`") || strings.HasSuffix(text, "`") {
		text = " " + text + " "
	}
	return marks + text + marks
}

// codes returns a comma-separated list of texts as code.
func codes(texts []string) string {
	list := make([]string, len(texts))
	for i, text := range texts {
		list[i] = code(text)
	}
	return strings.Join(list, ", ")
}

func longestRun(text string, of byte) int {
	longest, run := 0, 0
	for i := range len(text) {
		if text[i] != of {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest
}

// link returns a link. text is Markdown.
func link(text, to string) string { return "[" + text + "](" + to + ")" }
