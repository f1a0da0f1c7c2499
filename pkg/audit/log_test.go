package audit

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var sources atomic.Int64

// openLog opens the log of a new data source, or of the data source in o.
func openLog(t *testing.T, o Options) *Log {
	t.Helper()
	if o.Source == (Source{}) {
		o.Source.Org = sources.Add(1)
	}
	l, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	return l
}

func event(i int) Event {
	return Event{Time: time.Unix(int64(i), 0).UTC(), Actor: "ada", Org: 1, Role: "Viewer", Action: "query", Target: fmt.Sprint("metric_", i), Verdict: Block, Reason: "promql_not_allowed"}
}

// targets returns the targets of the events in memory, newest first.
func targets(l *Log) (all []string) {
	for _, e := range l.Page(Filter{}).Events {
		all = append(all, e.Target)
	}
	return all
}

func TestNewestEventsReplaceOldest(t *testing.T) {
	l := openLog(t, Options{})
	for i := range MaxEvents + 5 {
		l.Record(event(i))
	}
	p := l.Page(Filter{})
	if len(p.Events) != MaxEvents || p.Dropped != 5 || p.Capacity != MaxEvents {
		t.Fatalf("%d events, %d dropped, capacity %d", len(p.Events), p.Dropped, p.Capacity)
	}
	for i, e := range p.Events {
		if want := event(MaxEvents + 4 - i); e != want {
			t.Fatalf("event %d is %+v, want %+v", i, e, want)
		}
	}
	if n := l.Counts().Blocks; n != MaxEvents+5 {
		t.Errorf("%d blocks counted", n)
	}
}

// TestLargeEventsAreBounded checks that the events in memory have a bounded size. Texts of
// events can be of any length: the target, for example, can be PromQL that a user has written.
func TestLargeEventsAreBounded(t *testing.T) {
	l := openLog(t, Options{})
	large := Event{Target: strings.Repeat("x", 1<<20), Message: strings.Repeat("y", 1<<20), Matchers: strings.Repeat("z", 1<<20), Actor: strings.Repeat("a", 1<<20)}
	for range MaxEvents {
		l.Record(large)
	}
	p := l.Page(Filter{})
	size := 0
	for _, e := range p.Events {
		size += e.size()
	}
	if size > maxBytes || size < maxBytes/2 || int(p.Dropped)+len(p.Events) != MaxEvents {
		t.Errorf("%d events of %d bytes, %d dropped", len(p.Events), size, p.Dropped)
	}
	if e := p.Events[0]; len(e.Target) > maxText+len("…") || len(e.Actor) > maxName+len("…") || !strings.HasSuffix(e.Target, "x…") {
		t.Errorf("target of %d bytes, actor of %d bytes", len(e.Target), len(e.Actor))
	}
}

// TestDataSourcesShareMemory: the total size of the events of all data sources is bounded.
func TestDataSourcesShareMemory(t *testing.T) {
	fill := func(l *Log) {
		for range MaxEvents {
			l.Record(Event{Target: strings.Repeat("x", maxText), Message: strings.Repeat("y", maxText)})
		}
	}
	first := openLog(t, Options{})
	fill(first)
	logs := []*Log{first}
	for range 31 {
		logs = append(logs, openLog(t, Options{}))
	}
	fill(logs[31])
	total := 0
	for _, l := range logs {
		total += l.memory.size
	}
	if one := first.memory.size; one == 0 || one > maxProcessBytes/32 || total > maxProcessBytes {
		t.Errorf("%d bytes of the first data source, %d in total", one, total)
	}
	if slots := len(first.memory.events.slots); slots != first.memory.events.n {
		t.Errorf("%d slots for %d events", slots, first.memory.events.n)
	}
	first.Record(event(1))
	if got := targets(first); got[0] != "metric_1" {
		t.Errorf("newest event %q", got[0])
	}
}

