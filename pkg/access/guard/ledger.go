package guard

import (
	"context"
	"slices"
	"sync"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/audit"
)

type ledgerKey struct{}

// ledger contains the decisions about one query or resource request. The plugin may send
// several requests to the server to answer it, and decides about each of them.
type ledger struct {
	mu      sync.Mutex
	events  []audit.Event
	blocked bool // events contains only the decision that blocked the query
	ended   bool
}

// Begin returns a context for everything that answers a query or a resource request. The
// decisions with this context are collected. The function end records the first of them that
// blocks the query, or else one for each reason why the query is observed. If all of them
// allow the query and AuditAll is true, end records one. A nil Guard records nothing.
func (g *Guard) Begin(ctx context.Context) (_ context.Context, end func()) {
	if g == nil || g.Recorder == nil {
		return ctx, func() {}
	}
	l := &ledger{}
	return context.WithValue(ctx, ledgerKey{}, l), func() {
		for _, e := range l.end() {
			g.Recorder.Record(e)
		}
	}
}

// add adds an event. It returns false if the ledger has ended, or if l is nil.
func (l *ledger) add(e audit.Event) bool {
	if l == nil {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.ended:
		return false
	case l.blocked:
	case e.Verdict == audit.Block:
		l.events, l.blocked = []audit.Event{e}, true
	case !slices.ContainsFunc(l.events, func(other audit.Event) bool { return other.Reason == e.Reason }):
		l.events = append(l.events, e)
	}
	return true
}

// end returns the events to record. A query that is observed isn't recorded as allowed, too.
func (l *ledger) end() []audit.Event {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ended = true
	if len(l.events) > 1 {
		l.events = slices.DeleteFunc(l.events, func(e audit.Event) bool { return e.Verdict == audit.Allow })
	}
	return l.events
}

func ledgerOf(ctx context.Context) *ledger {
	l, _ := ctx.Value(ledgerKey{}).(*ledger)
	return l
}
