package main

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/bench/responses"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/process"
)

// inARow is how often a fresh process answers the large query, one time after
// the other.
const inARow = 3

// answered is what a contestant's answers took: medians over its processes.
type answered struct {
	ms    float64 // of one answer
	cpu   float64 // ms of the plugin's process for one answer
	mib   float64 // of one answer, in protobuf
	first float64 // MiB, the process's peak RSS after its first answer
	all   float64 // MiB, after inARow answers
}

// over returns time, bytes and peak RSS of the first answer as shares of another's.
func (a answered) over(b answered) (elapsed, size, peak float64) {
	return a.ms / b.ms, a.mib / b.mib, a.first / b.first
}

// measureQueries asks every contestant the large query. A round goes through all
// of them, each in a fresh process.
func measureQueries(ctx context.Context, plugins []contestant, rounds int) ([]row, error) {
	large := responses.Large()
	up, err := serve(large)
	if err != nil {
		return nil, err
	}
	defer up.stop()
	// The collector of this process, which makes and takes the answers, must not
	// run while a plugin is timed.
	defer debug.SetGCPercent(debug.SetGCPercent(-1))

	seen := map[string]*samples{}
	for _, c := range plugins {
		seen[c.name] = &samples{}
	}
	for range rounds {
		for _, c := range plugins {
			if err := c.answer(ctx, up.url, large, seen[c.name]); err != nil {
				return nil, err
			}
		}
	}
	summary := map[string]answered{}
	for name, s := range seen {
		summary[name] = answered{median(s.ms), median(s.cpu), median(s.mib), median(s.first), median(s.all)}
	}
	printQueries(plugins, summary, large)
	return queryBudget(summary), nil
}

// samples are what answered is the median of.
type samples struct{ ms, cpu, mib, first, all []float64 }

// answer starts a process, asks it and ends it.
func (c contestant) answer(ctx context.Context, url string, large responses.Response, s *samples) error {
	plugin, err := c.start()
	if err != nil {
		return err
	}
	defer plugin.stop()
	times := inARow
	if c.slow {
		times = 1
	}
	idle, err := process.CPU(plugin.pid())
	if err != nil {
		return err
	}
	var peak float64
	for n := range times {
		runtime.GC()
		took, size, err := plugin.ask(ctx, url, large)
		if err != nil {
			return err
		}
		s.ms = append(s.ms, float64(took.Microseconds())/1000)
		s.mib = append(s.mib, float64(size)/(1<<20))
		if peak, err = process.Memory(plugin.pid(), process.Peak); err != nil {
			return err
		}
		if n == 0 {
			s.first = append(s.first, peak)
		}
	}
	s.all = append(s.all, peak)
	busy, err := process.CPU(plugin.pid())
	s.cpu = append(s.cpu, float64((busy-idle).Milliseconds())/float64(times))
	return err
}

func printQueries(plugins []contestant, summary map[string]answered, large responses.Response) {
	t := table{
		title: "A large query through the compiled plugin, over gRPC",
		note: fmt.Sprintf("%d series × %d points of 17-digit floats, %.1f MiB of JSON. Peak RSS is a fresh process's after its first answer, and after %d (the slow ones answer once). Ratios are to the streaming jsoniter peer: time, bytes, peak RSS of the first answer.",
			large.Series, large.Points(), float64(len(large.Body))/(1<<20), inARow),
	}
	head := []string{"plugin", "ms", "CPU ms", "MiB answered", "MiB peak RSS", "after all", "time", "bytes", "RSS"}
	other, compared := summary[given]
	if compared {
		head = append(head, "time to the one given", "bytes", "RSS")
	}
	t.add(head...)
	for _, c := range plugins {
		a := summary[c.name]
		cells := []string{c.name, trim(a.ms), trim(a.cpu), trim(a.mib), trim(a.first), trim(a.all)}
		cells = append(cells, shares(a, summary[reference])...)
		if compared {
			cells = append(cells, shares(a, other)...)
		}
		t.add(cells...)
	}
	t.print()
}

func shares(a, b answered) []string {
	elapsed, size, peak := a.over(b)
	return []string{trim(elapsed), trim(size), trim(peak)}
}

func queryBudget(summary map[string]answered) []row {
	var rows []row
	for _, to := range []string{reference, given} {
		if _, measured := summary[to]; !measured {
			continue
		}
		multiTime, _, multiPeak := summary[oursMulti].over(summary[to])
		wideTime, wideBytes, widePeak := summary[oursWide].over(summary[to])
		rows = append(rows,
			atMost("time_series, time ÷ "+to, multiTime, 0.65, ""),
			atMost("time_series, peak RSS ÷ "+to, multiPeak, 0.7, ""),
			atMost("time_series_wide, time ÷ "+to, wideTime, 0.55, ""),
			atMost("time_series_wide, bytes ÷ "+to, wideBytes, 0.5, ""),
			atMost("time_series_wide, peak RSS ÷ "+to, widePeak, 0.7, ""),
		)
	}
	return rows
}
