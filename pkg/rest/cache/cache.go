// Package cache keeps the answers of routes for a limited time. Concurrent requests that
// are equal share one computation. rest calls it with a key that is computed from everything
// that an answer depends on, except for the time. All data sources of a process share one
// Cache.
package cache

import (
	"container/list"
	"context"
	"sync"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// Origin is where an answer comes from.
type Origin string

// The origins.
const (
	Computed Origin = "computed" // for this request
	Shared   Origin = "shared"   // for an equal request that was concurrent
	Kept     Origin = "kept"     // for an earlier request
)

// Limits bound a Cache.
type Limits struct {
	Age        time.Duration // time for which an answer is kept
	MaxEntries int
	MaxBytes   int // of all keys and answers together
	MaxAnswer  int // bytes of a key and its answer; a larger answer isn't kept
}

// Cache is safe for concurrent use. When it is full, it drops the entries that have not
// been used for the longest time.
type Cache struct {
	limits Limits

	mu      sync.Mutex
	bytes   int
	order   *list.List // of *entry, the most recently used first
	entries map[string]*list.Element
	flights map[string]*flight
}

type entry struct {
	key     string
	answer  []byte
	expires time.Time
}

// flight is a computation and the number of requests that wait for it.
type flight struct {
	done    chan struct{} // closed after answer and err are set
	answer  []byte
	err     error
	waiting int
	cancel  context.CancelFunc
}

// New returns an empty Cache.
func New(limits Limits) *Cache {
	return &Cache{limits: limits, order: list.New(), entries: map[string]*list.Element{}, flights: map[string]*flight{}}
}

// Get returns the answer for a key. The parameter at is the current time. Get calls compute
// unless the cache contains the answer or a concurrent call with the same key is computing it.
// If mayKeep is false, Get neither reads an answer from the cache nor adds one. Errors are
// never added. Callers must not change the answer.
//
// The context of compute has the values of the first caller's context. It ends when compute
// returns or when the contexts of all callers have ended.
func (c *Cache) Get(ctx context.Context, at time.Time, key string, mayKeep bool, compute func(context.Context) ([]byte, error)) ([]byte, Origin, error) {
	if err := ctx.Err(); err != nil {
		return nil, Computed, err
	}
	c.mu.Lock()
	if answer, found := c.kept(key, at); found && mayKeep {
		c.mu.Unlock()
		return answer, Kept, nil
	}
	f, origin := c.flights[key], Shared
	if f == nil {
		origin = Computed
		shared, cancel := context.WithCancel(context.WithoutCancel(ctx))
		f = &flight{done: make(chan struct{}), cancel: cancel}
		c.flights[key] = f
		go c.run(shared, f, at, key, mayKeep, compute)
	}
	f.waiting++
	c.mu.Unlock()
	select {
	case <-f.done:
		return f.answer, origin, f.err
	case <-ctx.Done():
		c.leave(f, key)
		return nil, origin, ctx.Err()
	}
}

// run computes the answer of a flight.
func (c *Cache) run(ctx context.Context, f *flight, at time.Time, key string, mayKeep bool, compute func(context.Context) ([]byte, error)) {
	defer f.cancel()
	f.err = fault.Catch(func() (err error) {
		f.answer, err = compute(ctx)
		return err
	})
	c.mu.Lock()
	defer c.mu.Unlock()
	c.land(f, key)
	if mayKeep && f.err == nil {
		c.keep(entry{key, f.answer, at.Add(c.limits.Age)}, at)
	}
	close(f.done)
}

// leave is called when a request stops waiting for a flight. If no other request waits for
// the flight, leave cancels it. A later equal request then begins another flight.
func (c *Cache) leave(f *flight, key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if f.waiting--; f.waiting == 0 {
		c.land(f, key)
		f.cancel()
	}
}

// land removes a flight, so that later requests don't wait for it.
func (c *Cache) land(f *flight, key string) {
	if c.flights[key] == f {
		delete(c.flights, key)
	}
}

// kept returns an answer that hasn't expired.
func (c *Cache) kept(key string, at time.Time) ([]byte, bool) {
	element, found := c.entries[key]
	if !found {
		return nil, false
	}
	e, _ := element.Value.(*entry)
	if !at.Before(e.expires) {
		c.drop(element)
		return nil, false
	}
	c.order.MoveToFront(element)
	return e.answer, true
}

// keep adds an entry, unless the entry is too large. It drops entries that have expired, and
// if there still isn't enough space, the least recently used entries.
func (c *Cache) keep(e entry, at time.Time) {
	if old, found := c.entries[e.key]; found {
		c.drop(old)
	}
	if e.size() > c.limits.MaxAnswer {
		return
	}
	for element := c.order.Back(); element != nil; {
		before := element.Prev()
		if old, _ := element.Value.(*entry); !at.Before(old.expires) {
			c.drop(element)
		}
		element = before
	}
	for len(c.entries) > 0 && (len(c.entries) >= c.limits.MaxEntries || c.bytes+e.size() > c.limits.MaxBytes) {
		c.drop(c.order.Back())
	}
	c.entries[e.key] = c.order.PushFront(&e)
	c.bytes += e.size()
}

func (c *Cache) drop(element *list.Element) {
	e, _ := c.order.Remove(element).(*entry)
	delete(c.entries, e.key)
	c.bytes -= e.size()
}

// size returns the number of bytes of the key and the answer.
func (e *entry) size() int { return len(e.key) + len(e.answer) }
