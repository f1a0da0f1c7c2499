package terminal

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Control sequences of a terminal. The alternate screen has no scrollback, and the terminal
// shows its previous content again when the alternate screen is left.
const (
	enterScreen = "\x1b[?1049h\x1b[?25l" // and hide the cursor
	leaveScreen = "\x1b[?25h\x1b[?1049l"
	clearRest   = "\x1b[J"
	clearLine   = "\x1b[K"
	reverse     = "\x1b[7m"
	normal      = "\x1b[0m"
)

// minWidth and minHeight are used if the terminal is smaller or reports no size.
const (
	minWidth  = 20
	minHeight = 4
)

// frame is the content of the screen: lines of a page from offset on, and a status in the last
// row.
type frame struct {
	lines         []string
	offset        int
	status        string
	width, height int
}

// rows returns the number of rows for the lines of a page.
func (f frame) rows() int { return max(f.height, minHeight) - 1 }

// maxOffset returns the offset at which the last line is in the last row.
func (f frame) maxOffset() int { return max(0, len(f.lines)-f.rows()) }

// write writes the frame to a terminal in raw mode. The rows never exceed the size of the
// terminal, so that the terminal never scrolls.
func (f frame) write(w io.Writer) error {
	var out strings.Builder
	for row := range f.rows() {
		line := ""
		if i := f.offset + row; i < len(f.lines) {
			line = f.lines[i]
		}
		fmt.Fprintf(&out, "\x1b[%d;1H%s%s", row+1, line, clearLine)
	}
	status := " " + f.status
	if len(f.lines) > f.rows() {
		status = fmt.Sprintf(" lines %d to %d of %d ·%s", f.offset+1, min(f.offset+f.rows(), len(f.lines)), len(f.lines), status)
	}
	fmt.Fprintf(&out, "\x1b[%d;1H%s%s%s%s", f.rows()+1, reverse, fit(status, max(f.width, minWidth)-1), normal, clearRest)
	_, err := io.WriteString(w, out.String())
	return err
}

// wrap splits a text into lines of at most width characters, preferably at spaces. The
// continuation of a line is indented like the line.
func wrap(text string, width int) []string {
	width = max(width, minWidth)
	var lines []string
	for line := range strings.SplitSeq(strings.TrimRight(printable(text), "\n"), "\n") {
		indent := min(len(line)-len(strings.TrimLeft(line, " "))+2, width/2)
		for utf8.RuneCountInString(line) > width {
			runes := []rune(line)
			end := width
			if space := strings.LastIndex(string(runes[indent:width]), " "); space > 0 {
				end = indent + utf8.RuneCountInString(string(runes[indent:width])[:space])
			}
			lines = append(lines, string(runes[:end]))
			line = strings.Repeat(" ", indent) + strings.TrimLeft(string(runes[end:]), " ")
		}
		lines = append(lines, line)
	}
	return lines
}

// printable replaces control characters, except line breaks, so that a label's value can't
// control the terminal.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && (r < ' ' || r >= 0x7f && r < 0xa0) {
			return '�'
		}
		return r
	}, text)
}
