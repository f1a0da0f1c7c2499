package errortext

import (
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// isMarkup reports whether a text is HTML or XML.
func isMarkup(text string) bool {
	text = strings.TrimSpace(text)
	if len(text) < 2 || text[0] != '<' {
		return false
	}
	c := text[1]
	return c == '!' || c == '?' || c|0x20 >= 'a' && c|0x20 <= 'z'
}

var (
	// unread elements have no text for people.
	unread = []string{"script", "style", "noscript", "template", "iframe", "noembed", "noframes", "svg", "textarea"}
	// inline elements stand within a line; every other tag ends one.
	inline = []string{"a", "abbr", "b", "big", "code", "em", "font", "i", "kbd", "samp", "small", "span", "strong", "sub", "sup", "tt", "u"}
)

// markupText returns the text of an HTML or XML document: its title and the lines
// of its body, without those that repeat another.
func markupText(document string) string {
	var lines []string
	var line strings.Builder
	endLine := func() {
		if text := Line(line.String()); text != "" && !isRepeated(lines, text) {
			lines = append(lines, text)
		}
		line.Reset()
	}
	tokens := html.NewTokenizer(strings.NewReader(document))
	tokens.AllowCDATA(true) // in which XML errors write their text
	skipping := ""
	for {
		kind := tokens.Next()
		if kind == html.ErrorToken { // the end: the tokenizer accepts any text
			endLine()
			return joinLines(lines)
		}
		if kind == html.TextToken && skipping == "" {
			line.Write(tokens.Text())
			continue
		}
		name, _ := tokens.TagName()
		switch tag := string(name); {
		case skipping != "":
			if kind == html.EndTagToken && tag == skipping {
				skipping = ""
			}
		case kind == html.StartTagToken && slices.Contains(unread, tag):
			skipping = tag
		case kind != html.CommentToken && !slices.Contains(inline, tag):
			endLine()
		}
	}
}

// isRepeated reports whether one of the last lines is the same: a page's title is
// often its first heading.
func isRepeated(lines []string, line string) bool {
	const last = 8
	return slices.Contains(lines[max(0, len(lines)-last):], line)
}

// joinLines makes sentences of lines.
func joinLines(lines []string) string {
	var text strings.Builder
	for i, line := range lines {
		text.WriteString(line)
		if i == len(lines)-1 {
			break
		}
		if last, _ := utf8.DecodeLastRuneInString(line); !strings.ContainsRune(".:;,!?", last) {
			text.WriteByte('.')
		}
		text.WriteByte(' ')
	}
	return text.String()
}
