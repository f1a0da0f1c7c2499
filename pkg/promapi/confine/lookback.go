package confine

import (
	"math"
	"net/url"
	"strconv"
	"time"

	"github.com/prometheus/common/model"
)

// lookbackParams are the custom parameters that determine how old the latest sample of a series can
// be: that of Prometheus and Thanos, and that of VictoriaMetrics.
var lookbackParams = []string{"lookback_delta", "max_lookback"}

// Lookback returns the longest duration in those custom parameters of a query that are among
// lookbackParams. It is 0 without such a parameter. If Prometheus would reject a value,
// another server may still accept it, so Lookback then returns the longest possible duration.
func Lookback(params url.Values) time.Duration {
	longest := time.Duration(0)
	for _, name := range lookbackParams {
		for _, text := range params[name] {
			longest = max(longest, duration(text))
		}
	}
	return longest
}

// duration parses a duration such as 5m, or a number of seconds. It returns 0 for an empty
// text, and the longest possible duration for any other text.
func duration(text string) time.Duration {
	const longest = time.Duration(math.MaxInt64)
	if seconds, err := strconv.ParseFloat(text, 64); err == nil {
		if seconds >= 0 && seconds < longest.Seconds() {
			return time.Duration(seconds * float64(time.Second))
		}
		return longest
	}
	if d, err := model.ParseDuration(text); err == nil {
		return time.Duration(d)
	}
	if text == "" {
		return 0
	}
	return longest
}
