package main

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
)

// markdown writes a document as GitHub shows it. What packs say reaches it by
// escape, code and fence only, so that no text of a pack can be more than text.
type markdown struct {
	text strings.Builder
}

// block writes a paragraph or another block that takes one line.
func (m *markdown) block(format string, args ...any) {
	fmt.Fprintf(&m.text, format+"\n\n", args...)
}

// table writes a table. Cells are Markdown of one line each.
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
			// A table takes every pipe for a border, in code too, but for one with
			// a backslash, and that backslash it takes away.
			m.text.WriteString(" " + strings.ReplaceAll(cell, "|", `\|`) + " |")
		}
		m.text.WriteString("\n")
	}
	m.text.WriteString("\n")
}

// list writes one line for each item, which is Markdown.
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
	special = regexp.MustCompile("[\\\\`*\\[\\]<&~$#]")
	opening = regexp.MustCompile(`^(?:[>+=-]|\d+[.)])`)
)

// escape makes a text mean itself, on one line.
func escape(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	text = special.ReplaceAllString(text, `\$0`)
	text = escapeUnderscores(text)
	// What begins a list, a quotation or an underlining at the start of a line.
	return opening.ReplaceAllStringFunc(text, func(start string) string {
		return start[:len(start)-1] + `\` + start[len(start)-1:]
	})
}

// escapeUnderscores leaves those inside a word alone, where they mean nothing:
// names such as error_type are what the text is full of.
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

// code is a text as code inside a line.
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

// codes lists texts as code.
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

// link leads from a text, which is Markdown, to a place.
func link(text, to string) string { return "[" + text + "](" + to + ")" }

// anchors are the names that GitHub gives to a page's headings, in their order.
type anchors map[string]int

// of is the name of the next heading, with its #.
func (a anchors) of(heading string) string {
	var name strings.Builder
	for _, r := range strings.ToLower(heading) {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), r == '_', r == '-':
			name.WriteRune(r)
		case r == ' ':
			name.WriteByte('-')
		}
	}
	slug := name.String()
	a[slug]++
	if before := a[slug] - 1; before > 0 {
		return fmt.Sprintf("#%s-%d", slug, before)
	}
	return "#" + slug
}
