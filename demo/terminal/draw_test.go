package terminal

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/provision"
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

func TestFormatted(t *testing.T) {
	var config provision.FieldConfig
	err := json.Unmarshal([]byte(`{"defaults": {"unit": "percent", "mappings": [
	  {"type": "special", "options": {"match": "null", "result": {"text": "gone"}}}, {"type": "value", "options": {"-1": {"text": "MISSING"}, "0.5": {"color": "red"}}}]}}`), &config)
	if err != nil {
		t.Fatal(err)
	}
	for value, want := range map[float64]string{-1: "MISSING", 0.5: "0.5%", 1: "1%"} {
		if got := formatted(config, value); got != want {
			t.Errorf("%g: got %q, want %q", value, got, want)
		}
	}
}
