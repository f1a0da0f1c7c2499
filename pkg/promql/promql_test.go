package promql

import (
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

func TestExpand(t *testing.T) {
	m := Macros{Interval: 90 * time.Second, RateInterval: 4 * time.Minute, Range: 6*time.Hour + 1500*time.Millisecond}
	for _, test := range []struct{ name, text, want, code string }{
		{"duration", `rate(x[$__interval])`, `rate(x[1m30s])`, `rate(x[1m30s])`},
		{"braces", `rate(x[${__rate_interval}])`, `rate(x[4m])`, `rate(x[4m])`},
		{"longest name", `$__interval_ms $__rate_interval_ms $__range_s $__range_ms`, `90000 240000 21602 21601500`, `90000 240000 21602 21601500`},
		{"range", `increase(x[$__range])`, `increase(x[6h1s500ms])`, `increase(x[6h1s500ms])`},
		{"other variables", `$__intervals $tenant $__from`, `$__intervals $tenant $__from`, `$__intervals $tenant $__from`},
		{"string literals", `x{a="$__range",b='\'$__range',c=` + "`$__range`" + `}[$__range]`,
			`x{a="6h1s500ms",b='\'6h1s500ms',c=` + "`6h1s500ms`" + `}[6h1s500ms]`,
			`x{a="$__range",b='\'$__range',c=` + "`$__range`" + `}[6h1s500ms]`},
		{"quote in a comment", "# it's $__range\nx[$__range]", "# it's 6h1s500ms\nx[6h1s500ms]", "# it's $__range\nx[6h1s500ms]"},
		{"unclosed literal", `x{a="$__range`, `x{a="6h1s500ms`, `x{a="$__range`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := m.Expand(test.text); got != test.want {
				t.Errorf("Expand: got %s, want %s", got, test.want)
			}
			if got := m.ExpandCode(test.text); got != test.code {
				t.Errorf("ExpandCode: got %s, want %s", got, test.code)
			}
		})
	}
}

func TestSyntaxErrors(t *testing.T) {
	for _, test := range []struct{ name, expr, want string }{
		{"empty", "  ", "The query is empty"},
		{"line and column", "sum(\n  rate(x[5m)\n)", "at line 2, column"},
		{"types", "rate(x)", "expected type range vector"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Parse(test.expr)
			if f := fault.As(err); f.Kind != fault.BadPromQL || f.Status != 400 || !strings.Contains(f.Text, test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

// TestParseIsBounded: without the bounds, parsing most of these expressions would take minutes
// or overflow the stack.
func TestParseIsBounded(t *testing.T) {
	for name, expr := range map[string]string{
		"parentheses": strings.Repeat("(", 100_000) + "1" + strings.Repeat(")", 100_000),
		"calls":       strings.Repeat("abs(", 30_000) + "up" + strings.Repeat(")", 30_000),
		"signs":       strings.Repeat("-", 1_000_000) + "1",
		"chain":       "1" + strings.Repeat("+1", 50_000),
		"long text":   `"` + strings.Repeat("x", 3<<20) + `"`,
	} {
		if _, err := Parse(expr); fault.As(err).Kind != fault.BadQuery {
			t.Errorf("%s: %v", name, err)
		}
	}
	many := "a" + strings.Repeat(" or a", 1_000)
	if _, err := Parse(many); err != nil {
		t.Errorf("thousand selectors: %v", err)
	}
	filter := []*labels.Matcher{labels.MustNewMatcher(labels.MatchEqual, "k", strings.Repeat("v", 10_000))}
	if _, err := AddMatchers(many, filter); fault.As(err).Kind != fault.BadQuery {
		t.Errorf("filter of ten kilobytes in a thousand selectors: %v", err)
	}
}
