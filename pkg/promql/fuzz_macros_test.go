package promql

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"
)

var macroNames = []string{"__interval", "__interval_ms", "__rate_interval", "__rate_interval_ms", "__range", "__range_s", "__range_ms"}

// FuzzExpand checks that Expand replaces all macros and doesn't change a text without $__ and
// ${__, that ExpandCode doesn't change string literals and comments, and that the values of
// macros are valid durations or positive integers.
func FuzzExpand(f *testing.F) {
	f.Add(`rate(x[$__rate_interval])`, `$__range`, `[${__range}:$__interval]`, int64(15*time.Second), int64(time.Minute), int64(6*time.Hour))
	f.Add(`x{a=`, `\"'`, `,b!~`, int64(time.Millisecond), int64(90*time.Second), int64(500*time.Millisecond))
	f.Add(`$$__interval_ms$__range_s ${__interval_ms`, "`", `$__intervals ${__range} $__intervalé`, int64(time.Hour), int64(100*time.Hour), int64(time.Second))
	f.Add(`$__rate_interval_$__range_ms`, "\xff$__range\n", `{$__rate_interval_ms}`, int64(1<<62), int64(1500*time.Microsecond), int64(1<<62))
	f.Fuzz(func(t *testing.T, before, value, after string, interval, rate, span int64) {
		m := Macros{Interval: time.Duration(interval), RateInterval: time.Duration(rate), Range: time.Duration(span)}
		for _, name := range macroNames {
			got := m.Expand("$" + name)
			if d, err := model.ParseDuration(got); err == nil && d > 0 {
				continue
			}
			if n, err := strconv.ParseInt(got, 10, 64); err != nil || n <= 0 {
				t.Errorf("$%s of %+v is %s", name, m, got)
			}
		}

		text := before + value + after
		if macro := findMacro(m.Expand(text)); macro != "" {
			t.Errorf("%q: %q is not replaced", text, macro)
		}
		if !strings.Contains(text, "$__") && !strings.Contains(text, "${__") && m.Expand(text) != text {
			t.Errorf("%q became %q", text, m.Expand(text))
		}
		_ = m.ExpandCode(text) // must not panic on unclosed literals

		code := strings.NewReplacer(`"`, "", `'`, "", "`", "", "#", "")
		before, after = code.Replace(before), code.Replace(after)
		literals := []string{strconv.Quote(value), "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(value) + "'"}
		if !strings.Contains(value, "`") {
			literals = append(literals, "`"+value+"`")
		}
		literals = append(literals, "#"+strings.ReplaceAll(value, "\n", "")+"\n")
		for _, literal := range literals {
			want := m.Expand(before) + literal + m.Expand(after)
			if got := m.ExpandCode(before + literal + after); got != want {
				t.Errorf("%q became %q, want %q", before+literal+after, got, want)
			}
		}
	})
}

// findMacro returns the first macro of a text. It doesn't use a regular expression.
func findMacro(text string) string {
	for i := range text {
		rest, ok := strings.CutPrefix(text[i:], "$")
		if !ok {
			continue
		}
		rest, braced := strings.CutPrefix(rest, "{")
		for _, name := range macroNames {
			end, ok := strings.CutPrefix(rest, name)
			if ok && (braced && strings.HasPrefix(end, "}") || !braced && !startsWithWord(end)) {
				return text[i : len(text)-len(end)]
			}
		}
	}
	return ""
}

func startsWithWord(text string) bool {
	return text != "" && strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_", rune(text[0]))
}
