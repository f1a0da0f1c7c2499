package host

import (
	"io"
	"slices"
	"strings"
	"sync"
)

// tailSize bounds what is kept of the plugin's stderr for an error message,
// wordsShown how many lines of it are told.
const (
	tailSize   = 16 << 10
	wordsShown = 8
)

// tail passes the plugin's stderr on and remembers its end.
type tail struct {
	out io.Writer

	mu   sync.Mutex
	last []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last = append(t.last, p...)
	if over := len(t.last) - tailSize; over > 0 {
		t.last = append(t.last[:0], t.last[over:]...)
	}
	if t.out == nil {
		return len(p), nil
	}
	return t.out.Write(p)
}

// lastWords is what stderr says of the end, ready to follow an error's text: the
// beginning of what is no log line, as a panic's trace is, or else the last log
// lines.
func (t *tail) lastWords() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	lines := strings.Split(strings.TrimSpace(string(t.last)), "\n")
	plain := slices.DeleteFunc(slices.Clone(lines), func(line string) bool {
		return line == "" || strings.HasPrefix(line, "{")
	})
	if len(plain) > 0 {
		lines = plain[:min(len(plain), wordsShown)]
	} else {
		lines = lines[max(0, len(lines)-wordsShown):]
	}
	if words := strings.Join(lines, "\n"); words != "" {
		return "\nits last words: " + words
	}
	return ""
}
