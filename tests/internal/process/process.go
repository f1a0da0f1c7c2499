// Package process reads what the operating system knows of a process.
package process

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
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

// CPU is how long a process has kept processors busy. Other work on the machine
// makes it wait, and hardly changes this.
func CPU(pid int) (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, fmt.Errorf("CPU time is read from /proc, so run this on Linux: %w", err)
	}
	// The name, second of the fields, is in parentheses and may hold spaces.
	_, rest, _ := strings.Cut(string(text), ") ")
	const user, system, tick = 14 - 3, 15 - 3, 10 * time.Millisecond
	fields := strings.Fields(rest)
	if len(fields) <= system {
		return 0, fmt.Errorf("/proc/%d/stat is too short", pid)
	}
	var sum time.Duration
	for _, field := range []string{fields[user], fields[system]} {
		ticks, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return 0, err
		}
		sum += time.Duration(ticks) * tick
	}
	return sum, nil
}
