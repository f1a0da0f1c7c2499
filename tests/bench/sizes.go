package main

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"

	"golang.org/x/sync/errgroup"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/bench/responses"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/process"
)

// sizes are the numbers of series of the measured queries, each with the number of queries
// per process.
var sizes = []struct{ series, queries int }{{1, 300}, {10, 200}, {100, 100}, {1000, 15}, {responses.LargeSeries, 3}}

// concurrent is the number of large queries that are sent concurrently.
const concurrent = 4

// comparison is this plugin's costs relative to another plugin's costs, for one query.
type comparison struct {
	format           string
	series           int
	ms, otherMS      float64
	time, peak, size float64 // ratios
	mib, otherMiB    float64 // peak RSS
}

// measureSizes compares this plugin with the external plugin, or with the streaming jsoniter
// peer if there is none. The queries are panels of 1 to 10,000 series, and several large
// queries at the same time.
func measureSizes(ctx context.Context, plugins []candidate, rounds int) ([]row, error) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	byName := map[string]candidate{}
	for _, c := range plugins {
		byName[c.name] = c
	}
	other, isExternal := byName[external]
	if !isExternal {
		other = byName[reference]
	}
	var all []comparison
	for _, s := range sizes {
		response := responses.Matrix("panel", s.series, responses.LargePoints, responses.Floats)
		formats := []candidate{byName[oursMulti]}
		if s.series == responses.LargeSeries {
			formats = append(formats, byName[oursWide])
		}
		seen, err := measureSize(ctx, append(formats, other), response, s.queries, rounds)
		if err != nil {
			return nil, err
		}
		for i, c := range formats {
			ours, theirs := seen[i], seen[len(formats)]
			all = append(all, comparison{
				c.format, s.series, median(ours.ms), median(theirs.ms), median(ours.ms) / median(theirs.ms),
				median(ours.all) / median(theirs.all), median(ours.mib) / median(theirs.mib),
				median(ours.all), median(theirs.all),
			})
		}
		if s.series == responses.LargeSeries {
			peak, err := measureConcurrent(ctx, []candidate{byName[oursMulti], other}, response, rounds)
			if err != nil {
				return nil, err
			}
			printSizes(all, other.name, peak)
			return sizesBudget(all, other.name, peak), nil
		}
	}
	return nil, nil
}

// measureSize runs queries with every candidate in each round.
func measureSize(ctx context.Context, plugins []candidate, response responses.Response, queries, rounds int) ([]samples, error) {
	up, err := serve(response)
	if err != nil {
		return nil, err
	}
	defer up.stop()
	seen := make([]samples, len(plugins))
	for range rounds {
		for i, c := range plugins {
			if err := c.measureSize(ctx, up.url, response, queries, &seen[i]); err != nil {
				return nil, err
			}
		}
	}
	return seen, nil
}

func (c candidate) measureSize(ctx context.Context, url string, response responses.Response, queries int, s *samples) error {
	plugin, err := c.start()
	if err != nil {
		return err
	}
	defer plugin.stop()
	runtime.GC()
	var times []float64
	for n := range queries {
		if response.Series == responses.LargeSeries {
			runtime.GC()
		}
		took, size, err := plugin.query(ctx, url, response)
		if err != nil {
			return err
		}
		times = append(times, float64(took.Microseconds())/1000)
		if n == 0 {
			s.mib = append(s.mib, float64(size)/(1<<20))
		}
	}
	s.ms = append(s.ms, median(times))
	peak, err := process.Memory(plugin.pid(), process.Peak)
	s.all = append(s.all, peak)
	return err
}

// measureConcurrent sends large queries concurrently, and returns the ratio of the peaks of
// the RSS of two candidates.
func measureConcurrent(ctx context.Context, plugins []candidate, response responses.Response, rounds int) (ratio float64, err error) {
	up, err := serve(response)
	if err != nil {
		return 0, err
	}
	defer up.stop()
	peaks := make([][]float64, len(plugins))
	for range rounds {
		for i, c := range plugins {
			peak, err := c.measureConcurrent(ctx, up.url, response)
			if err != nil {
				return 0, err
			}
			peaks[i] = append(peaks[i], peak)
		}
	}
	return median(peaks[0]) / median(peaks[1]), nil
}

func (c candidate) measureConcurrent(ctx context.Context, url string, response responses.Response) (peak float64, err error) {
	plugin, err := c.start()
	if err != nil {
		return 0, err
	}
	defer plugin.stop()
	runtime.GC()
	var group errgroup.Group
	for range concurrent {
		group.Go(func() error {
			_, _, err := plugin.query(ctx, url, response)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return 0, err
	}
	return process.Memory(plugin.pid(), process.Peak)
}

func printSizes(all []comparison, other string, peak float64) {
	t := table{
		title: "Panels of 1 to 10,000 series, over gRPC",
		note: fmt.Sprintf("%d points of 17-digit floats per series. The last three columns are relative to %s with the format time_series: the time, the size of the response, and the peak RSS after all queries of a process. The peak RSS of %d concurrent large queries is %s of that plugin's.",
			responses.LargePoints, other, concurrent, trim(peak)),
	}
	t.add("series", "format", "ms", "ms of "+other, "MiB peak RSS", "MiB of "+other, "time", "bytes", "RSS")
	for _, c := range all {
		t.add(fmt.Sprint(c.series), c.format, trim(c.ms), trim(c.otherMS), trim(c.mib), trim(c.otherMiB), trim(c.time), trim(c.size), trim(c.peak))
	}
	t.print()
}

// sizesBudget returns the limits for the ratios to Grafana's own plugin, which -peer names.
func sizesBudget(all []comparison, other string, peak float64) []row {
	if other != external {
		return nil
	}
	limits := map[int]struct{ time, peak float64 }{1: {0.9, 0}, 10: {0.7, 0}, 100: {0.4, 0.95}, 1000: {0.35, 0.5}, responses.LargeSeries: {0.32, 0.3}}
	var rows []row
	for _, c := range all {
		limit, bytes := limits[c.series], 1.0
		if c.format == wideFormat {
			limit.time, bytes = 0.28, 0.46
		}
		name := fmt.Sprintf("%s, %d series, ", c.format, c.series)
		rows = append(rows, atMost(name+"time ÷ that of "+other, c.time, limit.time, ""), atMost(name+"bytes ÷ those of "+other, c.size, bytes, ""))
		if limit.peak > 0 {
			rows = append(rows, atMost(name+"peak RSS ÷ that of "+other, c.peak, limit.peak, ""))
		}
	}
	return append(rows, atMost(fmt.Sprintf("%d concurrent large queries, peak RSS ÷ that of %s", concurrent, other), peak, 0.35, ""))
}
