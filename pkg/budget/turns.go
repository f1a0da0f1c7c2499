package budget

import (
	"container/list"
	"context"
	"sync"
)

// turns limits the concurrent work of all data sources. A turn is the permission to do one
// piece of work, such as to parse an input. Waiting data sources alternate, so that a data
// source with many waiting callers doesn't delay the others much.
type turns struct {
	max        int // maximum number of turns in use, unless more are guaranteed
	guaranteed int // turns of each data source that begin even if max turns are in use

	mu      sync.Mutex
	used    int
	lines   map[*Source]*line
	waiting list.List // of *line: the lines with waiters, the next one first
}

// line contains the turns and the waiting callers of one data source.
type line struct {
	used    int
	waiters list.List     // of chan struct{}, closed when the turn begins
	element *list.Element // in turns.waiting, nil if the line has no waiters
}

func newTurns(maximum, guaranteed int) *turns {
	return &turns{max: maximum, guaranteed: guaranteed, lines: map[*Source]*line{}}
}

// tryAcquire begins a turn of a data source if that is possible without waiting, and
// reports whether it did.
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

// acquire waits until a turn of a data source begins. If the context ends first, acquire
// returns the error of the context.
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
	case <-begun: // the turn began when the context ended
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

// isFree reports whether a turn of a line may begin now.
func (t *turns) isFree(l *line) bool { return t.used < t.max || l.used < t.guaranteed }

func (t *turns) begin(l *line) {
	t.used++
	l.used++
}

// end ends a turn and begins the turns that this makes possible: a guaranteed turn of the
// same line, and turns of the next lines.
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

// next begins the turn of a line's first waiter. It moves the line to the end of t.waiting, or
// removes the line from t.waiting if the line has no more waiters.
func (t *turns) next(l *line) {
	first := l.waiters.Front()
	t.begin(l)
	close(l.waiters.Remove(first).(chan struct{})) //nolint:forcetypeassert // the list contains channels
	if l.element != nil {
		t.waiting.MoveToBack(l.element)
	}
	t.leave(l)
}

// leave removes a line from t.waiting if it has no waiters.
func (t *turns) leave(l *line) {
	if l.waiters.Len() == 0 && l.element != nil {
		t.waiting.Remove(l.element)
		l.element = nil
	}
}

// drop deletes a line that has neither turns nor waiters.
func (t *turns) drop(s *Source, l *line) {
	if l.used == 0 && l.waiters.Len() == 0 {
		delete(t.lines, s)
	}
}
