package frames

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// TestConversionsEndEarly checks that a canceled conversion of many series ends after a few
// calls of Options.Err.
func TestConversionsEndEarly(t *testing.T) {
	const count = 1000
	results := map[string]*series.Result{
		"floats": manySeries(count, func(i int) series.Series {
			return series.Series{Labels: labels("i", fmt.Sprint(i)), Times: []int64{0}, Values: []float64{1}}
		}),
		"buckets": manySeries(count, func(i int) series.Series {
			return series.Series{Labels: labels("i", fmt.Sprint(i), "le", "1"), Times: []int64{0}, Values: []float64{1}}
		}),
		"native histograms": manySeries(count, func(i int) series.Series {
			return series.Series{Labels: labels("i", fmt.Sprint(i)), HistogramTimes: []int64{0}, Histograms: []series.Histogram{{Buckets: []series.Bucket{between(1, 2, 1)}}}}
		}),
	}
	for name, convert := range formats {
		for kind, r := range results {
			for _, legend := range []string{"", auto, "{{i}}"} {
				if name == "chunked" {
					continue // the caller of Stream checks the context when it sends a frame
				}
				t.Run(name+" of "+kind+" "+legend, func(t *testing.T) {
					checks := 0
					frames, err := convert(r, Options{Legend: legend, Err: func() error {
						checks++
						return context.Canceled
					}})
					if !errors.Is(err, context.Canceled) || frames != nil {
						t.Errorf("%d frames, error %v", len(frames), err)
					}
					const few = 10
					if checks > few {
						t.Errorf("the conversion went on for %d checks", checks)
					}
				})
			}
		}
	}
}
