// Command bench measures the plugin and other plugins and prints the results in Markdown.
// It measures the decoder, a large query through the compiled plugin over gRPC, endpoint
// reports, the enforcement of access rules, the idle plugin, and the size of the frontend.
// Times depend on the machine, but ratios within a run are comparable between machines. The
// command fails only if it can't measure. go tool mage bench builds the executables and runs
// this command.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/bench/responses"
)

func main() {
	testing.Init()
	var o options
	flag.StringVar(&o.root, "root", ".", "`folder` of the repository, with dist")
	flag.StringVar(&o.baseline, "baseline", "", "`path` of the executable of bench/peer")
	flag.StringVar(&o.peer, "peer", "", "`path` of another plugin to measure, which accepts the query JSON of Grafana's Prometheus data source")
	flag.StringVar(&o.profile, "profile", "", "write CPU and allocation profiles of the plugin with a query to this `folder` instead of measuring")
	flag.IntVar(&o.series, "series", responses.LargeSeries, "`number` of series of the query for -profile")
	flag.StringVar(&o.only, "only", "", "measure only one `part`: "+strings.Join([]string{decoding, endToEnd, panels, reports, enforcement, idle, bundle}, ", "))
	flag.IntVar(&o.rounds, "rounds", 5, "`number` of measurements; the medians are printed")
	env := flag.String("env", "", "comma-separated environment `variables` of this plugin, such as GOGC=50")
	flag.Parse()
	if *env != "" {
		o.env = strings.Split(*env, ",")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		stop()
		os.Exit(1) //nolint:gocritic // stop has been called
	}
}

// The parts of a run.
const (
	decoding    = "decoder"
	endToEnd    = "query"
	panels      = "panels"
	reports     = "report"
	enforcement = "enforcement"
	idle        = "idle"
	bundle      = "bundle"
)

type options struct {
	root, baseline, peer, profile, only string
	rounds, series                      int
	env                                 []string
}

func run(ctx context.Context, o options) error {
	plugins := candidates(o)
	if o.profile != "" {
		return profile(ctx, plugins[0], o.profile, o.series)
	}
	fmt.Printf("%s/%s, %d CPUs, %s; medians of %d rounds.\n", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version(), o.rounds)
	var rows []row
	for _, part := range []struct {
		name    string
		measure func() ([]row, error)
	}{
		{decoding, func() ([]row, error) { return measureDecoders(ctx, o.rounds) }},
		{endToEnd, func() ([]row, error) { return measureQueries(ctx, plugins, o.rounds) }},
		{panels, func() ([]row, error) { return measureSizes(ctx, plugins, o.rounds) }},
		{reports, func() ([]row, error) { return measureReports(ctx, host.Binary(o.root), o.env, o.rounds) }},
		{enforcement, func() ([]row, error) { return measureEnforcement(ctx, o.rounds) }},
		{idle, func() ([]row, error) { return measureIdle(ctx, plugins, o.rounds) }},
		{bundle, func() ([]row, error) { return measureBundle(filepath.Join(o.root, "dist")) }},
	} {
		if o.only != "" && o.only != part.name {
			continue
		}
		more, err := part.measure()
		if err != nil {
			return err
		}
		rows = append(rows, more...)
	}
	printBudget(rows)
	return nil
}
