package promjson

import (
	"errors"
	"fmt"
	"io"
)

const (
	window = 64 << 10 // bytes of the answer in memory at a time
	// pad follows the window, so that eight bytes can be loaded from any place in
	// it. It holds zeros, which are no part of any token.
	pad = 8
)

// scanner reads JSON tokens through a window that slides over the answer. Its
// first error sticks; every method then does nothing.
type scanner struct {
	r        io.Reader
	buf      []byte // window and pad
	pos, end int    // what is read and not yet used
	used     int64  // bytes that have left the window
	eof      error  // why there is nothing more to read
	err      error
	text     []byte // an unescaped or cut string
}

// A SyntaxError is an answer that isn't what the API promises.
type SyntaxError struct {
	Text   string
	Offset int64 // bytes read before
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("%s, at byte %d", e.Text, e.Offset) }

func (s *scanner) reset(r io.Reader) {
	if s.buf == nil {
		s.buf = make([]byte, window+pad)
	}
	*s = scanner{r: r, buf: s.buf, text: s.text[:0]}
}

// fail keeps the first error. Where the answer simply ended, that is the error.
func (s *scanner) fail(text string) {
	if s.err != nil {
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

// offset is how many bytes are used.
func (s *scanner) offset() int64 { return s.used + int64(s.pos) }

// more slides the window to pos and reads on, until at least n bytes are there
// or there is nothing more. n is at most a window.
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

// peek skips white space and returns the next byte; 0 at the end.
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

// take consumes c and reports whether it was there.
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

// object calls each for every key of an object; each consumes the value. The key
// is valid until the next token.
func (s *scanner) object(each func(key []byte)) {
	s.expect('{')
	if s.take('}') {
		return
	}
	for s.err == nil {
		each(s.keyEnd(s.string()))
		if s.take('}') {
			return
		}
		s.expect(',')
	}
}

// keyEnd consumes the colon after a key and returns the key. Where the colon isn't next
// in the window, looking for it may move the window, in which the key may be: then it
// is copied.
func (s *scanner) keyEnd(key []byte) []byte {
	if s.pos < s.end && s.buf[s.pos] == ':' {
		s.pos++
		return key
	}
	s.text = append(s.text[:0], key...)
	s.expect(':')
	return s.text
}

// array calls each for every element of an array; each consumes it.
func (s *scanner) array(each func()) {
	s.expect('[')
	if s.take(']') {
		return
	}
	for s.err == nil {
		each()
		if s.take(']') {
			return
		}
		s.expect(',')
	}
}

// null consumes a null, which stands for nothing where a value may be missing,
// and reports whether there was one.
func (s *scanner) null() bool {
	if s.peek() != 'n' {
		return false
	}
	s.skip()
	return true
}

// true consumes a value and reports whether it is true.
func (s *scanner) true() bool {
	is := s.peek() == 't'
	s.skip()
	return is && s.err == nil
}

// skip consumes one value of any kind.
func (s *scanner) skip() { s.skipBelow(maxDepth) }

func (s *scanner) skipBelow(depth int) {
	if depth == 0 {
		s.fail("nested too deeply")
		return
	}
	switch c := s.peek(); c {
	case '{':
		s.object(func([]byte) { s.skipBelow(depth - 1) })
	case '[':
		s.array(func() { s.skipBelow(depth - 1) })
	case '"':
		s.string()
	case 't':
		s.word("true")
	case 'f':
		s.word("false")
	case 'n':
		s.word("null")
	default:
		s.number()
	}
}

func (s *scanner) word(word string) {
	if s.end-s.pos < len(word) {
		s.more(len(word))
	}
	if s.end-s.pos < len(word) || string(s.buf[s.pos:s.pos+len(word)]) != word {
		s.fail("expected a value")
		return
	}
	s.pos += len(word)
}

// number consumes a number and returns its text, valid until the next token.
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

// numberLen is the length of the JSON number that text begins with, 0 where it
// begins with none.
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
	whole := digits(i)
	if whole == i || (text[i] == '0' && whole > i+1) {
		return 0
	}
	i = whole
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
