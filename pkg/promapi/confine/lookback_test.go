package confine

import (
	"math"
	"net/url"
	"testing"
	"time"
)

func TestLookback(t *testing.T) {
	const longest = time.Duration(math.MaxInt64)
	for text, want := range map[string]time.Duration{
		"":                                   0,
		"dedup=false":                        0,
		"lookback_delta=":                    0,
		"lookback_delta=5m":                  5 * time.Minute,
		"max_lookback=90":                    90 * time.Second,
		"lookback_delta=1e3":                 1000 * time.Second,
		"max_lookback=1h&lookback_delta=1y":  365 * 24 * time.Hour,
		"max_lookback=1m&max_lookback=2h":    2 * time.Hour,
		"max_lookback=1.5h":                  longest, // of VictoriaMetrics
		"max_lookback=NaN":                   longest,
		"lookback_delta=1e300":               longest,
		"lookback_delta=-1":                  longest,
		"lookback_delta=999999999999999999y": longest,
	} {
		params, err := url.ParseQuery(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := Lookback(params); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}
