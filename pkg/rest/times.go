package rest

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/query"
)

// times contains the times of a request: start, end and step of a range. For a request with a
// single evaluation time, end is that time, and step is 0.
type times struct {
	start, end time.Time
	step       time.Duration
}

func (t times) isRange() bool { return t.step > 0 }

// parseTimes parses either start, end and step, or time. Without any of them, the evaluation
// time is now.
func parseTimes(in input, now func() time.Time) (t times, err error) {
	texts := map[string]string{}
	var set, missing []string
	for _, name := range []string{"start", "end", "step"} {
		if texts[name], err = in.text(name); err != nil {
			return t, err
		}
		if texts[name] == "" {
			missing = append(missing, name)
		} else {
			set = append(set, name)
		}
	}
	at, err := in.text("time")
	switch {
	case err != nil:
		return t, err
	case at != "" && len(set) > 0:
		return t, badParameter("time", at, "time selects a single time, and %s a range. Use one or the other.", strings.Join(set, ", "))
	case at != "":
		t.end, err = parseTime("time", at)
		return t, err
	case len(set) == 0:
		return times{end: now()}, nil
	case len(missing) > 0:
		return t, &detailed{
			fault.New(fault.BadQuery, "A range requires start, end and step. Missing: %s.", strings.Join(missing, ", ")),
			details{"missingParameters": missing},
		}
	}
	if t.start, t.end, err = parseSpan("start", "end", texts); err != nil {
		return t, err
	}
	if t.step, err = parseDuration("step", texts["step"]); err != nil {
		return t, err
	}
	// The range is compared in milliseconds, because a time.Duration overflows after 292 years.
	if (t.end.UnixMilli()-t.start.UnixMilli())/t.step.Milliseconds() >= query.MaxPoints {
		return t, badParameter("step", texts["step"], "The range has more than %d points, which is the limit of Prometheus. Use a larger step.", query.MaxPoints)
	}
	return t, nil
}

// parseSpan parses the parameters startName and endName, whose values are in texts. If a value
// is "", the result is the zero time.
func parseSpan(startName, endName string, texts map[string]string) (start, end time.Time, err error) {
	startText, endText := texts[startName], texts[endName]
	if startText != "" {
		if start, err = parseTime(startName, startText); err != nil {
			return start, end, err
		}
	}
	if endText != "" {
		if end, err = parseTime(endName, endText); err != nil {
			return start, end, err
		}
	}
	if startText != "" && endText != "" && end.Before(start) {
		return start, end, badParameter(endName, endText, "The end is before the start.")
	}
	return start, end, nil
}

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

// parseTime parses a UNIX timestamp in seconds or an ISO 8601 time. A timestamp is rounded to
// milliseconds, the precision of Prometheus. A time without a time zone is in UTC.
func parseTime(name, text string) (time.Time, error) {
	const latest = 253402300799 // the last second of the year 9999
	if seconds, err := strconv.ParseFloat(text, 64); err == nil && seconds >= 0 && seconds <= latest {
		return time.UnixMilli(int64(math.Round(seconds * 1000))).UTC(), nil
	}
	iso := unescapedPlus.ReplaceAllString(text, "$1+$2")
	for _, layout := range layouts {
		if t, err := time.Parse(layout, iso); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, badParameter(name, text, "%s is %q. Write a UNIX timestamp in seconds or a time such as 2025-08-27T09:00:00.", name, fault.ClipName(text))
}

// parseDuration parses a Prometheus duration or a number of seconds.
func parseDuration(name, text string) (time.Duration, error) {
	const longest = 1e9 // seconds; about thirty years
	if seconds, err := strconv.ParseFloat(text, 64); err == nil && seconds >= 0.001 && seconds <= longest {
		return time.Duration(math.Round(seconds*1000)) * time.Millisecond, nil
	}
	if d, err := model.ParseDuration(text); err == nil && d > 0 {
		return time.Duration(d), nil
	}
	return 0, badParameter(name, text, "%s is %q. Write a duration such as 30s, 5m or 1h, or a number of seconds.", name, fault.ClipName(text))
}
