package gateway

import (
	"encoding/json"
	"math"
	"testing"
)

// TestRoundedNumbersAreJSON: the values come from a server, and an answer with an infinite
// number can't be encoded as JSON.
func TestRoundedNumbersAreJSON(t *testing.T) {
	for v, want := range map[float64]string{
		0: "0", 1.23456: "1.235", -1.23456: "-1.235", 1e300: "1e+300", 1.7e308: "1.7e+308", math.MaxFloat64: "1.7976931348623157e+308",
		-math.MaxFloat64: "-1.7976931348623157e+308", math.Inf(1): "null", math.Inf(-1): "null", math.NaN(): "null",
		1 << 53: "9007199254740992", 1e-308: "0",
	} {
		if text, err := json.Marshal(rounded(v)); err != nil || string(text) != want {
			t.Errorf("%g: %s, %v, want %s", v, text, err, want)
		}
	}
}
