package catalog

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// unitText holds the ids of Grafana's units, one a line; npm run units writes it
// from @grafana/data.
//
//go:embed units.txt
var unitText string

var unitIDs = sync.OnceValue(func() []string { return strings.Fields(unitText) })

// Grafana takes a unit of one's own behind each of these.
var ownUnits = []string{"prefix", "suffix", "currency", "count", "si", "time", "bool"}

// isUnit reports whether Grafana knows a unit. It shows any text that it doesn't
// know as a suffix, which looks right until somebody expects seconds.
func isUnit(unit string) bool {
	if form, text, own := strings.Cut(unit, ":"); own && strings.TrimSpace(text) != "" && slices.Contains(ownUnits, form) {
		return true
	}
	return slices.Contains(unitIDs(), unit)
}

// unknownUnit is a sentence about a unit that Grafana doesn't have. Like a
// suggestion it is made when it is printed.
type unknownUnit string

func (u unknownUnit) String() string {
	return fmt.Sprintf("Grafana has no unit %q.%s A text of your own is written suffix:… or prefix:….", clip(string(u)), didYouMean(string(u), unitIDs()))
}
