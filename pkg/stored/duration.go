package stored

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend/gtime"
	"github.com/prometheus/common/model"
)

// Duration parses a duration in the formats of Grafana and Prometheus: 15s, 1.5h, 1M, 1d12h,
// >30s for "at least", or a number of seconds. "" is 0.
func Duration(text Text) (time.Duration, error) {
	plain := strings.TrimSpace(strings.TrimLeft(strings.TrimSpace(string(text)), "<>"))
	if plain == "" {
		return 0, nil
	}
	if seconds, err := strconv.ParseFloat(plain, 64); err == nil {
		const maxSeconds = float64(math.MaxInt64 / int64(time.Second))
		if !(seconds >= 0 && seconds < maxSeconds) {
			return 0, fmt.Errorf("%g seconds are out of range", seconds)
		}
		return time.Duration(seconds * float64(time.Second)), nil
	}
	if overflows(plain) {
		return 0, fmt.Errorf("%.20s is longer than 290 years", plain)
	}
	if d, err := gtime.ParseDuration(plain); err == nil {
		if d < 0 {
			return 0, fmt.Errorf("%s is negative", plain)
		}
		return d, nil
	}
	d, err := model.ParseDuration(plain)
	return time.Duration(d), err
}

// calendarUnit matches a duration in units that time.ParseDuration doesn't have.
var calendarUnit = regexp.MustCompile(`^(\d+)([dwMy])$`)

// maxUnits is the maximum number of each unit. A time.Duration can represent 290 years.
var maxUnits = map[string]int{"d": 290 * 365, "w": 290 * 52, "M": 290 * 12, "y": 290}

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
