package catalog

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/suggest"
)

// unitText contains the ids of Grafana's units, one on each line. `npm run units`
// writes it from @grafana/data.
//
//go:embed units.txt
var unitText string

var unitIDs = sync.OnceValue(func() []string { return strings.Fields(unitText) })

// customUnits are the prefixes of Grafana's custom units, such as suffix:tokens.
var customUnits = []string{"prefix", "suffix", "currency", "count", "si", "time", "bool"}

// CheckUnit returns an error if Grafana has no unit with the given id. Grafana shows an unknown id
// as a suffix, and so it would show "seconds" without converting to minutes or hours.
func CheckUnit(id string) error {
	if form, text, ok := strings.Cut(id, ":"); ok && strings.TrimSpace(text) != "" && slices.Contains(customUnits, form) {
		return nil
	}
	if slices.Contains(unitIDs(), id) {
		return nil
	}
	return unknownUnit(id)
}

// unknownUnit is the error for an unknown unit. The search for similar units is slow, so it
// runs only when the error is printed.
type unknownUnit string

func (u unknownUnit) Error() string {
	return fmt.Sprintf("Grafana has no unit %q.%s For a custom unit, write suffix: or prefix: before the text, such as suffix:tokens.", fault.ClipName(string(u)), suggest.DidYouMean(string(u), unitIDs()))
}
