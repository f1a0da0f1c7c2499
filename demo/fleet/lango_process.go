package fleet

import (
	"math"
	"math/rand/v2"
	"time"
)

const (
	mebibyte           = 1 << 20
	memoryLimit        = 512 * mebibyte // of the built-in memory check
	sessionMinutes     = 10             // mean length
	requestsPerSession = 12
	ageAtFirst         = 79 * time.Hour  // of the process when the history begins
	ageAfterRestart    = 9 * time.Second // of a new one when it is scraped first

	// What a leak takes in an hour.
	leakedGoroutines = 900
	leakedMemory     = 220 * mebibyte
)

// langoProcess is the process itself, its sessions and its health checks.
type langoProcess struct {
	goroutines, memory, uptime, startTime *point
	sessions                              *point
	memoryUp, providerUp                  *point
	otherComponents                       []*point

	started       time.Time
	open          float64       // sessions
	leaks         time.Duration // how long the process has been leaking
	opens, closes flow
}

func newLangoProcess(t *Target, rng *rand.Rand) *langoProcess {
	up := t.gauge("lango_health_component_up", "Result of a component's last health check: 1 healthy, 0.5 degraded, 0 unhealthy.", "component")
	return &langoProcess{
		goroutines:      t.gauge("lango_goroutines", "Goroutines of the process.").with(),
		memory:          t.gauge("lango_memory_alloc_bytes", "Heap that is allocated now.").with(),
		uptime:          t.gauge("lango_uptime_seconds", "Time since the process started.").with(),
		startTime:       t.gauge("lango_process_start_time_seconds", "When the process started, in UNIX time.").with(),
		sessions:        t.gauge("lango_sessions_active", "Sessions that are open.").with(),
		memoryUp:        up.with("memory"),
		providerUp:      up.with("provider"),
		otherComponents: []*point{up.with("database"), up.with("event_bus"), up.with("gateway")},
		open:            55,
		opens:           newFlow(rng),
		closes:          newFlow(rng),
	}
}

// step takes what the last scrape met: a process that was down is a new one.
func (p *langoProcess) step(m Moment, last Condition, requests, executing float64, rng *rand.Rand) {
	now := m.Time
	switch {
	case last == Down || last == Gone:
		p.started = now.Add(-ageAfterRestart)
		p.open, p.leaks = 0, 0
	case p.started.IsZero():
		p.started = now.Add(-ageAtFirst)
	}
	p.open += p.opens.events(requests/requestsPerSession, math.Inf(1))
	p.open -= p.closes.events(p.open*Interval.Minutes()/sessionMinutes, p.open)

	if m.during(leakIncident) {
		p.leaks += Interval
	}

	uptime := now.Sub(p.started)
	caches := 30 * (1 - math.Exp(-uptime.Hours()/3)) // MiB; they fill within hours
	p.memory.set(math.Round((84+caches+0.9*p.open)*jitter(rng)*mebibyte + leakedMemory*p.leaks.Hours()))
	p.goroutines.set(math.Round(72 + 3*p.open + 5*executing*jitter(rng) + leakedGoroutines*p.leaks.Hours()))
	p.uptime.set(uptime.Seconds())
	p.startTime.set(float64(p.started.Unix()))
	p.sessions.set(p.open)
}

func (p *langoProcess) check(outage bool) {
	for _, component := range p.otherComponents {
		component.set(1)
	}
	p.memoryUp.set(1)
	if p.memory.value > memoryLimit {
		p.memoryUp.set(0)
	}
	p.providerUp.set(1)
	if outage {
		p.providerUp.set(0.5)
	}
}
