package process

import (
	"fmt"
	"os"
	"strings"
)

// Descriptors returns the number of open file descriptors of a process.
func Descriptors(pid int) (int, error) {
	entries, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	if err != nil {
		return 0, fmt.Errorf("descriptors are only available on Linux: %w", err)
	}
	return len(entries), nil
}

// isRunning reports whether a thread of a process runs or waits for a CPU.
func isRunning(pid int) (bool, error) {
	threads, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	if err != nil {
		return false, err
	}
	for _, thread := range threads {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%s/stat", pid, thread.Name()))
		if err != nil {
			continue // the thread has ended
		}
		// The second field is the name. It is in parentheses and can contain spaces.
		if _, rest, _ := strings.Cut(string(text), ") "); strings.HasPrefix(rest, "R") {
			return true, nil
		}
	}
	return false, nil
}
