package terminal

import (
	"math"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestSparkline(t *testing.T) {
	gap := math.NaN()
	long := make([]float64, 1000)
	for i := range long {
		long[i] = float64(i)
	}
	for _, c := range []struct {
		name   string
		values []float64
		width  int
		want   string
	}{
		{"increasing values", []float64{0, 1, 2, 3, 4, 5, 6, 7}, 8, "▁▂▃▄▅▆▇█"},
		{"gap", []float64{0, gap, 7}, 3, "▁ █"},
		{"constant", []float64{5, 5, 5}, 3, "▅▅▅"},
		{"single value", []float64{5}, 3, "   "},
		{"no values", nil, 3, "   "},
		{"only gaps", []float64{gap, gap}, 3, "   "},
		{"infinity", []float64{0, math.Inf(1), 7}, 3, "▁ █"},
		{"many values in few cells", long, 4, "▁▃▆█"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := sparkline(c.values, c.width); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestFit(t *testing.T) {
	for _, s := range []string{"", "short", "räksmörgås", strings.Repeat("é", 30)} {
		if got := utf8.RuneCountInString(fit(s, 12)); got != 12 {
			t.Errorf("%q has %d characters, want 12", s, got)
		}
	}
}
