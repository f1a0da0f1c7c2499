package lango

import (
	"math"
	"math/rand/v2"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/fleet/incident"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/simulation"
)

const (
	mebibyte           = 1 << 20
	memoryLimit        = 512 * mebibyte // of the built-in memory check
	sessionMinutes     = 10             // mean length of a session
	requestsPerSession = 12
	openAtFirst        = 55              // sessions at the beginning of the history
	ageAtFirst         = 79 * time.Hour  // age of the process at the beginning of the history
	ageAfterRestart    = 9 * time.Second // age of a new process at its first scrape

	// Growth per hour of a leak.
	leakedGoroutines = 900
	leakedMemory     = 220 * mebibyte
)

// process contains the metrics of the process, its sessions and its health checks.
type process struct {
	goroutines, memory, uptime, startTime *simulation.Scalar
	sessions                              *simulation.Scalar
	memoryUp, providerUp                  *simulation.Scalar
	otherComponents                       []*simulation.Scalar

	started       time.Time
	open          float64       // number of sessions
	leaks         time.Duration // time for which the process has been leaking
	opens, closes simulation.Flow
}

func newProcess(t *simulation.Target, rng *rand.Rand) *process {
	up := t.Gauge("lango_health_component_up", "Result of a component's last health check: 1 healthy, 0.5 degraded, 0 unhealthy.", "component")
	return &process{
		goroutines:      t.Gauge("lango_goroutines", "Goroutines of the process.").With(),
		memory:          t.Gauge("lango_memory_alloc_bytes", "Heap that is allocated now.").With(),
		uptime:          t.Gauge("lango_uptime_seconds", "Time since the process started.").With(),
		startTime:       t.Gauge("lango_process_start_time_seconds", "When the process started, in UNIX time.").With(),
		sessions:        t.Gauge("lango_sessions_active", "Sessions that are open.").With(),
		memoryUp:        up.With("memory"),
		providerUp:      up.With("provider"),
		otherComponents: []*simulation.Scalar{up.With("database"), up.With("event_bus"), up.With("gateway")},
		open:            openAtFirst,
		opens:           simulation.NewFlow(rng),
		closes:          simulation.NewFlow(rng),
	}
}

// step simulates a step and returns how many sessions were opened and closed. last is
// the target's condition at the last scrape. If the target was Down or Gone, a new process
// starts.
func (p *process) step(m simulation.Moment, last simulation.Condition, requests, executing float64, rng *rand.Rand) (opened, closed int) {
	now := m.Time
	switch {
	case last == simulation.Down || last == simulation.Gone:
		p.started = now.Add(-ageAfterRestart)
		p.open, p.leaks = 0, 0
	case p.started.IsZero():
		p.started = now.Add(-ageAtFirst)
	}
	opens := p.opens.Events(requests/requestsPerSession, math.Inf(1))
	p.open += opens
	closes := p.closes.Events(p.open*simulation.Interval.Minutes()/sessionMinutes, p.open)
	p.open -= closes

	if m.During(incident.Leak) {
		p.leaks += simulation.Interval
	}

	uptime := now.Sub(p.started)
	caches := 30 * (1 - math.Exp(-uptime.Hours()/3)) // MiB; they fill up within hours
	p.memory.Set(math.Round((84+caches+0.9*p.open)*simulation.Jitter(rng)*mebibyte + leakedMemory*p.leaks.Hours()))
	p.goroutines.Set(math.Round(72 + 3*p.open + 5*executing*simulation.Jitter(rng) + leakedGoroutines*p.leaks.Hours()))
	p.uptime.Set(uptime.Seconds())
	p.startTime.Set(float64(p.started.Unix()))
	p.sessions.Set(p.open)
	return int(opens), int(closes)
}

func (p *process) check(outage bool) {
	for _, component := range p.otherComponents {
		component.Set(1)
	}
	p.memoryUp.Set(1)
	if p.memory.Value() > memoryLimit {
		p.memoryUp.Set(0)
	}
	p.providerUp.Set(1)
	if outage {
		p.providerUp.Set(0.5)
	}
}
