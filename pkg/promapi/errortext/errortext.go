// Package errortext turns the body of an error response into one line of plain
// text for an error message. The body may be plain text, HTML, XML or JSON of any
// kind, in any charset. Markup and control characters are removed, and a Masker
// replaces credentials. promapi calls it for everything that a server sends
// instead of an answer.
package errortext

import (
	"bytes"
	"fmt"
	"mime"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html/charset"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

const (
	// MaxBody is how many bytes of a body are read for its text.
	MaxBody = 64 << 10
	// MaxText is the longest text, in characters, that an error message shows.
	MaxText = 500
)

// Of returns the text of a body as one line, "" for an empty body. contentType is
// the response's header. The text of a body that was read in part ends before its
// last word, of which only the beginning may be there.
func Of(contentType string, body []byte, complete bool) string {
	text := decodeCharset(contentType, body)
	if isBinary(text) {
		return fmt.Sprintf("%d bytes that are not text", len(body))
	}
	if !complete {
		text = text[:strings.LastIndexFunc(text, unicode.IsSpace)+1]
	}
	switch {
	case strings.HasPrefix(text, "{"), strings.HasPrefix(text, "["), strings.HasPrefix(text, `"`):
		text = jsonText(text)
	case isMarkup(text) && !strings.HasPrefix(contentType, "text/plain"), strings.Contains(contentType, "html"):
		text = markupText(text)
	}
	return Line(text)
}

// decodeCharset returns the body as UTF-8, from the charset that its header, a byte
// order mark or its markup names. Without any of them a body that isn't valid
// UTF-8 is read as Windows-1252, as browsers do.
func decodeCharset(contentType string, body []byte) string {
	encoding, name, _ := charset.DetermineEncoding(body, contentType)
	if utf8.Valid(body) && !strings.HasPrefix(name, "utf-16") && !namesCharset(contentType) {
		encoding = nil
	}
	if encoding != nil {
		if decoded, err := encoding.NewDecoder().Bytes(body); err == nil {
			body = decoded
		}
	}
	text := strings.TrimPrefix(string(body), "\ufeff")
	return strings.TrimSpace(strings.ToValidUTF8(text, string(utf8.RuneError)))
}

func namesCharset(contentType string) bool {
	_, params, err := mime.ParseMediaType(contentType)
	return err == nil && params["charset"] != ""
}

// isBinary reports whether a text has too many control characters to be one.
func isBinary(text string) bool {
	const sample, few, tolerated = 1 << 10, 4, 16 // a few, or one in 16
	controls, runes := 0, 0
	for _, r := range text[:min(len(text), sample)] {
		runes++
		if unicode.IsControl(r) && !unicode.IsSpace(r) && r != '\x1b' {
			controls++
		}
	}
	return controls > few && controls*tolerated > runes
}

// IsText reports whether a body is UTF-8 without control characters, whatever
// encoding its header names.
func IsText(body []byte) bool {
	return utf8.Valid(body) && !bytes.ContainsFunc(body, func(r rune) bool { return unicode.IsControl(r) && !unicode.IsSpace(r) })
}

// terminalColor is an escape sequence of a terminal, such as that for red.
var terminalColor = regexp.MustCompile("\x1b\\[[0-9;?]*[A-Za-z]")

// Line returns a text as one line: without control and invisible characters, and
// with one space for each run of white space.
func Line(text string) string {
	if strings.Contains(text, "\x1b") {
		text = terminalColor.ReplaceAllString(text, "")
	}
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), unicode.IsControl(r):
			return ' '
		case unicode.Is(unicode.Cf, r): // such as those that reverse the direction
			return -1
		}
		return r
	}, text)
	return strings.Join(strings.Fields(text), " ")
}

// Clip shortens a line to MaxText characters and removes the full stop at its end,
// so that it fits into a sentence.
func Clip(line string) string {
	return fault.Clip(strings.TrimRight(line, ". "), MaxText)
}
