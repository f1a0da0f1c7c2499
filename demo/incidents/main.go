// Command incidents lists the incidents that the demo can simulate. With -check, it only checks
// names of incidents. Unlike the demo, it contains no Prometheus, so it is built quickly.
package main

import (
	"flag"
	"fmt"
	"os"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/fleet/incident"
)

func main() {
	check := flag.String("check", "", "comma-separated `names` to check: the exit code is non-zero if one of them is unknown")
	flag.Parse()
	if *check != "" {
		if _, err := incident.Find(*check); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	if err := incident.Print(os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
