package stored

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend/gtime"
	"github.com/prometheus/common/model"
)

// Duration reads a duration as Grafana and Prometheus write them: 15s, 1.5h, 1M,
// 1d12h, >30s for "at least", or a number of seconds. "" is 0.
func Duration(text Text) (time.Duration, error) {
	plain := strings.TrimSpace(strings.TrimLeft(strings.TrimSpace(string(text)), "<>"))
	if plain == "" {
		return 0, nil
	}
	if seconds, err := strconv.ParseFloat(plain, 64); err == nil {
		const most = float64(math.MaxInt64 / int64(time.Second))
		if !(seconds >= 0 && seconds < most) {
			return 0, fmt.Errorf("%g seconds are out of range", seconds)
		}
		return time.Duration(seconds * float64(time.Second)), nil
	}
	if d, err := gtime.ParseDuration(plain); err == nil {
		if d < 0 {
			return 0, fmt.Errorf("%s is negative", plain)
		}
		return d, nil
	}
	d, err := model.ParseDuration(plain)
	return time.Duration(d), err
}
