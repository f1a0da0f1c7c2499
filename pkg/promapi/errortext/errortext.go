// Package errortext converts the body of an error response to a line of plain text for an
// error message. The body may be plain text, HTML, XML or JSON of any structure, in any
// charset. Markup and control characters are removed, and a Masker replaces credentials.
// promapi calls it for responses that aren't answers of the Prometheus API, and for the
// messages in answers. plugin creates the Masker of a data source.
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
	// MaxBody bounds how much of a body is read for an error message, in bytes.
	MaxBody = 64 << 10
	// MaxText bounds the text of the server in an error message, in characters.
	MaxText = 500
)

// FromBody returns the text of a body as one line, or "" for an empty body. contentType is
// the response's Content-Type. If the body isn't complete, its last word is dropped, because
// the word may be incomplete too.
func FromBody(contentType string, body []byte, complete bool) string {
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

// decodeCharset converts a body to UTF-8. The charset is that of a byte order mark or of the
// Content-Type. Without these, a body that is valid UTF-8 remains unchanged. For any other
// body, the charset is that of the markup, or Windows-1252, as in browsers.
func decodeCharset(contentType string, body []byte) string {
	encoding, name, _ := charset.DetermineEncoding(body, contentType)
	if utf8.Valid(body) && !strings.HasPrefix(name, "utf-16") && !hasCharset(contentType) {
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

// hasCharset reports whether a Content-Type has the parameter charset.
func hasCharset(contentType string) bool {
	_, params, err := mime.ParseMediaType(contentType)
	return err == nil && params["charset"] != ""
}

// isBinary reports whether the beginning of a text has many control characters.
func isBinary(text string) bool {
	const sample, few, ratio = 1 << 10, 4, 16 // up to four, or one in 16, are tolerated
	controls, runes := 0, 0
	for _, r := range text[:min(len(text), sample)] {
		runes++
		if unicode.IsControl(r) && !unicode.IsSpace(r) && r != '\x1b' {
			controls++
		}
	}
	return controls > few && controls*ratio > runes
}

// IsText reports whether a body is UTF-8 without control characters other than white space.
func IsText(body []byte) bool {
	return utf8.Valid(body) && !bytes.ContainsFunc(body, func(r rune) bool { return unicode.IsControl(r) && !unicode.IsSpace(r) })
}

// terminalColor matches an escape sequence of a terminal, such as one for a color.
var terminalColor = regexp.MustCompile("\x1b\\[[0-9;?]*[A-Za-z]")

// Line returns a text as one line. It removes invisible characters and escape sequences of
// terminals, and replaces each run of white space and control characters by one space.
func Line(text string) string {
	if strings.Contains(text, "\x1b") {
		text = terminalColor.ReplaceAllString(text, "")
	}
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), unicode.IsControl(r):
			return ' '
		case unicode.Is(unicode.Cf, r): // such as the right-to-left override
			return -1
		}
		return r
	}, text)
	return strings.Join(strings.Fields(text), " ")
}

// Clip removes periods at the end of a line, for use within a sentence, and cuts the line to
// MaxText characters.
func Clip(line string) string {
	return fault.Clip(strings.TrimRight(line, ". "), MaxText)
}
