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

// times are when a request asks about: a range, whose step isn't 0, or the moment
// at its end.
type times struct {
	start, end time.Time
	step       time.Duration
}

func (t times) isRange() bool { return t.step > 0 }

// timesOf reads start, end and step, all of them or none, or else time. Without
// any it is now.
func timesOf(in input, now func() time.Time) (t times, err error) {
	texts := map[string]string{}
	var given, missing []string
	for _, name := range []string{"start", "end", "step"} {
		if texts[name], err = in.text(name); err != nil {
			return t, err
		}
		if texts[name] == "" {
			missing = append(missing, name)
		} else {
			given = append(given, name)
		}
	}
	moment, err := in.text("time")
	switch {
	case err != nil:
		return t, err
	case moment != "" && len(given) > 0:
		return t, badParameter("time", moment, "time asks about one moment, and %s about a range: give one or the other.", strings.Join(given, ", "))
	case moment != "":
		t.end, err = timeOf("time", moment)
		return t, err
	case len(given) == 0:
		return times{end: now()}, nil
	case len(missing) > 0:
		return t, &detailed{
			fault.New(fault.BadQuery, "A range needs start, end and step together; missing: %s.", strings.Join(missing, ", ")),
			details{"missingParameters": missing},
		}
	}
	if t.start, t.end, err = spanOf(texts["start"], texts["end"]); err != nil {
		return t, err
	}
	if t.step, err = durationOf("step", texts["step"]); err != nil {
		return t, err
	}
	// A time.Duration counts no further than 292 years.
	if (t.end.UnixMilli()-t.start.UnixMilli())/t.step.Milliseconds() >= query.MaxPoints {
		return t, badParameter("step", texts["step"], "The range holds more than %d steps, which is as many as Prometheus gives: ask for a larger step.", query.MaxPoints)
	}
	return t, nil
}

// spanOf reads a start and an end, either of which may be "".
func spanOf(startText, endText string) (start, end time.Time, err error) {
	if startText != "" {
		if start, err = timeOf("start", startText); err != nil {
			return start, end, err
		}
	}
	if endText != "" {
		if end, err = timeOf("end", endText); err != nil {
			return start, end, err
		}
	}
	if startText != "" && endText != "" && end.Before(start) {
		return start, end, badParameter("end", endText, "The end is before the start.")
	}
	return start, end, nil
}

// layouts are the forms of ISO 8601 that are read. Go takes a fraction of a second
// in each.
var layouts = []string{
	"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05Z07", "2006-01-02T15:04:05",
	"2006-01-02T15:04Z07:00", "2006-01-02T15:04",
	time.DateOnly,
}

// lostPlus is an offset from UTC whose + was written as it is: in a query string
// that means a space.
var lostPlus = regexp.MustCompile(`(T[0-9:.,]+) (\d\d:?\d\d|\d\d)$`)

// timeOf reads a UNIX timestamp in seconds or an ISO 8601 time; one without a
// zone is UTC. Times are precise to the millisecond, as Prometheus's are.
func timeOf(name, text string) (time.Time, error) {
	const latest = 253402300799 // the last second of the year 9999
	if seconds, err := strconv.ParseFloat(text, 64); err == nil && seconds >= 0 && seconds <= latest {
		return time.UnixMilli(int64(math.Round(seconds * 1000))).UTC(), nil
	}
	iso := lostPlus.ReplaceAllString(text, "$1+$2")
	for _, layout := range layouts {
		if t, err := time.Parse(layout, iso); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, badParameter(name, text, "%s is %q: write a UNIX timestamp in seconds or a time such as 2025-08-27T09:00:00.", name, clip(text))
}

// durationOf reads a Prometheus duration, or a number of seconds.
func durationOf(name, text string) (time.Duration, error) {
	const longest = 1e9 // seconds, some thirty years
	if seconds, err := strconv.ParseFloat(text, 64); err == nil && seconds >= 0.001 && seconds <= longest {
		return time.Duration(math.Round(seconds*1000)) * time.Millisecond, nil
	}
	if d, err := model.ParseDuration(text); err == nil && d > 0 {
		return time.Duration(d), nil
	}
	return 0, badParameter(name, text, "%s is %q: write a duration such as 30s, 5m or 1h, or a number of seconds.", name, clip(text))
}
