// Command gpx_modelmetrics is the backend of the Model Metrics data source.
package main

import (
	"context"
	"math"
	"os"
	"runtime"
	"runtime/debug"
	_ "time/tzdata" // for time zones of dashboards on hosts without a time zone database

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/datasource"
	"github.com/grafana/grafana-plugin-sdk-go/backend/log"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/audit"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/budget"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/logging"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/plugin"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/receive"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/respond"
)

// gcPercent is the garbage collector's target percentage, unless GOGC sets another one. A lower
// percentage than Go's default lowers the peak memory, and increases the CPU time
// (docs/performance.md).
const gcPercent = 35

// defaultGCPercent is the target percentage if GOGC isn't set.
const defaultGCPercent = 100

// memoryLimit is the size of the process's memory without the ballast, in bytes, near which the
// garbage collector runs more often. It is about as much memory as package budget allows for
// requests and responses. The limit is soft: no query fails because of it.
const memoryLimit = 1 << 30

// ballastSize is the size in bytes of an allocation that is never written to. It therefore
// takes no memory from the operating system, but the garbage collector counts it as part of
// the heap. An almost idle process has about 8 MiB of objects, stacks and globals in addition
// to the ballast, so the collector runs after about 6 MiB of new objects. Without the ballast,
// it would run after 3 MiB. During a burst of hundreds of small queries, all queries would wait
// for each of the collections.
const ballastSize = 8 << 20

func main() {
	ballast := make([]byte, ballastSize)
	if set := debug.SetGCPercent(gcPercent); set != defaultGCPercent {
		debug.SetGCPercent(set)
	}
	if debug.SetMemoryLimit(-1) == math.MaxInt64 { // GOMEMLIMIT isn't set
		debug.SetMemoryLimit(memoryLimit + ballastSize)
	}
	lines := logging.NewQueue(os.Stderr)
	backend.Logger = logging.New(lines)
	log.DefaultLogger = backend.Logger
	receive.CountSent()
	if err := receive.Limit(respond.Intercept); err != nil {
		log.DefaultLogger.Warn("Requests are received without a limit", "error", err)
	}
	go budget.ReturnMemory(context.Background())
	err := datasource.Manage(plugin.ID, plugin.NewInstance, datasource.ManageOpts{AdmissionHandler: plugin.Admission{}})
	runtime.KeepAlive(ballast)
	audit.CloseAll()
	if err != nil {
		log.DefaultLogger.Error("Plugin stopped", "error", err)
	}
	lines.Close()
	if err != nil {
		os.Exit(1)
	}
}
