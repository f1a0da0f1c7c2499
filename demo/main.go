// Command demo demonstrates Model Metrics. It starts a simulated fleet with at least 32 hours
// of history, a real Prometheus that scrapes the fleet, and a Grafana with the compiled
// plugin and provisioned dashboards and alert rules. If there is no Grafana, it runs the
// plugin itself and draws the panels in the terminal. With -smoke, it needs no Grafana: it
// evaluates every variable, annotation, panel and alert rule, prints a table and exits.
//
// It doesn't build the plugin: `go tool mage demo` and `go tool mage smoke` do.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/prometheus/common/model"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/fleet/incident"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/magefiles/preflight"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host"
)

// options are the command-line flags.
type options struct {
	root           string
	smoke          bool
	incidents      bool // with smoke: one run for each incident; otherwise: print a list and exit
	incident       string
	wait           string // replaces the `for` of every alert rule
	dashboard      string // uid of the dashboard to draw in the terminal, preflight.Summary, or empty
	adminPassword  string // of Grafana's user admin
	tenants        bool   // whether to add a data source with access rules, and users
	port           int
	prometheusPort int
	seed           uint64
}

// interruptedCode is the usual exit code of a program that was stopped by SIGINT.
const interruptedCode = 130

// errFailed means that the smoke run failed. The printed table contains the reasons.
var errFailed = errors.New("smoke failed")

func main() {
	o := parseOptions()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, o)
	interrupted := ctx.Err() != nil
	stop()
	switch {
	case errors.Is(err, errFailed):
		os.Exit(1)
	case err != nil && !errors.Is(err, context.Canceled):
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	case interrupted || errors.Is(err, context.Canceled): // the key q in the terminal
		fmt.Println("Stopped.")
		if o.smoke && interrupted {
			os.Exit(interruptedCode) // the run is incomplete
		}
	}
}

func parseOptions() options {
	var o options
	flag.StringVar(&o.root, "root", ".", "`folder` of the repository")
	flag.BoolVar(&o.smoke, "smoke", false, "evaluate every variable, annotation, panel and alert rule once, print a table and exit; the exit code is non-zero if one of them fails")
	flag.BoolVar(&o.incidents, "incidents", false, "list the incidents and exit; with -smoke: run once without incidents and once with each incident")
	flag.StringVar(&o.incident, "incident", "", "comma-separated `names` of incidents to simulate; -incidents lists them")
	flag.StringVar(&o.dashboard, "dashboard", "", "`uid` of the dashboard to draw in the terminal, or "+preflight.Summary+"; by default the summary if there is no Grafana")
	flag.StringVar(&o.wait, "for", "", "with a Grafana: the `duration` that replaces the for of every alert rule; rules are then evaluated every minute; 0s fires without delay")
	flag.StringVar(&o.adminPassword, "admin-password", "", "with a Grafana: the `password` of the user admin; by default nobody can log in")
	flag.BoolVar(&o.tenants, "tenants", false, "with a Grafana: add a data source with access rules for two tenants, and users of the tenants")
	flag.IntVar(&o.port, "port", 3000, "`port` of Grafana or of the plugin host's HTTP API")
	flag.IntVar(&o.prometheusPort, "prometheus-port", 0, "`port` of Prometheus; by default 9090, or a free port with -smoke or if 9090 is in use")
	flag.Uint64Var(&o.seed, "seed", 1, "`seed` of the fleet's random numbers")
	flag.Parse()
	return o
}

func run(ctx context.Context, o options) error {
	if o.incidents && !o.smoke {
		return incident.Print(os.Stdout)
	}
	root, err := filepath.Abs(o.root)
	if err != nil {
		return err
	}
	o.root = root
	if _, err := os.Stat(host.Binary(root)); err != nil {
		return fmt.Errorf("the plugin is not built: %s doesn't exist; run `go tool mage build` or check -root", host.Binary(root))
	}
	if _, err := model.ParseDuration(o.wait); o.wait != "" && err != nil {
		return fmt.Errorf("-for=%s is not a duration; write a number with a unit, such as 0s or 5m", o.wait)
	}
	switch {
	case o.smoke && o.incidents:
		return smokeIncidents(ctx, o)
	case o.smoke:
		_, err := smokeOnce(ctx, o)
		return err
	default:
		return show(ctx, o)
	}
}
