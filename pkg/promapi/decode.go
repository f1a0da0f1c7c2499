package promapi

import (
	"cmp"
	"io"
	"slices"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/promjson"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// Answer is the data of a metadata endpoint, with what the server reports along
// with them.
type Answer[T any] struct {
	Data T
	series.Notes
}

// TruncatedWarning is what Prometheus, Thanos and Mimir report of a list that ends at
// the limit of the request. A list that is cut here has it, too.
const TruncatedWarning = "results truncated due to limit"

// listed is the limit of a list: the caller's, or MaxListed.
func listed(limit int) int { return min(cmp.Or(max(limit, 0), MaxListed), MaxListed) }

// decodeList reads a list of at most limit elements.
func decodeList[T any](read func(r io.Reader, limit int) (promjson.List[T], error), limit int) func(io.Reader) (Answer[T], error) {
	return func(r io.Reader) (Answer[T], error) {
		list, err := read(r, limit)
		answer := Answer[T]{list.Data, list.Notes}
		if list.Cut {
			answer.Truncate()
		}
		return answer, err
	}
}

// Truncate adds TruncatedWarning, which the server may have sent already, to the answer
// of a list that was cut here.
func (a *Answer[T]) Truncate() {
	if !slices.Contains(a.Warnings, TruncatedWarning) {
		a.Warnings = append(slices.Clip(a.Warnings), TruncatedWarning)
	}
}
