package promjson

import (
	"errors"
	"io"
)

const (
	window = 64 << 10 // bytes of the answer in memory at a time
	// pad is the number of zeros after the last byte in the window. They allow eight bytes to
	// be loaded at the index of any byte in the window. A number at the end of the window ends
	// before the zeros.
	pad = 8
)

// scanner reads JSON tokens through a window that slides over the answer. After an error, the
// results of all methods are meaningless. The loops in object and array end.
type scanner struct {
	r        io.Reader
	buf      []byte // window and pad
	pos, end int    // buf[pos:end] has been read from r, but not yet consumed
	used     int64  // number of bytes of the answer before the window
	eof      error  // the last error of r
	err      error  // the first error of the scanner
	text     []byte // memory for strings and keys that can't be slices of the window
}

func (s *scanner) reset(r io.Reader) {
	if s.buf == nil {
		s.buf = make([]byte, window+pad)
	}
	*s = scanner{r: r, buf: s.buf, text: s.text[:0]}
}

// fail sets the error, unless there is one already. At the end of the answer, the error is
// io.ErrUnexpectedEOF or the error of the reader. If the reader failed, for example
// because memory is short, the answer may end within a token. That is not a syntax error.
func (s *scanner) fail(text string) {
	if s.err != nil {
		return
	}
	if s.eof != nil && !errors.Is(s.eof, io.EOF) && !errors.Is(s.eof, io.ErrUnexpectedEOF) {
		s.err = s.eof
		return
	}
	if s.pos >= s.end && s.eof != nil {
		s.err = s.eof
		if errors.Is(s.eof, io.EOF) {
			s.err = io.ErrUnexpectedEOF
		}
		return
	}
	s.err = &SyntaxError{Text: text, Offset: s.offset()}
}

// offset returns the number of consumed bytes.
func (s *scanner) offset() int64 { return s.used + int64(s.pos) }

// more moves the bytes that aren't consumed yet to the beginning of the window, and reads
// until the window contains at least n bytes or the answer ends. n is at most the size of the
// window.
func (s *scanner) more(n int) {
	if s.pos > 0 {
		copy(s.buf, s.buf[s.pos:s.end])
		s.used += int64(s.pos)
		s.end -= s.pos
		s.pos = 0
	}
	for idle := 0; s.end < n && s.eof == nil; {
		read, err := s.r.Read(s.buf[s.end:window])
		s.end += read
		s.eof = err
		if read > 0 {
			idle = 0
		} else if idle++; idle > 100 {
			s.eof = io.ErrNoProgress
		}
	}
	clear(s.buf[s.end : s.end+pad])
}

// peek skips white space and returns the next byte, or 0 at the end of the answer.
func (s *scanner) peek() byte {
	for s.err == nil {
		for ; s.pos < s.end; s.pos++ {
			switch c := s.buf[s.pos]; c {
			case ' ', '\t', '\n', '\r':
			default:
				return c
			}
		}
		if s.eof != nil {
			break
		}
		s.more(1)
	}
	return 0
}

// take consumes c if it is the next token, and reports whether it is.
func (s *scanner) take(c byte) bool {
	if s.peek() != c || s.pos >= s.end {
		return false
	}
	s.pos++
	return true
}

func (s *scanner) expect(c byte) {
	if !s.take(c) {
		s.fail("expected " + string(rune(c)))
	}
}

// object reads an object. For each key, it calls the function member, which reads the value.
// The key is valid until the next token.
func (s *scanner) object(member func(key []byte)) {
	s.expect('{')
	if s.take('}') {
		return
	}
	for s.err == nil {
		member(s.endKey(s.string()))
		if s.take('}') {
			return
		}
		s.expect(',')
	}
}

// endKey consumes the colon after a key and returns the key. Unless the colon follows
// immediately, the key is copied, because reading on may move the window that contains it.
func (s *scanner) endKey(key []byte) []byte {
	if s.pos < s.end && s.buf[s.pos] == ':' {
		s.pos++
		return key
	}
	s.text = append(s.text[:0], key...)
	s.expect(':')
	return s.text
}

// array reads an array. It calls the function element to read each element.
func (s *scanner) array(element func()) {
	s.expect('[')
	if s.take(']') {
		return
	}
	for s.err == nil {
		element()
		if s.take(']') {
			return
		}
		s.expect(',')
	}
}

// null consumes the next value if it is null, and reports whether it is. Servers write
// null for a missing list or object.
func (s *scanner) null() bool {
	if s.peek() != 'n' {
		return false
	}
	s.skip()
	return true
}

// true consumes a value and reports whether it is the literal true.
func (s *scanner) true() bool {
	isTrue := s.peek() == 't'
	s.skip()
	return isTrue && s.err == nil
}

// skip consumes a value of any type.
func (s *scanner) skip() { s.skipNested(maxDepth) }

func (s *scanner) skipNested(depth int) {
	if depth == 0 {
		s.fail("nested too deeply")
		return
	}
	switch c := s.peek(); c {
	case '{':
		s.object(func([]byte) { s.skipNested(depth - 1) })
	case '[':
		s.array(func() { s.skipNested(depth - 1) })
	case '"':
		s.string()
	case 't':
		s.literal("true")
	case 'f':
		s.literal("false")
	case 'n':
		s.literal("null")
	default:
		s.number()
	}
}

func (s *scanner) literal(text string) {
	if s.end-s.pos < len(text) {
		s.more(len(text))
	}
	if s.end-s.pos < len(text) || string(s.buf[s.pos:s.pos+len(text)]) != text {
		s.fail("expected a value")
		return
	}
	s.pos += len(text)
}

// number consumes a number and returns its text, which is valid until the next token.
func (s *scanner) number() []byte {
	s.peek()
	if s.end-s.pos < maxNumber && s.eof == nil {
		s.more(maxNumber)
	}
	n := numberLen(s.buf[s.pos:s.end])
	if n == 0 || n > maxNumber {
		s.fail("expected a number")
		return nil
	}
	s.pos += n
	return s.buf[s.pos-n : s.pos]
}

// numberLen returns the length of the JSON number at the beginning of text, or 0 if there
// is none.
func numberLen(text []byte) int {
	digits := func(i int) int {
		for i < len(text) && text[i]-'0' <= 9 {
			i++
		}
		return i
	}
	i := 0
	if i < len(text) && text[i] == '-' {
		i++
	}
	integer := digits(i)
	if integer == i || (text[i] == '0' && integer > i+1) {
		return 0
	}
	i = integer
	if i < len(text) && text[i] == '.' {
		fraction := digits(i + 1)
		if fraction == i+1 {
			return 0
		}
		i = fraction
	}
	if i < len(text) && text[i]|0x20 == 'e' {
		from := i + 1
		if from < len(text) && (text[from] == '+' || text[from] == '-') {
			from++
		}
		exponent := digits(from)
		if exponent == from {
			return 0
		}
		i = exponent
	}
	return i
}
