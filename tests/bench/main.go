// Command bench measures the plugin beside its peers, in one run, and prints
// Markdown: the decoder, a large query through the compiled plugin over gRPC, the
// idle plugin, and the size of the frontend. Times differ from machine to
// machine; the ratios within a run are what counts. It fails only where it can't
// measure. go tool mage bench builds what it needs and runs it.
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
)

func main() {
	testing.Init()
	var o options
	flag.StringVar(&o.root, "root", ".", "the repository's root, where dist is")
	flag.StringVar(&o.baseline, "baseline", "", "the executable of bench/peer")
	flag.StringVar(&o.peer, "peer", "", "another plugin's executable that takes the query JSON of Grafana's Prometheus data source, to be measured too")
	flag.StringVar(&o.profile, "profile", "", "write CPU and allocation profiles of the plugin under the large query into this folder, and measure nothing")
	flag.StringVar(&o.only, "only", "", "measure one part: "+strings.Join([]string{decoding, endToEnd, idle, bundle}, ", "))
	flag.IntVar(&o.rounds, "rounds", 5, "how often each is measured; medians are printed")
	env := flag.String("env", "", "this plugin's environment, such as GOGC=50, to try a setting; separated by commas")
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
	decoding = "decoder"
	endToEnd = "query"
	idle     = "idle"
	bundle   = "bundle"
)

type options struct {
	root, baseline, peer, profile, only string
	rounds                              int
	env                                 []string
}

func run(ctx context.Context, o options) error {
	plugins := contestants(o)
	if o.profile != "" {
		return profile(ctx, plugins[0], o.profile)
	}
	fmt.Printf("%s/%s, %d CPUs, %s; medians of %d rounds.\n", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version(), o.rounds)
	var rows []row
	for _, part := range []struct {
		name    string
		measure func() ([]row, error)
	}{
		{decoding, func() ([]row, error) { return measureDecoders(ctx, o.rounds) }},
		{endToEnd, func() ([]row, error) { return measureQueries(ctx, plugins, o.rounds) }},
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
