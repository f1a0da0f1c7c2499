package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/fetch"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/reportjson"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/rounding"
)

// running estimates the share of a step's time in which an instance runs. It is computed from
// the allocated memory, which is 0 while no instance runs. The parameter memory is the name of
// the metric family that contains the allocated memory.
func (s steps) running(i int, memory string) float64 {
	return ratio(s.Total(i, "avg "+memory+" "+stateAllocated), s.Total(i, "max "+memory+" "+stateAllocated))
}

// whileRunning returns the mean of a gauge over the time in which an instance runs.
func (s steps) whileRunning(family, memory string) float64 {
	return s.quotient(func(i int) float64 { return s.Total(i, "avg "+family) }, func(i int) float64 { return s.running(i, memory) })
}

// quotient divides the sum of a by the sum of b, over the steps that have both values.
func (s steps) quotient(a, b func(i int) float64) float64 {
	var sumA, sumB float64
	for i := range s.n {
		if x, y := a(i), b(i); !math.IsNaN(x) && !math.IsNaN(y) {
			sumA, sumB = sumA+x, sumB+y
		}
	}
	return ratio(sumA, sumB)
}

func (s steps) usedMemory(memory string) float64 {
	return 100 * s.quotient(func(i int) float64 { return s.Total(i, "avg "+memory+" "+stateUsed) }, func(i int) float64 { return s.Total(i, "avg "+memory+" "+stateAllocated) })
}

// peak returns the highest value of a gauge over steps in which an instance ran, or else NaN.
func (s steps) peak(family, memory string) float64 {
	return highest(s.each(func(i int) float64 {
		if math.IsNaN(s.running(i, memory)) {
			return math.NaN()
		}
		return s.Total(i, "max "+family)
	}))
}

// whyAbsent returns the reason for an absent value of a gauge.
func (s steps) whyAbsent(family string) string {
	for key, columns := range s.table {
		if strings.HasPrefix(key+" ", "avg "+family+" ") && len(columns) > 0 {
			return noInstance
		}
	}
	return noSamples(family)
}

const (
	gpuMemory  = "gpu_memory_bytes"
	mainMemory = "memory_bytes"
)

func (c *computation) resources() *reportjson.ResourcesReport {
	r := &reportjson.ResourcesReport{}
	n, s := &c.notes, c.steps(gaugeView)
	note := func(field string, v float64, decimals int, family string) reportjson.Number {
		return n.number("resources."+field, v, decimals, s.whyAbsent(family))
	}
	gigabytes := func(field, memory string) string {
		size := highest(s.each(func(i int) float64 { return s.Total(i, "max "+memory+" "+stateAllocated) }))
		if size == 0 {
			size = math.NaN()
		}
		return n.text("resources."+field, size, func(bytes float64) string { return fmt.Sprintf("%gGB", rounding.Round(bytes/1e9, tenths)) }, s.whyAbsent(memory))
	}
	g := &r.GPU
	g.Utilization.Average = note("gpu.utilization.average", s.whileRunning("gpu_utilization", gpuMemory), percents, "gpu_utilization")
	g.Utilization.Peak = note("gpu.utilization.peak", s.peak("gpu_utilization", gpuMemory), percents, "gpu_utilization")
	g.Utilization.TimeSeries = c.gpuPoints()
	average, peak := s.usedMemory(gpuMemory), highest(c.memoryPeaks())
	g.Memory.Average = note("gpu.memory.average", average, percents, gpuMemory)
	g.Memory.Peak = note("gpu.memory.peak", peak, percents, gpuMemory)
	g.Memory.Allocated = gigabytes("gpu.memory.allocated", gpuMemory)
	g.Memory.Efficiency = note("gpu.memory.efficiency", percent(average, peak), percents, gpuMemory)
	flops := s.whileRunning("gpu_flops", gpuMemory)
	g.Performance.FLOPS = note("gpu.performance.flops", flops/1e12, tenths, "gpu_flops")
	g.Performance.MemoryBandwidth = note("gpu.performance.memoryBandwidth", s.whileRunning("gpu_memory_bandwidth_bytes_per_second", gpuMemory)/1e9, tenths, "gpu_memory_bandwidth_bytes_per_second")
	g.Performance.Efficiency = note("gpu.performance.efficiency", percent(flops, s.peak("gpu_flops", gpuMemory)), percents, "gpu_flops")
	r.CPU.Utilization.Average = note("cpu.utilization.average", s.whileRunning("cpu_utilization", mainMemory), percents, "cpu_utilization")
	r.CPU.Utilization.Peak = note("cpu.utilization.peak", s.peak("cpu_utilization", mainMemory), percents, "cpu_utilization")
	r.CPU.Memory.Usage = note("cpu.memory.usage", s.usedMemory(mainMemory), percents, mainMemory)
	r.CPU.Memory.Available = gigabytes("cpu.memory.available", mainMemory)
	c.addScaling(r)
	return r
}

