// Package process reads what the operating system knows of a process.
package process

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// What Memory reads, lines of /proc/PID/status.
const (
	Peak    = "VmHWM:" // the most that was in memory at once
	Current = "VmRSS:" // what is in memory now
)

// Memory reads how much of a process is, or was at most, in memory, in MiB.
func Memory(pid int, line string) (float64, error) {
	file, err := os.Open(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, fmt.Errorf("memory is read from /proc, so run this on Linux: %w", err)
	}
	defer func() { _ = file.Close() }()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if text, found := strings.CutPrefix(lines.Text(), line); found {
			kB, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(text, "kB")), 64)
			return kB / 1024, err
		}
	}
	return 0, fmt.Errorf("/proc/%d/status has no %s", pid, line)
}
