package promjson

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

// string consumes a string and returns its value, which is valid until the next token. If the
// string is entirely in the window, and is ASCII without escapes, the value is a slice of the
// window. As in encoding/json, invalid UTF-8 becomes U+FFFD.
func (s *scanner) string() []byte {
	s.expect('"')
	if s.err != nil {
		return nil
	}
	begin := s.pos
	for i := begin; i < s.end; i++ {
		c := s.buf[i]
		if c == '"' {
			s.pos = i + 1
			return s.buf[begin:i]
		}
		if c == '\\' || c < ' ' || c >= utf8.RuneSelf {
			break
		}
	}
	return s.longString()
}

// longString reads a string after its opening quote. It also accepts escapes, characters
// other than ASCII, and a string that isn't entirely in the window.
func (s *scanner) longString() []byte {
	s.text = s.text[:0]
	ascii := true
	for s.err == nil {
		if s.pos >= s.end {
			s.more(1)
		}
		plain := s.buf[s.pos:s.end]
		n := bytes.IndexFunc(plain, func(r rune) bool { return r == '"' || r == '\\' || r < ' ' })
		if n < 0 {
			n = len(plain)
		}
		ascii = ascii && isASCII(plain[:n])
		s.text = append(s.text, plain[:n]...)
		if len(s.text) > maxTextMiB*mib {
			s.err = &LimitError{TextLimit, maxTextMiB}
			break
		}
		s.pos += n
		if s.pos >= s.end {
			if s.eof != nil {
				s.fail("a string has no end")
			}
			continue
		}
		switch s.buf[s.pos] {
		case '"':
			s.pos++
			if !ascii {
				s.text = validUTF8(s.text)
			}
			return s.text
		case '\\':
			s.escape()
		default:
			s.fail("control character in a string")
		}
	}
	return nil
}

func isASCII(text []byte) bool {
	for _, c := range text {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// validUTF8 replaces each invalid byte by U+FFFD.
func validUTF8(text []byte) []byte {
	if utf8.Valid(text) {
		return text
	}
	valid := make([]byte, 0, len(text)+16)
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		valid = utf8.AppendRune(valid, r)
		text = text[size:]
	}
	return valid
}

// escape consumes an escape sequence and appends its character to the text.
func (s *scanner) escape() {
	const pair = len(`\ud83d\ude00`)
	if s.end-s.pos < pair {
		s.more(pair)
	}
	if s.end-s.pos < 2 {
		s.pos = s.end
		s.fail("a string has no end")
		return
	}
	c := s.buf[s.pos+1]
	if i := bytes.IndexByte([]byte(`"\/bfnrt`), c); i >= 0 {
		s.text = append(s.text, "\"\\/\b\f\n\r\t"[i])
		s.pos += 2
		return
	}
	first, ok := s.hex(s.pos)
	if !ok {
		s.fail("invalid escape sequence in a string")
		return
	}
	s.pos += 6
	if utf16.IsSurrogate(first) {
		second, ok := s.hex(s.pos)
		if r := utf16.DecodeRune(first, second); ok && r != utf8.RuneError {
			s.text = utf8.AppendRune(s.text, r)
			s.pos += 6
			return
		}
		first = utf8.RuneError
	}
	s.text = utf8.AppendRune(s.text, first)
}

// hex parses the \uXXXX at an index of the window.
func (s *scanner) hex(at int) (r rune, ok bool) {
	if s.end-at < 6 || binary.LittleEndian.Uint16(s.buf[at:]) != '\\'|'u'<<8 {
		return 0, false
	}
	for _, c := range s.buf[at+2 : at+6] {
		switch {
		case c-'0' <= 9:
			c -= '0'
		case c|0x20-'a' <= 5:
			c = c | 0x20 - 'a' + 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}
