package terminal

import (
	"context"
	"io"
	"strings"
)

// key is a command of the user. firstPage is the summary, and firstPage+n is dashboard n.
type key int

const (
	noKey key = iota
	quit
	nextPage
	previousPage
	lineDown
	lineUp
	screenDown
	screenUp
	top
	bottom
	firstPage
)

// sequences are the bytes that a terminal in raw mode sends for keys. Terminals send two kinds
// of sequences for arrows.
var sequences = []struct {
	bytes string
	key   key
}{
	{"\x1b[A", lineUp}, {"\x1b[B", lineDown}, {"\x1b[C", nextPage}, {"\x1b[D", previousPage},
	{"\x1bOA", lineUp}, {"\x1bOB", lineDown}, {"\x1bOC", nextPage}, {"\x1bOD", previousPage},
	{"\x1b[5~", screenUp}, {"\x1b[6~", screenDown}, {"\x1b[H", top}, {"\x1b[F", bottom},
	{"\x03", quit}, {"q", quit}, {"n", nextPage}, {"\t", nextPage}, {"p", previousPage},
	{"j", lineDown}, {"k", lineUp}, {" ", screenDown}, {"b", screenUp}, {"g", top}, {"G", bottom},
}

// readKeys sends the keys that are read from a terminal until ctx or the input ends. The end of
// the input, for example of a closed terminal, is the key quit.
func readKeys(ctx context.Context, in io.Reader, keys chan<- key) {
	buffer := make([]byte, 64)
	for {
		n, err := in.Read(buffer)
		pressed := parseKeys(string(buffer[:n]))
		if err != nil {
			pressed = append(pressed, quit)
		}
		for _, k := range pressed {
			select {
			case keys <- k:
			case <-ctx.Done():
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// parseKeys returns the keys in an input, without unknown ones.
func parseKeys(input string) []key {
	var keys []key
	for input != "" {
		k, length := parseKey(input)
		if k != noKey {
			keys = append(keys, k)
		}
		input = input[length:]
	}
	return keys
}

func parseKey(input string) (k key, length int) {
	for _, s := range sequences {
		if strings.HasPrefix(input, s.bytes) {
			return s.key, len(s.bytes)
		}
	}
	if digit := input[0]; digit >= '0' && digit <= '9' {
		return firstPage + key(digit-'0'), 1
	}
	return noKey, unknownLength(input)
}

// unknownLength returns the length of the unknown key at the beginning of an input: a byte, or
// an escape sequence, whose bytes must not be taken for keys.
func unknownLength(input string) int {
	switch {
	case strings.HasPrefix(input, "\x1b["):
		end := strings.IndexFunc(input[2:], func(r rune) bool { return r >= '@' && r <= '~' })
		if end < 0 {
			return len(input)
		}
		return 2 + end + 1
	case strings.HasPrefix(input, "\x1bO"):
		return min(3, len(input))
	default:
		return 1
	}
}
