package corpus

import (
	"fmt"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/results"
)

// tally counts the expressions and results of a run.
type tally struct {
	expressions, errors map[string]bool
	files               int

	instants, ranges              int // queries
	apiCalls                      int // requests to the plugin's routes of the Prometheus API
	arrow                         int // frames that JavaScript has read
	failed, strings, empty, noted int // queries with an error, with a string, without samples, with notices
	floats, histograms            int // samples
}

func (c *tally) add(expr string, want results.Result, apiErr *results.APIError) {
	c.expressions[expr] = true
	switch {
	case apiErr != nil:
		c.failed++
		c.errors[apiErr.Text] = true
	case want.Kind == "string":
		c.strings++
	case want.Samples() == 0:
		c.empty++
	}
	if len(want.Notices) > 0 {
		c.noted++
	}
	for _, samples := range want.Floats {
		c.floats += len(samples)
	}
	for _, samples := range want.Histograms {
		c.histograms += len(samples)
	}
}

func (c *tally) String() string {
	return fmt.Sprintf("%d files, %d expressions: %d instant and %d range queries, of which %d are errors (%d texts), %d strings, %d empty, %d with notices; %d floats, %d native histograms; %d calls of the API; %d frames read by JavaScript",
		c.files, len(c.expressions), c.instants, c.ranges, c.failed, len(c.errors), c.strings, c.empty, c.noted, c.floats, c.histograms, c.apiCalls, c.arrow)
}
