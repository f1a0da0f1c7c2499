package promql

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/common/model"
)

// Macros are the durations that a dashboard or an alert rule gives a query.
type Macros struct {
	Interval     time.Duration // the step, $__interval
	RateInterval time.Duration // a window that holds enough samples for a rate, $__rate_interval
	Range        time.Duration // the time range asked for, $__range
}

var macro = regexp.MustCompile(`\$(?:__(interval|interval_ms|rate_interval|rate_interval_ms|range|range_s|range_ms)\b|\{__(interval|interval_ms|rate_interval|rate_interval_ms|range|range_s|range_ms)\})`)

// Expand fills in every macro of a user's own text, inside its string literals
// too, as Grafana's Prometheus data source does.
func (m Macros) Expand(text string) string {
	return macro.ReplaceAllStringFunc(text, m.value)
}

// ExpandCode fills in the macros outside string literals and comments. A catalog
// query's literals hold parameter values: those are data, and stay as they are.
func (m Macros) ExpandCode(text string) string { return expandCode(text, m.Expand) }

// ExpandKnown is ExpandCode for the durations that aren't 0; the other macros stay
// as written.
func (m Macros) ExpandKnown(text string) string {
	return expandCode(text, func(code string) string {
		return macro.ReplaceAllStringFunc(code, func(name string) string {
			if m.of(name) == 0 {
				return name
			}
			return m.value(name)
		})
	})
}

// expandCode expands text outside its string literals and comments.
func expandCode(text string, expand func(string) string) string {
	var b strings.Builder
	for len(text) > 0 {
		open := strings.IndexAny(text, "\"'`#")
		if open < 0 {
			break
		}
		end := open + literalLen(text[open:])
		b.WriteString(expand(text[:open]))
		b.WriteString(text[open:end])
		text = text[end:]
	}
	b.WriteString(expand(text))
	return b.String()
}

// literalLen is the length of the string literal, its quotes included, or of the
// comment that text begins with; all of text where it isn't closed.
func literalLen(text string) int {
	quote := text[0]
	if quote == '#' {
		if end := strings.IndexByte(text, '\n'); end >= 0 {
			return end
		}
		return len(text)
	}
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] == '\\' && quote != '`':
			i++
		case text[i] == quote:
			return i + 1
		}
	}
	return len(text)
}

// of is the duration that a macro stands for.
func (m Macros) of(name string) time.Duration {
	switch {
	case strings.Contains(name, "__rate_interval"):
		return m.RateInterval
	case strings.Contains(name, "__interval"):
		return m.Interval
	default:
		return m.Range
	}
}

func (m Macros) value(name string) string {
	switch strings.Trim(name, "${}") {
	case "__interval":
		return duration(m.Interval)
	case "__interval_ms":
		return count(m.Interval, time.Millisecond)
	case "__rate_interval":
		return duration(m.RateInterval)
	case "__rate_interval_ms":
		return count(m.RateInterval, time.Millisecond)
	case "__range":
		return duration(m.Range)
	case "__range_s":
		return count(m.Range.Round(time.Second), time.Second)
	default:
		return count(m.Range, time.Millisecond)
	}
}

// count prints how many units a duration is. It stands in windows too, so it is
// never 0.
func count(d, unit time.Duration) string { return strconv.FormatInt(int64(max(d/unit, 1)), 10) }

// duration prints exactly what was meant: 90s is 1m30s, never 1m. Prometheus
// refuses a window of 0, so the shortest is one millisecond.
func duration(d time.Duration) string {
	return model.Duration(max(d, time.Millisecond)).String()
}
