// Command gpx_modelmetrics is the backend of the Model Metrics data source.
package main

import (
	"context"
	"math"
	"os"
	"runtime/debug"
	_ "time/tzdata" // steps follow a dashboard's time zone on hosts that have none installed

	"github.com/grafana/grafana-plugin-sdk-go/backend/datasource"
	"github.com/grafana/grafana-plugin-sdk-go/backend/log"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/budget"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/plugin"
)

// gcPercent is how far the heap may grow between collections. Large answers are
// copied several times on their way to Grafana: half of Go's default takes a tenth
// off the peak of their memory, a fifth where they follow each other, for a tenth to
// a quarter more CPU. docs/performance.md has the numbers.
const gcPercent = 50

// goDefault is what the collector is set to where the operator sets no GOGC.
const goDefault = 100

// memoryLimit makes the collector work harder where answers take much memory: the
// budget allows about as much. It is a goal, and no answer fails for it.
const memoryLimit = 1 << 30

func main() {
	if set := debug.SetGCPercent(gcPercent); set != goDefault {
		debug.SetGCPercent(set)
	}
	if debug.SetMemoryLimit(-1) == math.MaxInt64 { // the operator sets no GOMEMLIMIT
		debug.SetMemoryLimit(memoryLimit)
	}
	go budget.ReturnMemory(context.Background())
	if err := datasource.Manage(plugin.ID, plugin.NewInstance, datasource.ManageOpts{AdmissionHandler: plugin.Admission{}}); err != nil {
		log.DefaultLogger.Error("The plugin stopped", "error", err)
		os.Exit(1)
	}
}
