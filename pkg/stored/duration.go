package stored

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend/gtime"
	"github.com/prometheus/common/model"
)

// maxDuration is 290 years of 365.25 days. A time.Duration can represent 292 years.
const maxDuration = 290 * 1461 * 6 * time.Hour

// Duration parses a duration in the formats of Grafana and Prometheus: 15s, 1.5h, 1M, 1d12h,
// >30s for "at least", or a number of seconds. "" is 0. Years alone, as in 2y, have 365.25
// days, as in Grafana. Years with further units, as in 1y1d, have 365 days, as in Prometheus.
// The test reads a table that the frontend's test of src/config/duration.ts reads too.
func Duration(text Text) (time.Duration, error) {
	plain := strings.TrimSpace(strings.TrimLeft(strings.TrimSpace(string(text)), "<>"))
	if plain == "" {
		return 0, nil
	}
	d, err := parseDuration(plain)
	switch {
	case err != nil:
		return 0, err
	case strings.HasPrefix(plain, "-"):
		return 0, fmt.Errorf("%s is negative", plain)
	case d > maxDuration:
		return 0, errTooLong(plain)
	}
	return d, nil
}

func parseDuration(plain string) (time.Duration, error) {
	// strconv.ParseFloat also accepts hexadecimal numbers and underscores between digits.
	if seconds, err := strconv.ParseFloat(plain, 64); err == nil && !strings.ContainsAny(plain, "xX_") {
		if !(seconds >= 0 && seconds <= maxDuration.Seconds()) {
			return 0, fmt.Errorf("%g seconds are out of range", seconds)
		}
		return time.Duration(seconds * float64(time.Second)), nil
	}
	if overflows(plain) {
		return 0, errTooLong(plain)
	}
	if d, err := gtime.ParseDuration(plain); err == nil {
		return d, nil
	}
	d, err := model.ParseDuration(plain)
	return time.Duration(d), err
}

func errTooLong(text string) error { return fmt.Errorf("%.20s is longer than 290 years", text) }

// calendarUnit matches a duration in units that time.ParseDuration doesn't have.
var calendarUnit = regexp.MustCompile(`^(\d+)([dwMy])$`)

// maxUnits is the maximum number of each unit that doesn't exceed maxDuration.
var maxUnits = map[string]int{"d": 105_922, "w": 15_131, "M": 290 * 12, "y": 290}

// overflows reports whether a text is a number of calendar units above maxUnits. For such a
// text, the result of gtime.ParseDuration could overflow.
func overflows(text string) bool {
	match := calendarUnit.FindStringSubmatch(text)
	if match == nil {
		return false
	}
	n, err := strconv.Atoi(match[1])
	return err != nil || n > maxUnits[match[2]]
}
