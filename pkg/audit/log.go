package audit

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"
)

// Observer counts events with the verdicts block and observe, and events that aren't exported.
// Package telemetry implements it.
type Observer interface {
	Decision(verdict, reason string)
	AuditDropped(events int) // events that were not exported
}

// Options are the options of a Log. All except Source may be empty.
type Options struct {
	Source   Source
	Endpoint Endpoint                 // receives the events over OTLP/HTTP
	Write    func(Event)              // writes an event to the plugin's log
	Mask     func(text string) string // replaces credentials in a text
	Observer Observer
	Report   func(problem string) // called when exporting begins to fail, and with "" when it succeeds again
}

// Log records events. It is safe for concurrent use.
type Log struct {
	options  Options
	memory   *memory
	exporter *exporter // nil without an endpoint
	close    func()
}

var _ Recorder = (*Log)(nil)

// Open returns the Log of a data source. The caller must call Close.
func Open(o Options) (*Log, error) {
	l := &Log{options: o}
	if o.Endpoint.URL != "" {
		var err error
		if l.exporter, err = newExporter(o); err != nil {
			return nil, err
		}
	}
	l.memory = openMemory(o.Source)
	open.Lock()
	defer open.Unlock()
	open.logs[l] = struct{}{}
	l.close = sync.OnceFunc(l.closeNow)
	return l, nil
}

// Record records an event. It first masks credentials and clips long texts. Record doesn't
// wait for the endpoint. If there is an endpoint, but too many events wait for their export or
// the Log is closed, Record counts the event as dropped, and the event isn't exported.
func (l *Log) Record(e Event) {
	e = e.clean(l.options.Mask)
	l.memory.add(e, share())
	if l.options.Observer != nil && (e.Verdict == Block || e.Verdict == Observe) {
		l.options.Observer.Decision(e.Verdict, e.Reason)
	}
	if l.options.Write != nil {
		l.options.Write(e)
	}
	if l.exporter != nil {
		l.exporter.send(e)
	}
}

// Close exports the remaining events. It waits for at most 1.5 seconds. Events that are
// recorded later are not exported.
func (l *Log) Close() { l.close() }

func (l *Log) closeNow() {
	if l.exporter != nil {
		l.exporter.close()
	}
	open.Lock()
	delete(open.logs, l)
	open.Unlock()
	closeMemory(l.options.Source)
}

// CloseAll closes the Logs of all data sources concurrently. main calls it before the process
// ends.
func CloseAll() {
	open.Lock()
	all := slices.Collect(maps.Keys(open.logs))
	open.Unlock()
	var group sync.WaitGroup
	for _, l := range all {
		group.Go(l.Close)
	}
	group.Wait()
}

// Filter selects events. A field with the zero value doesn't restrict them.
type Filter struct {
	From, To               time.Time // both included
	Actor, Verdict, Reason string
	Limit                  int // maximum number of events; 0 means no limit
}

func (f Filter) matches(e Event) bool {
	return (f.From.IsZero() || !e.Time.Before(f.From)) && (f.To.IsZero() || !e.Time.After(f.To)) &&
		(f.Actor == "" || f.Actor == e.Actor) && (f.Verdict == "" || f.Verdict == e.Verdict) && (f.Reason == "" || f.Reason == e.Reason)
}

// Page is a list of events.
type Page struct {
	Events   []Event `json:"events"`   // newest first
	More     bool    `json:"-"`        // whether the filter selects more events than its limit
	Dropped  int64   `json:"dropped"`  // number of earlier events that are no longer in memory
	Capacity int     `json:"capacity"` // maximum number of events in memory
}

// Page returns the events in memory that a filter selects.
func (l *Log) Page(f Filter) Page {
	p := Page{Events: []Event{}, Capacity: MaxEvents}
	p.Dropped = l.memory.newest(func(e Event) bool {
		switch {
		case !f.matches(e):
		case f.Limit > 0 && len(p.Events) == f.Limit:
			p.More = true
		default:
			p.Events = append(p.Events, e)
		}
		return !p.More
	})
	return p
}

// Counts returns the numbers of events with the verdicts block and observe since the plugin
// started. They start at 0 again if all Logs of the data source have been closed.
func (l *Log) Counts() Counts { return l.memory.count() }

// Health returns the state of the export over OTLP. It is the zero value without an endpoint.
func (l *Log) Health() Health {
	if l.exporter == nil {
		return Health{}
	}
	return l.exporter.health()
}

// Check exports an event that describes the check, together with the waiting events, and
// returns the state of the export. Without an endpoint, it returns the zero value.
func (l *Log) Check(ctx context.Context, actor string, org int64) Health {
	if l.exporter == nil {
		return Health{}
	}
	e := Event{Actor: actor, Org: org, Action: "check", Verdict: Allow, Message: "A health check of the data source tests the export of audit events."}
	l.exporter.send(e.clean(l.options.Mask))
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	l.exporter.flush(ctx)
	return l.exporter.health()
}
