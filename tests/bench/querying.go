package main

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/bench/responses"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/process"
)

// repetitions is the number of large queries per process. Slow candidates run only one.
const repetitions = 3

// costs are the costs of a candidate's responses, as medians over all measurements.
type costs struct {
	ms    float64 // per response
	cpu   float64 // CPU ms per response
	mib   float64 // MiB of protobuf per response
	first float64 // MiB, peak RSS after the first response
	all   float64 // MiB, peak RSS after all responses
}

// over compares three costs with another candidate's: the time, the size, and the peak RSS
// after the first response. It returns their ratios.
func (c costs) over(other costs) (elapsed, size, peak float64) {
	return c.ms / other.ms, c.mib / other.mib, c.first / other.first
}

// measureQueries runs the large query with every candidate. Each round measures all
// candidates, each in a new process.
func measureQueries(ctx context.Context, plugins []candidate, rounds int) ([]row, error) {
	large := responses.Large()
	up, err := serve(large)
	if err != nil {
		return nil, err
	}
	defer up.stop()
	// The garbage collector of this process, which serves and reads the responses, must not
	// run during a measurement.
	defer debug.SetGCPercent(debug.SetGCPercent(-1))

	seen := map[string]*samples{}
	for _, c := range plugins {
		seen[c.name] = &samples{}
	}
	for range rounds {
		for _, c := range plugins {
			if err := c.measure(ctx, up.url, large, seen[c.name]); err != nil {
				return nil, err
			}
		}
	}
	summary := map[string]costs{}
	for name, s := range seen {
		summary[name] = costs{median(s.ms), median(s.cpu), median(s.mib), median(s.first), median(s.all)}
	}
	printQueries(plugins, summary, large)
	return queryBudget(summary), nil
}

// samples are the measurements of a candidate.
type samples struct{ ms, cpu, mib, first, all []float64 }

// measure starts a process, runs the queries and stops the process.
func (c candidate) measure(ctx context.Context, url string, large responses.Response, s *samples) error {
	plugin, err := c.start()
	if err != nil {
		return err
	}
	defer plugin.stop()
	times := repetitions
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
		took, size, err := plugin.query(ctx, url, large)
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

func printQueries(plugins []candidate, summary map[string]costs, large responses.Response) {
	t := table{
		title: "A large query through the compiled plugin, over gRPC",
		note: fmt.Sprintf("%d series × %d points of 17-digit floats, %.1f MiB of JSON. The column \"MiB peak RSS\" is the peak of a new process after its first response, and \"after all\" is the peak after %d responses. The peers with client_golang and encoding/json send only one response. The last three columns are relative to the streaming jsoniter peer: the time, the size of the response, and the peak RSS after the first response.",
			large.Series, large.Points(), float64(len(large.Body))/(1<<20), repetitions),
	}
	head := []string{"plugin", "ms", "CPU ms", "MiB response", "MiB peak RSS", "after all", "time", "bytes", "RSS"}
	other, compared := summary[external]
	if compared {
		head = append(head, "time to external", "bytes", "RSS")
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

func shares(a, b costs) []string {
	elapsed, size, peak := a.over(b)
	return []string{trim(elapsed), trim(size), trim(peak)}
}

func queryBudget(summary map[string]costs) []row {
	var rows []row
	for _, to := range []string{reference, external} {
		if _, measured := summary[to]; !measured {
			continue
		}
		multiTime, _, multiPeak := summary[oursMulti].over(summary[to])
		wideTime, wideBytes, widePeak := summary[oursWide].over(summary[to])
		peers := " ÷ that of " + strings.Replace(to, ":", "", 1)
		rows = append(rows,
			atMost("time_series, time"+peers, multiTime, 0.65, ""),
			atMost("time_series, peak RSS"+peers, multiPeak, 0.7, ""),
			atMost("time_series_wide, time"+peers, wideTime, 0.55, ""),
			atMost("time_series_wide, bytes"+peers, wideBytes, 0.5, ""),
			atMost("time_series_wide, peak RSS"+peers, widePeak, 0.7, ""),
		)
	}
	return rows
}
