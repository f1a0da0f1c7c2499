package faults

import (
	"fmt"
	"sync"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/faults/upstream"
)

// Large responses share a memory budget. A query whose response exceeds the remaining
// budget waits until another query has released its memory. All queries succeed.
func TestLargeResponsesShareBudget(t *testing.T) {
	t.Parallel()
	const series, points = 2000, 240 // about 10 MiB per response
	from := source("http", server.Host(), nil)
	var all sync.WaitGroup
	for i := range 6 {
		all.Go(func() {
			fault := upstream.Fault{"kind": "good", "series": fmt.Sprint(series), "points": fmt.Sprint(points), "id": fmt.Sprint("large ", i)}
			response := runQuery(t, from, panel("A", fault), nil)
			checkResponse(t, response, 200, "")
			if len(response.Frames) != series {
				t.Errorf("%d frames, want %d", len(response.Frames), series)
			}
		})
	}
	all.Wait()
}
