// Command gpx_modelmetrics is the backend of the Model Metrics data source.
package main

import (
	"os"
	_ "time/tzdata" // steps follow a dashboard's time zone on hosts that have none installed

	"github.com/grafana/grafana-plugin-sdk-go/backend/datasource"
	"github.com/grafana/grafana-plugin-sdk-go/backend/log"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/plugin"
)

func main() {
	if err := datasource.Manage(plugin.ID, plugin.NewInstance, datasource.ManageOpts{}); err != nil {
		log.DefaultLogger.Error("The plugin stopped", "error", err)
		os.Exit(1)
	}
}
