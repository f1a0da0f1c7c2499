package corpus

import (
	"fmt"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/results"
)

// tally is what a run of the corpus came to.
type tally struct {
	expressions, errors map[string]bool
	files               int

	instants, ranges              int // queries, of which
	failed, strings, empty, noted int // gave an error, a text, nothing, or notices beside
	floats, histograms            int // samples
}

func (c *tally) see(expr string, want results.Result, said *results.APIError) {
	c.expressions[expr] = true
	switch {
	case said != nil:
		c.failed++
		c.errors[said.Text] = true
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
	return fmt.Sprintf("%d files, %d expressions: %d instant and %d range queries, of which %d are errors (%d texts), %d strings, %d empty, %d with notices; %d floats, %d native histograms",
		c.files, len(c.expressions), c.instants, c.ranges, c.failed, len(c.errors), c.strings, c.empty, c.noted, c.floats, c.histograms)
}
