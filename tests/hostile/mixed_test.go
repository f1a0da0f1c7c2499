package hostile

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	hostileserver "github.com/modelmetrics/modelmetrics-catalog-datasource/tests/hostile/server"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/process"
)

var duration = flag.Duration("for", 3*time.Second, "`duration` of TestMixedLoad")

const (
	attackers   = 6         // concurrent attacks
	maxRetained = 200 << 20 // bytes of memory after the load
	retainFor   = time.Minute
)

// TestMixedLoad runs random attacks concurrently against one process. The plugin must answer
// the background queries correctly, on a separate connection and on the attackers' connection.
// After the attacks have ended, the plugin's memory must fall below maxRetained.
func TestMixedLoad(t *testing.T) {
	upstream := hostileserver.Start()
	defer upstream.Close()
	v := startTarget(t)
	baseline := background.attach(t, v)
	want, err := expectedResponses(t.Context(), v.Host)
	if err != nil {
		t.Fatal(err)
	}
	before, err := v.usage(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("seed %d", *seed)

	ctx, cancel := context.WithTimeoutCause(t.Context(), *duration, errCanceled)
	defer cancel()
	go v.report(ctx, t)
	go v.profilePeaks(ctx, t)
	ended := make(chan error, 1)
	go func() {
		var group sync.WaitGroup
		for i := range attackers {
			group.Go(func() { v.attackUntil(ctx, t, upstream, i) })
		}
		group.Go(func() { v.checkSharedConnection(ctx, t, want) })
		group.Wait()
		ended <- nil
	}()
	took, errs := background.runUntil(ended)
	if over := v.limit.Over(); over > 0 {
		t.Fatalf("the plugin was killed at %s of memory; the limit is %s", megabytes(over), megabytes(*memoryCap))
	}
	for _, err := range errs {
		t.Errorf("background query: %v", err)
	}
	after := v.settle(t)
	v.checkResources(t, upstream, before)
	kept, within := v.returnsMemory(t)
	t.Logf("peak %s; %v of CPU time at the end; %s remain after %v; %s",
		megabytes(v.limit.Peak()), after, megabytes(kept), within.Round(time.Second), describeDelay(took, baseline))
}

// attackUntil runs attacks one after another until ctx ends or the plugin exceeds its memory
// limit. The attacks use the same data source ids with different settings.
func (v *target) attackUntil(ctx context.Context, t *testing.T, upstream *hostileserver.Server, attacker int) {
	t.Helper()
	d := dice{rand.New(rand.NewPCG(*seed, uint64(attacker)))}
	for ctx.Err() == nil && v.limit.Over() == 0 {
		s := scenarios[d.IntN(len(scenarios))]
		a := s.attack(d)
		a.busy = true
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
		for _, text := range a.violations(outcomes) {
			t.Errorf("%s: %s", s.name, text)
		}
	}
}

// checkSharedConnection repeats the background queries on the attackers' connection, because
// Grafana sends all calls over one connection. It ends when ctx ends, a query fails or the
// plugin is killed. It ignores the durations, because the attackers in this process delay the
// queries.
func (v *target) checkSharedConnection(ctx context.Context, t *testing.T, want []string) {
	t.Helper()
	for ctx.Err() == nil && v.limit.Over() == 0 {
		_, errs := runBackground(t.Context(), v.Host, want, 1)
		if len(errs) == 0 {
			continue
		}
		if v.limit.Over() == 0 {
			t.Errorf("background query on the attackers' connection: %v", errors.Join(errs...))
		}
		return
	}
}

// report logs the plugin's resources once a minute until ctx ends or the plugin is gone.
func (v *target) report(ctx context.Context, t *testing.T) {
	t.Helper()
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
		t.Logf("%.0f MiB now, peak %s, %d goroutines, %d descriptors", mib, megabytes(v.limit.Peak()), now.goroutines, now.descriptors)
	}
}

// returnsMemory waits up to retainFor until the plugin uses less memory than maxRetained. It
// returns the remaining memory in bytes and the duration of the wait.
func (v *target) returnsMemory(t *testing.T) (kept int64, within time.Duration) {
	t.Helper()
	begun := time.Now()
	for {
		mib, err := process.Memory(v.Pid(), process.Current)
		if err != nil {
			t.Fatal(err)
		}
		kept, within = int64(mib*(1<<20)), time.Since(begun)
		if kept < maxRetained {
			return kept, within
		}
		if within > retainFor {
			t.Errorf("%s of memory remain %v after the load; the limit is %s", megabytes(kept), retainFor, megabytes(maxRetained))
			return kept, within
		}
		time.Sleep(100 * time.Millisecond)
	}
}
