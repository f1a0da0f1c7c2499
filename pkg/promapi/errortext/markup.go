package errortext

import (
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// isMarkup reports whether a text begins as HTML or XML does.
func isMarkup(text string) bool {
	text = strings.TrimSpace(text)
	if len(text) < 2 || text[0] != '<' {
		return false
	}
	c := text[1]
	return c == '!' || c == '?' || c|0x20 >= 'a' && c|0x20 <= 'z'
}

var (
	// skippedElements contain text that browsers don't show, or that is of no interest.
	skippedElements = []string{"script", "style", "noscript", "template", "iframe", "noembed", "noframes", "svg", "textarea"}
	// inlineElements don't end a line. All other elements do.
	inlineElements = []string{"a", "abbr", "b", "big", "code", "em", "font", "i", "kbd", "samp", "small", "span", "strong", "sub", "sup", "tt", "u"}
)

// markupText returns the text of an HTML or XML document: its title and the lines of its
// body, without lines that repeat one of the previous lines.
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
	tokens.AllowCDATA(true) // for the text of XML errors
	skipped := ""
	for {
		kind := tokens.Next()
		if kind == html.ErrorToken { // the end of the document, since the tokenizer accepts any text
			endLine()
			return joinLines(lines)
		}
		if kind == html.TextToken && skipped == "" {
			line.Write(tokens.Text())
			continue
		}
		name, _ := tokens.TagName()
		switch tag := string(name); {
		case skipped != "":
			if kind == html.EndTagToken && tag == skipped {
				skipped = ""
			}
		case kind == html.StartTagToken && slices.Contains(skippedElements, tag):
			skipped = tag
		case kind != html.CommentToken && !slices.Contains(inlineElements, tag):
			endLine()
		}
	}
}

// isRepeated reports whether line is among the last few lines. The title of a page is often
// repeated as its first heading.
func isRepeated(lines []string, line string) bool {
	const last = 8
	return slices.Contains(lines[max(0, len(lines)-last):], line)
}

// joinLines joins lines with spaces. It adds a period to each line that doesn't end with a
// punctuation mark, except to the last line.
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
