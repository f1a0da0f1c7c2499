package results

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// mostTold bounds how many differences are told; more say nothing new.
const mostTold = 5

// Difference says where the floats of two answers aren't equal, "" where they
// are: the same series, each with the same samples, to the last bit.
func Difference(got, want Result) string {
	return difference(got.Floats, want.Floats, same)
}

// NearDifference is Difference but for the last digits, which follow the order in
// which floats were added up.
func NearDifference(got, want Result) string {
	return difference(got.Floats, want.Floats, func(a, b float64) bool {
		return same(a, b) || math.Abs(a-b) <= 1e-9*max(1, math.Abs(a), math.Abs(b))
	})
}

func difference[T any](got, want map[string]map[int64]T, equal func(a, b T) bool) string {
	var told []string
	for series, expected := range want {
		samples := got[series]
		for at, value := range expected {
			if v, ok := samples[at]; !ok {
				told = append(told, fmt.Sprintf("%s at %d is missing, want %v", series, at, value))
			} else if !equal(v, value) {
				told = append(told, fmt.Sprintf("%s at %d is %v, want %v", series, at, v, value))
			}
		}
	}
	for series, samples := range got {
		for at, value := range samples {
			if _, ok := want[series][at]; !ok {
				told = append(told, fmt.Sprintf("%s at %d is %v, want nothing", series, at, value))
			}
		}
	}
	slices.Sort(told)
	if more := len(told) - mostTold; more > 0 {
		told = append(told[:mostTold], fmt.Sprintf("and %d more", more))
	}
	return strings.Join(told, "\n")
}

// MissingNotices lists the notices of want that got doesn't tell. One notice may tell
// several.
func MissingNotices(got, want Result) []string {
	return slices.DeleteFunc(slices.Clone(want.Notices), func(text string) bool {
		return slices.ContainsFunc(got.Notices, func(told string) bool { return strings.Contains(told, text) })
	})
}
