// Command demo shows Model Metrics at work: a simulated fleet with a day of
// history, a real Prometheus over it, and the compiled plugin in a Grafana with
// dashboards and alert rules provisioned. Without a Grafana it runs the plugin
// itself and draws the panels in the terminal. With -smoke it asks every
// variable, panel and alert rule once, prints a table and ends.
//
// It builds nothing: `go tool mage demo` and `go tool mage smoke` build first.
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

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host"
)

// options are the command line's.
type options struct {
	root           string
	smoke          bool
	incidents      bool
	incident       string
	wait           string // in place of every alert rule's `for`
	adminPassword  string // of Grafana's user admin
	port           int
	prometheusPort int
	seed           uint64
}

// interruptedCode is what shells expect of a program that SIGINT ended.
const interruptedCode = 130

// errFailed says that the smoke run found something; the table has said what.
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
	case interrupted:
		fmt.Println("Stopped: nothing is left running.")
		if o.smoke {
			os.Exit(interruptedCode) // it has not passed
		}
	}
}

func parseOptions() options {
	var o options
	flag.StringVar(&o.root, "root", ".", "the repository's root")
	flag.BoolVar(&o.smoke, "smoke", false, "ask everything once, print a table and end; non-zero when something is empty or wrong")
	flag.BoolVar(&o.incidents, "incidents", false, "with -smoke: the quiet fleet, then every incident in turn")
	flag.StringVar(&o.incident, "incident", "", "what goes wrong on purpose, several with commas between (an unknown name lists them)")
	flag.StringVar(&o.wait, "for", "", "with a Grafana: the `duration` in place of every alert rule's own, evaluated each minute; 0s fires at once")
	flag.StringVar(&o.adminPassword, "admin-password", "", "with a Grafana: the `password` of its user admin, and a login; without one nobody can log in")
	flag.IntVar(&o.port, "port", 3000, "Grafana's port, or that of the plugin host's HTTP API")
	flag.IntVar(&o.prometheusPort, "prometheus-port", 0, "Prometheus's port; without one 9090, or another where that is taken or nobody watches (-smoke)")
	flag.Uint64Var(&o.seed, "seed", 1, "of the fleet; the same seed makes the same history")
	flag.Parse()
	return o
}

func run(ctx context.Context, o options) error {
	root, err := filepath.Abs(o.root)
	if err != nil {
		return err
	}
	o.root = root
	if _, err := os.Stat(host.Binary(root)); err != nil {
		return fmt.Errorf("the plugin is not built: there is no %s; run `go tool mage build` first, or check -root", host.Binary(root))
	}
	if _, err := model.ParseDuration(o.wait); o.wait != "" && err != nil {
		return fmt.Errorf("-for=%s is no duration such as 0s or 5m", o.wait)
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
