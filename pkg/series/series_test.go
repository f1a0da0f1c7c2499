package series

import (
	"fmt"
	"testing"
)

func TestGet(t *testing.T) {
	for _, count := range []int{0, 1, 32, 33, 1000} {
		pairs := map[string]string{}
		for i := range count {
			pairs[fmt.Sprint("l", i)] = fmt.Sprint("v", i)
		}
		labels := LabelsOf(pairs)
		for name, value := range pairs {
			if got := labels.Get(name); got != value {
				t.Errorf("%s of %d: got %q", name, count, got)
			}
		}
		for _, name := range []string{"", "l", "l9999", "z"} {
			if got := labels.Get(name); got != "" {
				t.Errorf("%s of %d: got %q", name, count, got)
			}
		}
	}
}

func TestSize(t *testing.T) {
	r := Result{Series: []Series{
		{Values: make([]float64, 3), Histograms: []Histogram{{Buckets: make([]Bucket, 4)}, {}}},
		{Values: make([]float64, 1)},
	}}
	if r.Size() != 10 || r.Samples() != 6 {
		t.Errorf("size %d, %d samples", r.Size(), r.Samples())
	}
}
