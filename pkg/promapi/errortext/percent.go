package errortext

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// span is a range of bytes in a line.
type span struct{ from, to int }

// decodedLine is a percent-decoded line.
type decodedLine struct {
	text    string
	offsets []int // of each byte of text, and of its end, in the original line; nil if text is that line
}

// allDecodings returns up to four decodings of the line: decoded once and twice, first with
// each + unchanged, and then with each + as a space.
func (d decodedLine) allDecodings() []decodedLine {
	var all []decodedLine
	for _, plus := range []byte{'+', ' '} {
		once := d
		for range 2 {
			next, changed := once.decode(plus)
			if !changed {
				break
			}
			all = append(all, next)
			once = next
		}
	}
	return all
}

// decode decodes the line once more. It replaces each + by the byte in the parameter plus,
// and encoded control characters by spaces, as Line does. changed is false if the text
// remains the same.
func (d decodedLine) decode(plus byte) (next decodedLine, changed bool) {
	if !strings.ContainsAny(d.text, "%+") {
		return d, false
	}
	text := make([]byte, 0, len(d.text))
	offsets := make([]int, 0, len(d.text)+1)
	for i := 0; i < len(d.text); {
		offsets = append(offsets, d.offset(i))
		c, width := d.text[i], 1
		if c == '+' {
			c = plus
		} else if code, ok := parseEscape(d.text[i:]); ok {
			c, width = max(code, ' '), len("%00")
		}
		changed = changed || width > 1 || c != d.text[i]
		text = append(text, c)
		i += width
	}
	return decodedLine{string(text), append(offsets, d.offset(len(d.text)))}, changed
}

// offset returns the offset of text[i] in the original line.
func (d decodedLine) offset(i int) int {
	if d.offsets == nil {
		return i
	}
	return d.offsets[i]
}

// parseEscape parses the %XX at the beginning of a text.
func parseEscape(text string) (code byte, ok bool) {
	if len(text) < len("%00") || text[0] != '%' {
		return 0, false
	}
	high, low := hexDigit(text[1]), hexDigit(text[2])
	return byte(high<<4 | low), high >= 0 && low >= 0 //nolint:gosec // G115: ok is false if a digit is negative
}

func hexDigit(c byte) int { return strings.IndexByte("0123456789abcdef", c|0x20) }

// find returns the spans of a value in the original line. A short value within a longer word
// doesn't count.
func (d decodedLine) find(value string) []span {
	const minLen = 8
	var spans []span
	for from := 0; ; {
		i := strings.Index(d.text[from:], value)
		if i < 0 {
			return spans
		}
		i += from
		from = i + len(value)
		if len(value) >= minLen || !isInWord(d.text, i, from) {
			spans = append(spans, span{d.offset(i), d.offset(from)})
		}
	}
}

// isInWord reports whether text[from:to] is part of a longer word.
func isInWord(text string, from, to int) bool {
	isWord := func(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }
	before, _ := utf8.DecodeLastRuneInString(text[:from])
	const maxEscape = len(`\u0000`)
	if trailingEscape.MatchString(text[max(0, from-maxEscape):from]) {
		before = 0 // the letter or digit belongs to the escape sequence
	}
	after, _ := utf8.DecodeRuneInString(text[to:])
	return isWord(before) || isWord(after)
}

// maskSpans masks spans of a line. Spans that overlap are masked as one.
func maskSpans(line string, spans []span) string {
	slices.SortFunc(spans, func(a, b span) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(b.to, a.to)) })
	var out strings.Builder
	done := 0
	for _, s := range spans {
		if s.to <= done {
			continue
		}
		if s.from >= done {
			out.WriteString(line[done:s.from])
			out.WriteString(masked)
		}
		done = s.to
	}
	out.WriteString(line[done:])
	return out.String()
}
