package audit

import (
	"maps"
	"sync"
)

// Source identifies a data source. Data sources of two organizations can have the same uid.
type Source struct {
	Org int64
	UID string
}

// Counts are the numbers of events of a data source with the verdicts block and observe.
type Counts struct {
	Blocks   int64            `json:"blocks"`
	Observes int64            `json:"observes"`
	ByReason map[string]int64 `json:"byReason"`
}

// memory contains the events and counts of a data source. It is safe for concurrent use.
type memory struct {
	mu      sync.Mutex
	events  ring
	size    int // of the events, in bytes
	dropped int64
	counts  Counts
}

// open contains all open Logs, and the memory of each data source that has an open Log. A data
// source can have several open Logs: when its settings change, Grafana creates a new instance,
// and disposes of the old one later. These Logs share the memory, so that the events remain.
var open = struct {
	sync.Mutex
	memories map[Source]*shared
	logs     map[*Log]struct{}
}{memories: map[Source]*shared{}, logs: map[*Log]struct{}{}}

// shared is a memory with the number of its open Logs.
type shared struct {
	memory
	logs int
}

// openMemory returns the memory of a data source. closeMemory must be called later.
func openMemory(source Source) *memory {
	open.Lock()
	defer open.Unlock()
	s := open.memories[source]
	if s == nil {
		s = &shared{memory: memory{counts: Counts{ByReason: map[string]int64{}}}}
		open.memories[source] = s
		share := shareOf(len(open.memories))
		for _, other := range open.memories {
			other.shrink(share)
		}
	}
	s.logs++
	return &s.memory
}

func closeMemory(source Source) {
	open.Lock()
	defer open.Unlock()
	if s := open.memories[source]; s != nil {
		if s.logs--; s.logs == 0 {
			delete(open.memories, source)
		}
	}
}

// share returns the maximum size of the events of a data source, in bytes.
func share() int {
	open.Lock()
	defer open.Unlock()
	return shareOf(len(open.memories))
}

func shareOf(sources int) int { return min(maxBytes, maxProcessBytes/max(sources, 1)) }

// add adds an event. If its verdict is Block or Observe, add also counts it. If there are too
// many events, or their size exceeds maxSize, add drops the oldest.
func (m *memory) add(e Event, maxSize int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch e.Verdict {
	case Block:
		m.counts.Blocks++
		m.counts.ByReason[e.Reason]++
	case Observe:
		m.counts.Observes++
		m.counts.ByReason[e.Reason]++
	}
	if m.events.n == MaxEvents {
		m.dropOldest()
	}
	m.events.push(e)
	m.size += e.size()
	m.trim(maxSize)
}

// shrink drops the oldest events until the size of the others is at most maxSize. It frees the
// memory of the dropped events.
func (m *memory) shrink(maxSize int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.trim(maxSize)
	m.events.resize(m.events.n)
}

func (m *memory) trim(maxSize int) {
	for m.size > maxSize && m.events.n > 0 {
		m.dropOldest()
	}
}

func (m *memory) dropOldest() {
	m.size -= m.events.pop().size()
	m.dropped++
}

// newest calls f for each event, newest first, until f returns false. It returns the number of
// events that have been dropped.
func (m *memory) newest(f func(Event) bool) (dropped int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := m.events.n - 1; i >= 0 && f(*m.events.at(i)); i-- {
	}
	return m.dropped
}

func (m *memory) count() Counts {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := m.counts
	c.ByReason = maps.Clone(c.ByReason)
	return c
}
