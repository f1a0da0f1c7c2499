package promql

import (
	"math"
	"testing"
	"time"

	"github.com/prometheus/prometheus/promql/parser"
)

func TestDuration(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"1h*24": 24 * time.Hour, "1d - 1h": 23 * time.Hour, "-(-5m)": 5 * time.Minute, "10m/4": 150 * time.Second, "7m%5m": 2 * time.Minute, "60^2": time.Hour,
		"step()": time.Minute, "range()*2": 2 * time.Hour, "min_of(step(), 5m)": time.Minute, "max_of(step(), 5m)": 5 * time.Minute,
		"1m - 1h": 0, "1h/(step()-1m)": math.MaxInt64, "step()%(step()-1m)": math.MaxInt64, "10^300": math.MaxInt64,
	} {
		tree, err := Parse("rate(x[" + text + "])")
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		selector := tree.(*parser.Call).Args[0].(*parser.MatrixSelector)
		if selector.RangeExpr == nil {
			t.Errorf("%s is not an expression", text)
			continue
		}
		if got := Duration(selector.RangeExpr, time.Hour, time.Minute); got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}
