package hostile

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	hostileserver "github.com/modelmetrics/modelmetrics-catalog-datasource/tests/hostile/server"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/process"
)

var duration = flag.Duration("for", 3*time.Second, "how long TestMixedLoad attacks")

const (
	attackers = 6         // attacks at the same time
	maxKept   = 200 << 20 // bytes of memory that the load leaves behind
	keptFor   = time.Minute
)

// TestMixedLoad: attacks of all kinds at the same time, on one process. When they
// have ended, the plugin gives back what they took.
func TestMixedLoad(t *testing.T) {
	upstream := hostileserver.Start()
	defer upstream.Close()
	v := startVictim(t)
	wanted := rightAnswers(t, v)
	quiet, errs := askAll(t.Context(), v.Host, wanted)
	if len(errs) > 0 {
		t.Fatal(errs[0])
	}
	before, err := v.usage(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("seed %d", *seed)

	ctx, cancel := context.WithTimeoutCause(t.Context(), *duration, errLeft)
	defer cancel()
	go v.report(ctx, t)
	ended := make(chan error, 1)
	go func() {
		var group sync.WaitGroup
		for i := range attackers {
			group.Go(func() { v.attackUntil(ctx, t, upstream, i) })
		}
		group.Wait()
		ended <- nil
	}()
	took, errs := v.askUntil(t.Context(), wanted, ended)
	if over := v.limit.Over(); over > 0 {
		t.Fatalf("the plugin was killed at %s of memory; the limit is %s", megabytes(over), megabytes(maxResident))
	}
	for _, err := range errs {
		t.Errorf("an ordinary query: %v", err)
	}
	after := v.settle(t)
	v.leavesNothing(t, upstream, before)
	kept, within := v.returnsMemory(t)
	t.Logf("peak %s; %v of processor time at the end; %s are left after %v; ordinary p95 %.1f times (%v) of %d queries",
		megabytes(v.limit.Peak()), after, megabytes(kept), within.Round(time.Second),
		float64(percentile95(took))/float64(percentile95(quiet)), percentile95(quiet).Round(time.Millisecond), len(took))
}

// attackUntil makes one attack after another, from one data source whose settings
// change each time.
func (v *victim) attackUntil(ctx context.Context, t *testing.T, upstream *hostileserver.Server, attacker int) {
	d := dice{rand.New(rand.NewPCG(*seed, uint64(attacker)))}
	for ctx.Err() == nil && v.limit.Over() == 0 {
		line := lines[d.IntN(len(lines))]
		a := line.with(d)
		route := upstream.Route(fmt.Sprintf("attacker-%d", attacker), a.api)
		const firstID = 100
		outcomes, err := v.launch(ctx, a, firstID+int64(attacker), route)
		if err != nil {
			t.Error(err)
			return
		}
		if v.limit.Over() > 0 {
			return
		}
		for _, text := range a.wrongs(outcomes) {
			t.Errorf("%s: %s", line.name, text)
		}
	}
}

// report logs what the plugin uses, once a minute.
func (v *victim) report(ctx context.Context, t *testing.T) {
	for tick := time.NewTicker(time.Minute); ; {
		select {
		case <-ctx.Done():
			tick.Stop()
			return
		case <-tick.C:
		}
		now, err := v.usage(ctx)
		mib, memoryErr := process.Memory(v.Pid(), process.Current)
		if err != nil || memoryErr != nil {
			return
		}
		t.Logf("%.0f MiB now, %s at most, %d goroutines, %d descriptors", mib, megabytes(v.limit.Peak()), now.goroutines, now.descriptors)
	}
}

// returnsMemory waits until the plugin has given back the memory of a peak. It
// returns how much is left, and after how long.
func (v *victim) returnsMemory(t *testing.T) (kept int64, within time.Duration) {
	t.Helper()
	begun := time.Now()
	for {
		mib, err := process.Memory(v.Pid(), process.Current)
		if err != nil {
			t.Fatal(err)
		}
		kept, within = int64(mib*(1<<20)), time.Since(begun)
		if kept < maxKept {
			return kept, within
		}
		if within > keptFor {
			t.Errorf("%s of memory are left %v after the load; the limit is %s", megabytes(kept), keptFor, megabytes(maxKept))
			return kept, within
		}
		time.Sleep(100 * time.Millisecond)
	}
}
