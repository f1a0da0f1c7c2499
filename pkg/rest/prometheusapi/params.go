package prometheusapi

import (
	"math"
	"net/url"
	"strconv"
	"time"

	"github.com/prometheus/common/model"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/rest/timestamp"
)

// invalid returns the error of an invalid parameter, with the text of Prometheus. The value is
// clipped.
func invalid(name, format string, args ...any) error {
	for i, arg := range args {
		if text, is := arg.(string); is {
			args[i] = fault.ClipName(text)
		}
	}
	return fault.New(fault.BadQuery, "invalid parameter %q: "+format, append([]any{name}, args...)...)
}

// Prometheus accepts these texts for the earliest and the latest time, which a UNIX timestamp
// with the precision of a float can't represent.
var (
	minTime = time.Unix(math.MinInt64/1000+62135596801, 0).UTC()
	maxTime = time.Unix(math.MaxInt64/1000-62135596801, 999999999).UTC()
)

// timeParam returns the time in a parameter, or the fallback if the parameter is missing. In
// addition to the formats of Prometheus, a time without a time zone is accepted. It is in UTC.
func timeParam(form url.Values, name string, fallback time.Time) (time.Time, error) {
	text := form.Get(name)
	if text == "" {
		return fallback, nil
	}
	if seconds, err := strconv.ParseFloat(text, 64); err == nil && !math.IsNaN(seconds) && math.Abs(seconds) <= maxSeconds {
		return time.UnixMilli(int64(math.Round(seconds * 1000))).UTC(), nil
	}
	if at, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return at, nil
	}
	switch text {
	case minTime.Format(time.RFC3339Nano):
		return minTime, nil
	case maxTime.Format(time.RFC3339Nano):
		return maxTime, nil
	}
	if at, valid := timestamp.Parse(text); valid {
		return at, nil
	}
	return time.Time{}, invalid(name, "cannot parse %q to a valid timestamp", text)
}

// span returns the times in the parameters start and end. A missing parameter is the zero
// time, unless it is required.
func span(form url.Values, required bool) (start, end time.Time, err error) {
	for _, p := range []struct {
		name string
		at   *time.Time
	}{{"start", &start}, {"end", &end}} {
		if required && form.Get(p.name) == "" {
			return start, end, invalid(p.name, "cannot parse %q to a valid timestamp", "")
		}
		if *p.at, err = timeParam(form, p.name, time.Time{}); err != nil {
			return start, end, err
		}
	}
	if !start.IsZero() && !end.IsZero() && end.Before(start) {
		return start, end, invalid("end", "end timestamp must not be before start time")
	}
	return start, end, nil
}

// durationParam returns the duration in a parameter, which is a number of seconds or a duration
// such as 5m.
func durationParam(form url.Values, name string) (time.Duration, error) {
	text := form.Get(name)
	if seconds, err := strconv.ParseFloat(text, 64); err == nil && !math.IsNaN(seconds) {
		if nanoseconds := seconds * float64(time.Second); math.Abs(nanoseconds) < math.MaxInt64 {
			return time.Duration(nanoseconds), nil
		}
		return 0, invalid(name, "cannot parse %q to a valid duration. It overflows int64", text)
	}
	if d, err := model.ParseDuration(text); err == nil {
		return time.Duration(d), nil
	}
	return 0, invalid(name, "cannot parse %q to a valid duration", text)
}

// limitParam returns the number in a parameter, but at most the largest. 0 and a missing
// parameter mean no limit in Prometheus, and the largest number here.
func limitParam(form url.Values, name string, largest int) (int, error) {
	text := form.Get(name)
	if text == "" {
		return largest, nil
	}
	limit, err := strconv.Atoi(text)
	switch {
	case err != nil:
		return 0, invalid(name, "cannot parse %q to an integer", text)
	case limit < 0:
		return 0, invalid(name, "limit must be non-negative")
	case limit == 0:
		return largest, nil
	}
	return min(limit, largest), nil
}
