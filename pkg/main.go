// Command gpx_modelmetrics is the backend of the Model Metrics data source.
package main

import (
	"os"
	"runtime/debug"
	_ "time/tzdata" // steps follow a dashboard's time zone on hosts that have none installed

	"github.com/grafana/grafana-plugin-sdk-go/backend/datasource"
	"github.com/grafana/grafana-plugin-sdk-go/backend/log"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/plugin"
)

// gcPercent is how far the heap may grow between collections. Large answers are
// copied several times on their way to Grafana: half of Go's default takes a tenth
// off the peak of their memory, a fifth where they follow each other, for a tenth to
// a quarter more CPU. docs/performance.md has the numbers.
const gcPercent = 50

// goDefault is what the collector is set to where the operator sets no GOGC.
const goDefault = 100

func main() {
	if set := debug.SetGCPercent(gcPercent); set != goDefault {
		debug.SetGCPercent(set)
	}
	if err := datasource.Manage(plugin.ID, plugin.NewInstance, datasource.ManageOpts{AdmissionHandler: plugin.Admission{}}); err != nil {
		log.DefaultLogger.Error("The plugin stopped", "error", err)
		os.Exit(1)
	}
}
