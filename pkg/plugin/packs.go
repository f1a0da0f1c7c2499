package plugin

import (
	"sync"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/packfile"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/settings"
)

// builtinPacks loads the built-in packs once for all data sources.
var builtinPacks = sync.OnceValues(catalog.Builtin)

// packsError returns the problems of the user packs as an error for Save & test and
// admission; nil if there are none.
func packsError(problems packfile.Problems) error {
	switch len(problems) {
	case 0:
		return nil
	case 1:
		return fault.New(fault.Misconfigured, "The data source's user packs have a problem: %s", problems[0])
	default:
		return fault.New(fault.Misconfigured, "The data source's user packs have %d problems. The first: %s", len(problems), problems[0])
	}
}

// unusedSettingsError returns the problems of settings that are not used as stored as an
// error; nil if there are none.
func unusedSettingsError(problems []settings.Problem) error {
	switch len(problems) {
	case 0:
		return nil
	case 1:
		return fault.New(fault.Misconfigured, "%s", problems[0].Text)
	default:
		return fault.New(fault.Misconfigured, "The data source has %d invalid settings. The first: %s", len(problems), problems[0].Text)
	}
}