func TestPageFiltersEvents(t *testing.T) {
	l := openLog(t, Options{})
	for i := range 10 {
		e := event(i)
		if i%2 == 1 {
			e.Actor, e.Verdict, e.Reason = "alert:r1", Observe, "range_too_long"
		}
		l.Record(e)
	}
	for _, test := range []struct {
		name string
		f    Filter
		want string // last digits of the targets
	}{
		{"all", Filter{}, "9876543210"},
		{"limit", Filter{Limit: 3}, "987"},
		{"span", Filter{From: time.Unix(3, 0), To: time.Unix(5, 0)}, "543"},
		{"from", Filter{From: time.Unix(8, 1)}, "9"},
		{"actor", Filter{Actor: "ada"}, "86420"},
		{"verdict", Filter{Verdict: Observe, Limit: 2}, "97"},
		{"reason", Filter{Reason: "range_too_long", To: time.Unix(4, 0)}, "31"},
		{"none", Filter{Actor: "bob"}, ""},
	} {
		got := ""
		for _, e := range l.Page(test.f).Events {
			got += e.Target[len(e.Target)-1:]
		}
		if got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

// TestEventsRemainWhenSettingsChange: when the settings of a data source change, Grafana
// creates a new instance before it disposes of the old one.
func TestEventsRemainWhenSettingsChange(t *testing.T) {
	source := Source{Org: sources.Add(1), UID: "a"}
	before := openLog(t, Options{Source: source})
	before.Record(event(1))
	after := openLog(t, Options{Source: source})
	before.Close()
	before.Close() // has no effect
	after.Record(event(2))
	if diff := cmp.Diff([]string{"metric_2", "metric_1"}, targets(after)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(Counts{Blocks: 2, ByReason: map[string]int64{"promql_not_allowed": 2}}, after.Counts()); diff != "" {
		t.Error(diff)
	}
	if other := openLog(t, Options{Source: Source{Org: source.Org + 1000, UID: "a"}}); len(targets(other)) != 0 {
		t.Error("another organization sees the events")
	}
	after.Close()
	if reopened := openLog(t, Options{Source: source}); len(targets(reopened)) != 0 {
		t.Error("events remain in memory without a data source")
	}
}

// decisions counts calls of an Observer.
type decisions struct {
	mu      sync.Mutex
	reasons map[string]int
	dropped atomic.Int64
}

func (d *decisions) Decision(verdict, reason string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.reasons[verdict+" "+reason]++
}

func (d *decisions) AuditDropped(n int) { d.dropped.Add(int64(n)) }

func TestDecisionsAreCountedAndLogged(t *testing.T) {
	counted := &decisions{reasons: map[string]int{}}
	var logged []Event
	l := openLog(t, Options{Observer: counted, Write: func(e Event) { logged = append(logged, e) }})
	for _, verdict := range Verdicts {
		l.Record(Event{Verdict: verdict, Reason: "range_too_long"})
	}
	if diff := cmp.Diff(map[string]int{"block range_too_long": 1, "observe range_too_long": 1}, counted.reasons); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(Counts{Blocks: 1, Observes: 1, ByReason: map[string]int64{"range_too_long": 2}}, l.Counts()); diff != "" {
		t.Error(diff)
	}
	if len(logged) != 3 || logged[2].Verdict != Block || logged[0].Time.IsZero() {
		t.Errorf("logged %+v", logged)
	}
}

func TestCleanEvents(t *testing.T) {
	mask := func(text string) string { return strings.ReplaceAll(text, "hunter2hunter2", "***") }
	long := strings.Repeat("x", maxText-5) + "hunter2hunter2"
	e := Event{Actor: "a\xffb", Target: `up{password="hunter2hunter2"}`, Message: long, Matchers: `a="hunter2hunter2"`}.clean(mask)
	if e.Actor != "a\uFFFDb" {
		t.Errorf("actor %q isn't valid UTF-8", e.Actor)
	}
	if e.Target != `up{password="***"}` || e.Matchers != `a="***"` {
		t.Errorf("a secret remains in %+v", e)
	}
	// If the message were clipped before it is masked, the beginning of the secret would
	// remain.
	if strings.Contains(e.Message, "hunter") || len(e.Message) > maxText+len("…") {
		t.Errorf("message %q", e.Message[maxText-20:])
	}
}

func TestText(t *testing.T) {
	e := Event{Actor: "ada", Org: 2, Role: "Viewer", Action: "query", Target: "up", Verdict: Block, Reason: "promql_not_allowed", Message: "Only metrics of the catalog may be queried."}
	if got, want := e.Text(), "block query of ada (org 2, Viewer): up: promql_not_allowed: Only metrics of the catalog may be queried."; got != want {
		t.Errorf("got %s", got)
	}
	if got, want := (Event{Actor: "alert:r1", Org: 1, Action: "labels", Verdict: Allow}).Text(), "allow labels of alert:r1 (org 1)"; got != want {
		t.Errorf("got %s", got)
	}
}

func TestFrame(t *testing.T) {
	allowed := Event{Time: time.Unix(2, 0).UTC(), Actor: "ada", Org: 1, Action: "labels", Verdict: Allow}
	frame, err := Frame([]Event{event(1), allowed})
	if err != nil {
		t.Fatal(err)
	}
	text, err := frame.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"type":"log-lines"`, `"preferredVisualisationType":"logs"`,
		`"name":"timestamp"`, `"name":"body"`, `"name":"severity"`, `"name":"labels"`,
		`[1000,2000]`, `["warning","debug"]`, `"block query of ada (org 1, Viewer): metric_1: promql_not_allowed"`,
		`{"action":"query","actor":"ada","org":"1","reason":"promql_not_allowed","role":"Viewer","target":"metric_1","verdict":"block"}`,
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %s in %s", want, text)
		}
	}
}

func TestConcurrentUse(t *testing.T) {
	l := openLog(t, Options{Observer: &decisions{reasons: map[string]int{}}})
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for i := range 500 {
				l.Record(event(i))
				l.Page(Filter{Limit: 10})
				l.Counts()
			}
		})
	}
	group.Go(l.Close)
	group.Wait()
	if n := l.Counts().Blocks; n != 2000 {
		t.Errorf("%d blocks", n)
	}
}
