// Package process reads the memory, CPU time and descriptors of a process, limits its memory,
// and lowers the priority of the tests. The suites and the benchmark call it.
package process

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// Lines of /proc/PID/status that Memory reads.
const (
	Peak    = "VmHWM:" // peak resident memory
	Current = "VmRSS:" // resident memory
)

// Memory returns the resident memory of a process in MiB. line is Current or Peak.
func Memory(pid int, line string) (float64, error) {
	file, err := os.Open(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, fmt.Errorf("memory use is only available on Linux: %w", err)
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

// CPU returns the CPU time of a process. It hardly depends on other load of the machine.
func CPU(pid int) (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, fmt.Errorf("CPU time is only available on Linux: %w", err)
	}
	// The second field is the name. It is in parentheses and can contain spaces.
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
