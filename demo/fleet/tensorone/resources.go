package tensorone

import (
	"math/rand/v2"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/simulation"
)

// Properties of every instance.
const (
	instanceMemory = 64e9 // bytes
	gpuShare       = 0.95 // share of an instance's work that runs on the GPU; the rest runs on the CPU
)

type resourceFamilies struct {
	compute, utilization, gpuMemory, temperature, flops, bandwidth, cpu, memory simulation.ScalarVec
}

func newResourceFamilies(t *simulation.Target) resourceFamilies {
	const id = "endpoint_id"
	return resourceFamilies{
		compute:     t.Counter("tensorone_endpoint_compute_seconds_total", "Running time of instances in seconds, by activity.", id, "activity"),
		utilization: t.Gauge("tensorone_endpoint_gpu_utilization", "GPU utilization in percent (0-100), the mean of the running instances; 0 while no instance runs.", id),
		gpuMemory:   t.Gauge("tensorone_endpoint_gpu_memory_bytes", "GPU memory per running instance; 0 while no instance runs.", id, "state"),
		temperature: t.Gauge("tensorone_endpoint_gpu_temperature_celsius", "Temperature of the hottest GPU; 0 while no instance runs.", id),
		flops:       t.Gauge("tensorone_endpoint_gpu_flops", "Floating-point operations that a running instance achieves per second.", id),
		bandwidth:   t.Gauge("tensorone_endpoint_gpu_memory_bandwidth_bytes_per_second", "Bytes per second between the GPU and the GPU's memory, per running instance.", id),
		cpu:         t.Gauge("tensorone_endpoint_cpu_utilization", "CPU utilization in percent (0-100), the mean of the running instances; 0 while no instance runs.", id),
		memory:      t.Gauge("tensorone_endpoint_memory_bytes", "Main memory per running instance; 0 while no instance runs.", id, "state"),
	}
}

// endpointResources contains the metrics of the resources that an endpoint's instances
// use.
type endpointResources struct {
	endpoint
	utilization float64 // mean of the instances over about a minute, from 0 to 1

	gpuSeconds, cpuSeconds, idleSeconds *simulation.Scalar
	gauges                              []resourceGauge
}

// resourceGauge is a gauge with its value as a function of the utilization.
type resourceGauge struct {
	*simulation.Scalar
	value func(utilization float64) float64
}

// instanceTime contains the total time of the running instances in a step, and the parts of
// it in which they worked and were idle. All times are in seconds.
type instanceTime struct{ instances, working, idle float64 }

func (f resourceFamilies) of(e endpoint, rng *rand.Rand) *endpointResources {
	noisy := func(v float64) float64 { return v * (0.97 + 0.06*rng.Float64()) }
	return &endpointResources{
		endpoint:    e,
		gpuSeconds:  f.compute.With(e.id, "gpu"),
		cpuSeconds:  f.compute.With(e.id, "cpu"),
		idleSeconds: f.compute.With(e.id, "idle"),
		gauges: []resourceGauge{
			{f.utilization.With(e.id), func(u float64) float64 { return noisy(100 * gpuShare * u) }},
			{f.gpuMemory.With(e.id, "used"), func(u float64) float64 { return e.gpu.memory * (e.weights + 0.18*noisy(u)) }},
			{f.gpuMemory.With(e.id, "allocated"), func(float64) float64 { return e.gpu.memory }},
			{f.temperature.With(e.id), func(u float64) float64 { return 38 + 40*u + 3*rng.Float64() }},
			{f.flops.With(e.id), func(u float64) float64 { return e.gpu.flops * 0.58 * noisy(u) }},
			{f.bandwidth.With(e.id), func(u float64) float64 { return e.gpu.bandwidth * 0.88 * noisy(u) }},
			{f.cpu.With(e.id), func(u float64) float64 { return noisy(8 + 24*u) }},
			{f.memory.With(e.id, "used"), func(u float64) float64 { return instanceMemory * (0.36 + 0.12*noisy(u)) }},
			{f.memory.With(e.id, "allocated"), func(float64) float64 { return instanceMemory }},
		},
	}
}

// step counts the time in which the running instances work and are idle in a step. busy is the
// work in seconds.
func (r *endpointResources) step(running, busy float64, rng *rand.Rand) instanceTime {
	s := instanceTime{instances: running * simulation.Interval.Seconds()}
	s.working = min(busy*(0.97+0.06*rng.Float64()), 0.96*s.instances)
	s.idle = s.instances - s.working
	r.gpuSeconds.Add(gpuShare * s.working)
	r.cpuSeconds.Add((1 - gpuShare) * s.working)
	r.idleSeconds.Add(s.idle)
	if running == 0 {
		r.utilization = 0
		for _, g := range r.gauges {
			g.Set(0)
		}
		return s
	}
	r.utilization += 0.3 * (s.working/s.instances - r.utilization)
	for _, g := range r.gauges {
		g.Set(g.value(r.utilization))
	}
	return s
}
