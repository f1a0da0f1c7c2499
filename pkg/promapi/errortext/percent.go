package errortext

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// span is a part of a line, in bytes.
type span struct{ from, to int }

// decoded is a line whose percent-encoding is undone, with the place in the line of each
// of its bytes, and of its end.
type decoded struct {
	text   string
	places []int // nil where the text is the line itself
}

func undecoded(line string) decoded { return decoded{text: line} }

// levels are what a line is when it is decoded once and twice, where a + is itself and
// where it is a space.
func (d decoded) levels() []decoded {
	var all []decoded
	for _, plus := range []byte{'+', ' '} {
		once := d
		for range 2 {
			next, isChanged := once.decode(plus)
			if !isChanged {
				break
			}
			all = append(all, next)
			once = next
		}
	}
	return all
}

// decode undoes one level of encoding. Control characters become spaces, as in a line.
func (d decoded) decode(plus byte) (next decoded, isChanged bool) {
	if !strings.ContainsAny(d.text, "%+") {
		return d, false
	}
	text := make([]byte, 0, len(d.text))
	places := make([]int, 0, len(d.text)+1)
	for i := 0; i < len(d.text); {
		places = append(places, d.place(i))
		c, width := d.text[i], 1
		if c == '+' {
			c = plus
		} else if code, ok := escaped(d.text[i:]); ok {
			c, width = max(code, ' '), len("%00")
		}
		isChanged = isChanged || width > 1 || c != d.text[i]
		text = append(text, c)
		i += width
	}
	return decoded{string(text), append(places, d.place(len(d.text)))}, isChanged
}

func (d decoded) place(i int) int {
	if d.places == nil {
		return i
	}
	return d.places[i]
}

// escaped reads the escape that a text begins with.
func escaped(text string) (code byte, ok bool) {
	if len(text) < len("%00") || text[0] != '%' {
		return 0, false
	}
	high, low := hexDigit(text[1]), hexDigit(text[2])
	return byte(high<<4 | low), high >= 0 && low >= 0
}

func hexDigit(c byte) int { return strings.IndexByte("0123456789abcdef", c|0x20) }

// find returns where a value is in the line. A short one is found where it isn't a part
// of a longer word.
func (d decoded) find(value string) []span {
	const short = 8
	var found []span
	for from := 0; ; {
		i := strings.Index(d.text[from:], value)
		if i < 0 {
			return found
		}
		i += from
		from = i + len(value)
		if len(value) >= short || !isInWord(d.text, i, from) {
			found = append(found, span{d.place(i), d.place(from)})
		}
	}
}

// isInWord reports whether a part of a text belongs to a longer word.
func isInWord(text string, from, to int) bool {
	isWord := func(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }
	before, _ := utf8.DecodeLastRuneInString(text[:from])
	const longest = len(`\u0000`)
	if escapeBefore.MatchString(text[max(0, from-longest):from]) {
		before = 0 // a sign that is written with letters or digits
	}
	after, _ := utf8.DecodeRuneInString(text[to:])
	return isWord(before) || isWord(after)
}

// masking replaces parts of a line, of which some may overlap.
func masking(line string, parts []span) string {
	slices.SortFunc(parts, func(a, b span) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(b.to, a.to)) })
	var out strings.Builder
	done := 0
	for _, part := range parts {
		if part.to <= done {
			continue
		}
		if part.from >= done {
			out.WriteString(line[done:part.from])
			out.WriteString(masked)
		}
		done = part.to
	}
	out.WriteString(line[done:])
	return out.String()
}
