package rest

import (
	"strings"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/query"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/rest/timestamp"
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

func parseTime(name, text string) (time.Time, error) {
	at, valid := timestamp.Parse(text)
	if !valid {
		return at, badParameter(name, text, "%s is %q. Write a UNIX timestamp in seconds or a time such as 2025-08-27T09:00:00.", name, fault.ClipName(text))
	}
	return at, nil
}

func parseDuration(name, text string) (time.Duration, error) {
	d, valid := timestamp.ParseDuration(text)
	if !valid {
		return 0, badParameter(name, text, "%s is %q. Write a duration such as 30s, 5m or 1h, or a number of seconds.", name, fault.ClipName(text))
	}
	return d, nil
}
