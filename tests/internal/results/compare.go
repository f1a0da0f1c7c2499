package results

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// maxDifferences limits the number of reported differences.
const maxDifferences = 5

// Difference describes the differences of the floats of two results, or returns an empty
// string if there are none. Equal floats are bitwise equal, or both are NaN.
func Difference(got, want Result) string {
	return difference(got.Floats, want.Floats, same)
}

// NearDifference is like Difference, but ignores the last digits, which depend on the
// order of additions.
func NearDifference(got, want Result) string {
	return difference(got.Floats, want.Floats, func(a, b float64) bool {
		return same(a, b) || math.Abs(a-b) <= 1e-9*max(1, math.Abs(a), math.Abs(b))
	})
}

func difference[T any](got, want map[string]map[int64]T, equal func(a, b T) bool) string {
	var list []string
	for series, expected := range want {
		samples := got[series]
		for at, value := range expected {
			if v, ok := samples[at]; !ok {
				list = append(list, fmt.Sprintf("%s at %d is missing, want %v", series, at, value))
			} else if !equal(v, value) {
				list = append(list, fmt.Sprintf("%s at %d is %v, want %v", series, at, v, value))
			}
		}
	}
	for series, samples := range got {
		for at, value := range samples {
			if _, ok := want[series][at]; !ok {
				list = append(list, fmt.Sprintf("%s at %d is %v, want nothing", series, at, value))
			}
		}
	}
	slices.Sort(list)
	if more := len(list) - maxDifferences; more > 0 {
		list = append(list[:maxDifferences], fmt.Sprintf("and %d more", more))
	}
	return strings.Join(list, "\n")
}

// MissingNotices returns the notices of want that no notice of got contains.
func MissingNotices(got, want Result) []string {
	return slices.DeleteFunc(slices.Clone(want.Notices), func(text string) bool {
		return slices.ContainsFunc(got.Notices, func(notice string) bool { return strings.Contains(notice, text) })
	})
}
