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

// packsError returns an error for Save & test and admission, or nil if the user packs have no
// problems. The error contains the first problem.
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

// unusedSettingsError returns an error with the first of the settings' problems, or nil if
// there are no problems.
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
