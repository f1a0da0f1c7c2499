package budget

import (
	"runtime"
	"sync"
	"time"
)

// processors doubles GOMAXPROCS while several requests from Grafana are in progress. Each
// query of a chunked request counts as a request. Go lets a goroutine run for up to 10 ms
// before another goroutine takes its turn. If large responses keep GOMAXPROCS goroutines busy,
// a small request can wait that long after each of its reads and writes. With more threads
// than CPUs, the operating system divides the CPUs between the threads, and a thread that was
// idle runs soon. GOMAXPROCS isn't doubled for a single request, because the garbage collector
// would take more CPU time from it.
type processors struct {
	double  func() // doubles GOMAXPROCS
	restore func() // restores the previous GOMAXPROCS
	delay   time.Duration

	mu      sync.Mutex
	running int         // requests in progress
	doubled bool        // double has been called after the last restore
	timer   *time.Timer // calls reset; nil if several requests are in progress
}

// WithProcessors makes p double GOMAXPROCS while several requests to its data sources are in
// progress. It returns p. Only one Process may do this.
func (p *Process) WithProcessors() *Process {
	p.processors = newProcessors()
	return p
}

// newProcessors returns the processors of this process. If GOMAXPROCS is the runtime's default
// when newProcessors is called, the function restore sets the default again. The runtime then
// adapts GOMAXPROCS to changes of the container's CPU limit, which it doesn't do after a call
// of runtime.GOMAXPROCS. If GOMAXPROCS is another number, the environment variable GOMAXPROCS
// or a call of runtime.GOMAXPROCS has set it, and restore sets the same number again.
func newProcessors() *processors {
	before := runtime.GOMAXPROCS(0)
	runtime.SetDefaultGOMAXPROCS()
	restore := runtime.SetDefaultGOMAXPROCS
	if runtime.GOMAXPROCS(0) != before {
		restore = func() { runtime.GOMAXPROCS(before) }
		restore()
	}
	return &processors{
		double:  func() { runtime.GOMAXPROCS(2 * runtime.GOMAXPROCS(0)) },
		restore: restore,
		delay:   restoreDelay,
	}
}

// begin counts a request from Grafana until the caller calls end. A nil p does nothing.
func (p *processors) begin() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.running++
	if p.running == 1 {
		return
	}
	if p.timer != nil {
		p.timer.Stop()
		p.timer = nil
	}
	if !p.doubled {
		p.doubled = true
		p.double()
	}
}

func (p *processors) end() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.running--
	if p.running == 1 {
		p.timer = time.AfterFunc(p.delay, p.reset)
	}
}

// reset restores GOMAXPROCS unless several requests are in progress again.
func (p *processors) reset() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.running < 2 && p.doubled {
		p.doubled = false
		p.restore()
	}
}
