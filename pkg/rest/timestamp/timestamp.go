// Package timestamp parses the times and durations in parameters of requests.
package timestamp

import (
	"math"
	"regexp"
	"strconv"
	"time"

	"github.com/prometheus/common/model"
)

// layouts are the supported formats of ISO 8601. With a layout that contains seconds, Go also
// accepts fractions of a second.
var layouts = []string{
	"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05Z07", "2006-01-02T15:04:05",
	"2006-01-02T15:04Z07:00", "2006-01-02T15:04",
	time.DateOnly,
}

// unescapedPlus matches an offset from UTC whose + was not escaped. In a query string, + means
// a space.
var unescapedPlus = regexp.MustCompile(`(T[0-9:.,]+) (\d\d:?\d\d|\d\d)$`)

// Parse parses a UNIX timestamp in seconds or an ISO 8601 time, and reports whether the text is
// valid. A timestamp is rounded to milliseconds, the precision of Prometheus. A time without a
// time zone is in UTC.
func Parse(text string) (time.Time, bool) {
	const latest = 253402300799 // the last second of the year 9999
	if seconds, err := strconv.ParseFloat(text, 64); err == nil && seconds >= 0 && seconds <= latest {
		return time.UnixMilli(int64(math.Round(seconds * 1000))).UTC(), true
	}
	iso := unescapedPlus.ReplaceAllString(text, "$1+$2")
	for _, layout := range layouts {
		if t, err := time.Parse(layout, iso); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// ParseDuration parses a Prometheus duration or a number of seconds, and reports whether the
// text is valid. A valid duration is at least a millisecond.
func ParseDuration(text string) (time.Duration, bool) {
	const longest = 1e9 // seconds; about thirty years
	if seconds, err := strconv.ParseFloat(text, 64); err == nil && seconds >= 0.001 && seconds <= longest {
		return time.Duration(math.Round(seconds*1000)) * time.Millisecond, true
	}
	d, err := model.ParseDuration(text)
	return time.Duration(d), err == nil && d > 0
}
