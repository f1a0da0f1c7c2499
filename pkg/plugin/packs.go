package plugin

import (
	"sync"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/packfile"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/settings"
)

// builtin loads the shipped packs once for all data sources.
var builtin = sync.OnceValues(catalog.Builtin)

// ownPacks is what is wrong with a user's own packs as one sentence, which Save &
// test and a refusal to save have in common; nil where nothing is.
func ownPacks(problems packfile.Problems) error {
	switch len(problems) {
	case 0:
		return nil
	case 1:
		return fault.New(fault.Misconfigured, "The data source's own packs have a problem: %s", problems[0])
	default:
		return fault.New(fault.Misconfigured, "The data source's own packs have %d problems. The first: %s", len(problems), problems[0])
	}
}

// wrongSettings is what is wrong with the settings as one sentence or two; nil
// where nothing is.
func wrongSettings(problems []settings.Problem) error {
	switch len(problems) {
	case 0:
		return nil
	case 1:
		return fault.New(fault.Misconfigured, "%s", problems[0].Text)
	default:
		return fault.New(fault.Misconfigured, "The data source has %d settings that can't be used. The first: %s", len(problems), problems[0].Text)
	}
}
