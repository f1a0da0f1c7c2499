package budget

import (
	"container/list"
	"context"
	"sync"
)

// turns limits concurrent work of all data sources. Data sources that wait take turns, so
// that one that sends much work doesn't delay the others by more than one piece of it.
type turns struct {
	max        int // of all data sources
	guaranteed int // of each data source, in addition to max if necessary

	mu      sync.Mutex
	used    int
	lines   map[*Source]*line
	waiting list.List // of *line, those with waiters; the first is the next
}

// line is the work of one data source.
type line struct {
	used    int
	waiters list.List // of chan struct{}, closed when the turn begins
	element *list.Element
}

func newTurns(maximum, guaranteed int) *turns {
	return &turns{max: maximum, guaranteed: guaranteed, lines: map[*Source]*line{}}
}

// tryAcquire reports whether a turn of a data source begins now.
func (t *turns) tryAcquire(s *Source) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	l := t.line(s)
	if !t.isFree(l) {
		t.drop(s, l)
		return false
	}
	t.begin(l)
	return true
}

// acquire waits for a turn of a data source, and returns the error of the context if that
// ends before.
func (t *turns) acquire(ctx context.Context, s *Source) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	t.mu.Lock()
	l := t.line(s)
	if l.waiters.Len() == 0 && t.isFree(l) {
		t.begin(l)
		t.mu.Unlock()
		return nil
	}
	begun := make(chan struct{})
	waiter := l.waiters.PushBack(begun)
	if l.element == nil {
		l.element = t.waiting.PushBack(l)
	}
	t.mu.Unlock()
	select {
	case <-begun:
		return nil
	case <-ctx.Done():
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	select {
	case <-begun: // at the same time
		t.end(s, l)
	default:
		l.waiters.Remove(waiter)
		t.leave(l)
		t.drop(s, l)
	}
	return ctx.Err()
}

// release ends a turn of a data source.
func (t *turns) release(s *Source) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.end(s, t.line(s))
}

func (t *turns) line(s *Source) *line {
	l := t.lines[s]
	if l == nil {
		l = &line{}
		t.lines[s] = l
	}
	return l
}

// isFree reports whether a turn of a line may begin.
func (t *turns) isFree(l *line) bool { return t.used < t.max || l.used < t.guaranteed }

func (t *turns) begin(l *line) {
	t.used++
	l.used++
}

// end ends a turn and begins those that may follow: a guaranteed one of the same line, or
// one of the next line.
func (t *turns) end(s *Source, l *line) {
	t.used--
	l.used--
	if l.waiters.Len() > 0 && l.used < t.guaranteed {
		t.next(l)
	}
	for t.used < t.max && t.waiting.Len() > 0 {
		t.next(t.waiting.Front().Value.(*line)) //nolint:forcetypeassert // the list contains lines
	}
	t.drop(s, l)
}

// next begins the turn of a line's first waiter. The line then is the last one.
func (t *turns) next(l *line) {
	first := l.waiters.Front()
	t.begin(l)
	close(l.waiters.Remove(first).(chan struct{})) //nolint:forcetypeassert // the list contains channels
	if l.element != nil {
		t.waiting.MoveToBack(l.element)
	}
	t.leave(l)
}

// leave removes a line without waiters from those that wait.
func (t *turns) leave(l *line) {
	if l.waiters.Len() == 0 && l.element != nil {
		t.waiting.Remove(l.element)
		l.element = nil
	}
}

// drop forgets a line that is no longer used.
func (t *turns) drop(s *Source, l *line) {
	if l.used == 0 && l.waiters.Len() == 0 {
		delete(t.lines, s)
	}
}
