package promql

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/common/model"
)

// Macros are the values of the time macros of a query.
type Macros struct {
	Interval     time.Duration // the step, $__interval
	RateInterval time.Duration // a window with enough samples for a rate, $__rate_interval
	Range        time.Duration // the time range, $__range
}

var macro = regexp.MustCompile(`\$(?:__(interval|interval_ms|rate_interval|rate_interval_ms|range|range_s|range_ms)\b|\{__(interval|interval_ms|rate_interval|rate_interval_ms|range|range_s|range_ms)\})`)

// Expand replaces all macros of a text, including those in string literals, as Grafana's
// Prometheus data source does.
func (m Macros) Expand(text string) string {
	return macro.ReplaceAllStringFunc(text, m.value)
}

// ExpandCode replaces the macros outside string literals and comments. The literals of a
// catalog query contain parameter values, which must not be changed.
func (m Macros) ExpandCode(text string) string { return expandCode(text, m.Expand) }

// ExpandKnown is like ExpandCode, but replaces only the macros whose values aren't 0.
func (m Macros) ExpandKnown(text string) string {
	return expandCode(text, func(code string) string {
		return macro.ReplaceAllStringFunc(code, func(name string) string {
			if m.duration(name) == 0 {
				return name
			}
			return m.value(name)
		})
	})
}

// expandCode calls expand for the text outside string literals and comments.
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

// literalLen returns the length of the string literal, with its quotes, or of the comment
// at the beginning of text. A literal that isn't closed extends to the end of text.
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

// duration returns the duration that a macro stands for.
func (m Macros) duration(name string) time.Duration {
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
		return formatDuration(m.Interval)
	case "__interval_ms":
		return formatCount(m.Interval, time.Millisecond)
	case "__rate_interval":
		return formatDuration(m.RateInterval)
	case "__rate_interval_ms":
		return formatCount(m.RateInterval, time.Millisecond)
	case "__range":
		return formatDuration(m.Range)
	case "__range_s":
		return formatCount(m.Range.Round(time.Second), time.Second)
	default:
		return formatCount(m.Range, time.Millisecond)
	}
}

// formatCount formats a duration as a number of units, such as seconds. The number is at
// least 1, because a query may use it as a window.
func formatCount(d, unit time.Duration) string { return strconv.FormatInt(int64(max(d/unit, 1)), 10) }

// formatDuration formats a duration exactly to the millisecond: 90s is 1m30s. It returns at
// least one millisecond, because Prometheus rejects a window of 0.
func formatDuration(d time.Duration) string {
	return model.Duration(max(d, time.Millisecond)).String()
}
