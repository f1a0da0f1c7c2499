package frames

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// TestUnion compares the result with sorting all timestamps at once.
func TestUnion(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	for range 500 {
		all := make([]series.Series, 1+random.IntN(6))
		var want []int64
		for i := range all {
			if i > 0 && random.IntN(3) == 0 {
				all[i].Times = all[i-1].Times
			} else {
				for at := range int64(12) {
					if random.IntN(2) == 0 {
						all[i].Times = append(all[i].Times, at)
					}
				}
			}
			want = append(want, all[i].Times...)
		}
		slices.Sort(want)
		want = slices.Compact(want)
		shared := !slices.ContainsFunc(all, func(s series.Series) bool { return !slices.Equal(s.Times, want) })
		limit := random.IntN(14)
		got, isShared, fits := union(all, limit)
		if isShared != shared || fits != (shared || len(want) <= limit) || fits && !slices.Equal(got, want) {
			t.Fatalf("%v within %d: got %v, shared %t, fits %t", all, limit, got, isShared, fits)
		}
	}
}
