package host

import (
	"io"
	"slices"
	"strings"
	"sync"
)

// The last maxTail bytes of the plugin's output are kept for error messages. An error contains
// at most maxLines lines of them.
const (
	maxTail  = 16 << 10
	maxLines = 8
)

// tail copies the plugin's output to out, if not nil, and keeps the end of it.
type tail struct {
	out io.Writer

	mu   sync.Mutex
	last []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last = append(t.last, p...)
	if over := len(t.last) - maxTail; over > 0 {
		t.last = append(t.last[:0], t.last[over:]...)
	}
	if t.out == nil {
		return len(p), nil
	}
	return t.out.Write(p)
}

// lastLines returns at most maxLines lines of output that explain an exit, in a form that can
// be appended to an error. It selects the first lines that aren't log lines, such as the
// trace of a panic. If all lines are log lines, it selects the last ones.
func (t *tail) lastLines() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	lines := strings.Split(strings.TrimSpace(string(t.last)), "\n")
	plain := slices.DeleteFunc(slices.Clone(lines), func(line string) bool {
		return line == "" || strings.HasPrefix(line, "{")
	})
	if len(plain) > 0 {
		lines = plain[:min(len(plain), maxLines)]
	} else {
		lines = lines[max(0, len(lines)-maxLines):]
	}
	if text := strings.Join(lines, "\n"); text != "" {
		return "\nlast output: " + text
	}
	return ""
}
