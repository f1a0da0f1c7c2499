package promql

import (
	"testing"
	"time"
)

func TestFixRange(t *testing.T) {
	start, end := time.UnixMilli(1_700_000_000_500), time.UnixMilli(1_700_172_800_500)
	for _, test := range []struct{ name, expr, want string }{
		{"nothing to replace", `sum by (start, end) (rate(range{step="a"}[5m]))`, `sum by (start, end) (rate(range{step="a"}[5m]))`},
		{"modifiers", `x @ start() - x @ end()`, `x @ 1700000000.5 - x @ 1700172800.5`},
		{"layout and comments", "x @ end ( # of the range()\n ) # start()\n", "x @ 1700172800.5 # start()\n"},
		{"string literals", `label_replace(x @ end(), "a", "start()", "b", "@ end()")`, `label_replace(x @ 1700172800.5, "a", "start()", "b", "@ end()")`},
		{"window, subquery and offset", `max_over_time(rate(x[5m])[range():step()] @ end()) - x offset range()`,
			`max_over_time(rate(x[5m])[(172800):(86400)] @ 1700172800.5) - x offset (172800)`},
		{"duration expressions", `rate(x[max_of(range() / 2, 1h)]) + x offset -range()`, `rate(x[max_of((172800) / 2, 1h)]) + x offset -(172800)`},
		{"functions", `(time() - start()) / range() ^ 2 * -step()`, `(time() - (1700000000.5)) / (172800) ^ 2 * -(86400)`},
		{"functions as arguments", `topk(step(), clamp(x, start(), end()))`, `topk((86400), clamp(x, (1700000000.5), (1700172800.5)))`},
		{"offset and aggregation", `sum(last_over_time(x[1h] @ start() offset 1h)) by (end)`, `sum(last_over_time(x[1h] @ 1700000000.5 offset 1h)) by (end)`},
		{"metrics with these names", `start @ end() + end @ start() + range + step`, `start @ 1700172800.5 + end @ 1700000000.5 + range + step`},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := FixRange(test.expr, start, end, 24*time.Hour)
			if err != nil || got != test.want {
				t.Errorf("got  %s, %v\nwant %s", got, err, test.want)
			}
		})
	}
}

func TestFixRangeBefore1970(t *testing.T) {
	got, err := FixRange(`x @ start() + start()`, time.UnixMilli(-1500), time.UnixMilli(0), time.Second)
	if want := `x @ -1.5 + (-1.5)`; err != nil || got != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
}

func TestFixRangeRejectsUnverifiedResults(t *testing.T) {
	for _, expr := range []string{`x offset +range()`, `running_sum(x @ end())`, `x @ (end() - 1h)`, `start() or (`} {
		if got, err := FixRange(expr, time.UnixMilli(0), time.UnixMilli(1000), time.Second); err == nil {
			t.Errorf("%s became %s", expr, got)
		}
	}
}

func FuzzFixRange(f *testing.F) {
	for _, seed := range []string{`x @ start()`, `rate(x[range()/2:step()] @ end())`, `start() + end()`, "x @ end(#\n)", `{a="b"} offset range()`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, expr string) {
		text, err := FixRange(expr, time.UnixMilli(1500), time.UnixMilli(9500), time.Second)
		if err != nil {
			return
		}
		if _, err := Parse(expr); err != nil {
			return // an invalid expression with nothing to replace is returned unchanged
		}
		again, err := FixRange(text, time.UnixMilli(0), time.UnixMilli(1), time.Minute)
		if err != nil || again != text {
			t.Errorf("%q became %q, and then %q, %v", expr, text, again, err)
		}
	})
}
