package packfile

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// lineReader reads a text and counts its lines. Read returns at most one line, and the YAML
// parser reads no further than necessary, so the count is usually the line of a syntax error.
// The parser's own error often contains the number of an earlier line.
type lineReader struct {
	rest  []byte
	lines int  // lines returned, including a partial line
	inner bool // the next byte isn't the first of its line
}

func (r *lineReader) Read(into []byte) (int, error) {
	if len(r.rest) == 0 {
		return 0, io.EOF
	}
	if !r.inner {
		r.lines++
	}
	end := bytes.IndexByte(r.rest, '\n') + 1
	if end == 0 {
		end = len(r.rest)
	}
	n := copy(into, r.rest[:end])
	r.inner = n < end
	r.rest = r.rest[n:]
	return n, nil
}

var (
	errorLine     = regexp.MustCompile(`^line (\d+): `)
	unknownAnchor = regexp.MustCompile(`^unknown anchor '(.*)' referenced$`)
)

// syntaxError returns the line and the message of an error of the YAML parser. lines is the
// number of lines that the parser has read.
func syntaxError(err error, lines int, text []byte) (line int, message string) {
	message = strings.TrimPrefix(err.Error(), "yaml: ")
	line = lines
	if at := errorLine.FindStringSubmatch(message); at != nil {
		message = message[len(at[0]):]
		// The text ends inside quotes. The error contains the line of the opening quote. If
		// that is line 1, the error contains the last line instead.
		if strings.Contains(message, "end of stream") {
			_, _ = fmt.Sscan(at[1], &line)
		}
	}
	if anchor := unknownAnchor.FindStringSubmatch(message); anchor != nil {
		if before, _, found := bytes.Cut(text, []byte("*"+anchor[1])); found {
			line = 1 + bytes.Count(before, []byte("\n"))
		}
		message = fmt.Sprintf("the alias has no anchor &%s before it", fault.ClipName(anchor[1]))
	}
	return line, message
}