func (c *computation) gpuPoints() []reportjson.GPUPoint {
	points := []reportjson.GPUPoint{}
	s := c.steps(gaugeView)
	running := func(family string) []float64 {
		return s.points(false, func(i int) float64 { return ratio(s.Total(i, "avg "+family), s.running(i, gpuMemory)) })
	}
	utilization, temperature := running("gpu_utilization"), running("gpu_temperature_celsius")
	memory := s.points(false, func(i int) float64 {
		return percent(s.Total(i, "avg "+gpuMemory+" "+stateUsed), s.Total(i, "avg "+gpuMemory+" "+stateAllocated))
	})
	for i := range utilization {
		if math.IsNaN(utilization[i]) && math.IsNaN(memory[i]) && math.IsNaN(temperature[i]) {
			continue
		}
		points = append(points, reportjson.GPUPoint{
			Timestamp: timestamp(c.points().From(i)), Utilization: rounding.Number(utilization[i], percents), MemoryUsage: rounding.Number(memory[i], percents), Temperature: rounding.Number(temperature[i], tenths),
		})
	}
	return points
}

func (c *computation) addScaling(r *reportjson.ResourcesReport) {
	s := &r.Scaling
	gone := "Prometheus has no current sample of " + prefix + "instances."
	s.CurrentInstances = c.notes.number("resources.scaling.currentInstances", c.now.Sum(0, "instances", fetch.Where("state", "current")), counts, gone)
	s.TargetInstances = c.notes.number("resources.scaling.targetInstances", c.now.Sum(0, "instances", fetch.Where("state", "target")), counts, gone)
	if value := c.infoLabel("autoscaling"); value == "true" || value == "false" {
		enabled := value == "true"
		s.AutoScalingEnabled = &enabled
	} else {
		c.notes.add("resources.scaling.autoScalingEnabled", "The label autoscaling of %sinfo is neither true nor false.", prefix)
	}
	s.Events = c.scalingEvents()
	if more := len(s.Events) - maxEvents; more > 0 {
		s.Events = s.Events[more:]
		c.notes.add("resources.scaling.events", "The latest %d events are listed; there were %d more.", maxEvents, more)
	}
	if unknown := len(slices.DeleteFunc(slices.Clone(s.Events), func(e reportjson.ScalingEvent) bool { return e.Reason != "" })); unknown > 0 {
		c.notes.add("resources.scaling.events.reason", "No scaling was recorded in %sscaling_duration_seconds for %d of the events.", prefix, unknown)
		c.notes.add("resources.scaling.events.duration", "No scaling was recorded in %sscaling_duration_seconds for %d of the events.", prefix, unknown)
	}
}

// scalingEvents returns the changes of the number of instances.
func (c *computation) scalingEvents() []reportjson.ScalingEvent {
	events := []reportjson.ScalingEvent{}
	t := c.tables[scalingView]
	g := intervals{End: c.end(), Step: c.scaling, N: 1 + int(c.length/c.scaling)}
	for i := 1; i < g.N; i++ {
		from, to := t.Total(i-1, "instances"), t.Total(i, "instances")
		if rounding.Number(from, counts) == nil || rounding.Number(to, counts) == nil || from == to {
			continue
		}
		event := reportjson.ScalingEvent{Timestamp: timestamp(g.At(i)), Action: "scale_up", From: from, To: to}
		if to < from {
			event.Action = "scale_down"
		}
		event.Reason, event.Duration = scaled(t, i, event.Action)
		events = append(events, event)
	}
	return events
}

// scaled returns the most frequent reason and the mean duration of scaling operations. It
// considers the operations with the given action that ended in the window of the step i. The
// window also covers the previous step.
func scaled(t table, i int, action string) (string, reportjson.Number) {
	const count, sum = "scaling_duration_seconds_count", "scaling_duration_seconds_sum"
	ended := slices.DeleteFunc(slices.Clone(t[count]), func(col column) bool {
		return col.Labels.Get("action") != action || math.IsNaN(col.Values[i])
	})
	if len(ended) == 0 {
		return "", nil
	}
	most := slices.MinFunc(ended, func(a, b column) int {
		return cmp.Or(cmp.Compare(b.Values[i], a.Values[i]), strings.Compare(a.Labels.Get("reason"), b.Labels.Get("reason")))
	})
	duration := ratio(t.Sum(i, sum, fetch.Where("action", action)), t.Sum(i, count, fetch.Where("action", action)))
	return sentence(most.Labels.Get("reason")), rounding.Number(duration, seconds)
}

// sentence returns a label value such as high_request_volume as "High request volume".
func sentence(value string) string {
	words := strings.ReplaceAll(value, "_", " ")
	if words == "" {
		return ""
	}
	return strings.ToUpper(words[:1]) + words[1:]
}
