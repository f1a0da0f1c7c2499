package faults

import (
	"fmt"
	"sync"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/faults/upstream"
)

// TestLargeAnswersFollowEachOther: large answers wait for each other's memory, which
// is free again once a response has been sent, so that all of them are answered.
func TestLargeAnswersFollowEachOther(t *testing.T) {
	t.Parallel()
	const series, points = 2000, 240 // some 10 MiB
	from := source("http", server.Host(), nil)
	var all sync.WaitGroup
	for i := range 6 {
		all.Go(func() {
			fault := upstream.Fault{"kind": "good", "series": fmt.Sprint(series), "points": fmt.Sprint(points), "id": fmt.Sprint("large ", i)}
			answer := ask(t, from, panel("A", fault), nil)
			told(t, answer, 200, "")
			if len(answer.Frames) != series {
				t.Errorf("%d frames, want %d", len(answer.Frames), series)
			}
		})
	}
	all.Wait()
}
