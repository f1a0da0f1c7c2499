package hostile

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	hostileserver "github.com/modelmetrics/modelmetrics-catalog-datasource/tests/hostile/server"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/process"
)

var (
	all       = flag.Bool("all", false, "make every attack, not only the first of each kind")
	mutations = flag.Int("mutations", 0, "mutations of each attack")
	seed      = flag.Uint64("seed", 14, "of the mutations")
)

// TestAttacks: whatever a caller, a server or a setting chooses, the plugin stays
// within its memory, answers its other callers rightly, and has stopped working for a
// caller a second after that has left. Each attack meets a process of its own, while
// ordinary queries run alongside. go tool mage hostile makes all attacks, which takes
// many minutes.
func TestAttacks(t *testing.T) {
	chosen := lines
	if !*all {
		chosen = nil
		for _, kind := range kinds {
			chosen = append(chosen, kind[0])
		}
	}
	for _, line := range chosen {
		for m := range 1 + *mutations {
			d, name := dice{}, line.name
			if m > 0 {
				d, name = dice{rand.New(rand.NewPCG(*seed, uint64(m)))}, fmt.Sprintf("%s, mutation %d", line.name, m)
			}
			t.Run(name, func(t *testing.T) { line.with(d).test(t) })
		}
	}
}

// test makes the attack on a process of its own.
func (a attack) test(t *testing.T) {
	upstream := hostileserver.Start()
	defer upstream.Close()
	v := startVictim(t)
	wanted := rightAnswers(t, v)
	quiet, errs := askAll(t.Context(), v.Host, wanted) // the baseline
	if len(errs) > 0 {
		t.Fatal(errs[0])
	}
	before, err := v.usage(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := v.limit.ResetPeak(); err != nil {
		t.Fatal(err)
	}

	route := upstream.Route("attack", a.api)
	const id = 2
	var outcomes []outcome
	ended := make(chan error, 1)
	begun := time.Now()
	go func() {
		var err error
		outcomes, err = v.launch(t.Context(), a, id, route)
		ended <- err
	}()
	took, errs := v.askUntil(t.Context(), wanted, ended)
	elapsed := time.Since(begun)

	if over := v.limit.Over(); over > 0 {
		t.Fatalf("the plugin was killed at %s of memory; the limit is %s", megabytes(over), megabytes(maxResident))
	}
	for _, err := range errs {
		t.Errorf("an ordinary query: %v", err)
	}
	after := v.settle(t)
	for _, text := range a.wrongs(outcomes) {
		t.Error(text)
	}
	if a.check != nil {
		a.check(t, seen{outcomes, route, v.stderr.String()})
	}
	v.leavesNothing(t, upstream, before)
	t.Logf("peak %s, %v, then %v of processor time; %s; %d requests to the server, %d at a time; ordinary p95 %.1f times (%v)",
		megabytes(v.limit.Peak()), elapsed.Round(time.Millisecond), after, summary(outcomes), len(route.Requests()), route.Busiest(),
		float64(percentile95(took))/float64(percentile95(quiet)), percentile95(quiet).Round(time.Millisecond))
}

// askUntil sends the ordinary queries over and over until something has ended, which
// it waits for. Its first error is that.
func (v *victim) askUntil(ctx context.Context, wanted []string, ended <-chan error) (took []time.Duration, errs []error) {
	for {
		all, failed := askAll(ctx, v.Host, wanted)
		took, errs = append(took, all...), append(errs, failed...)
		select {
		case err := <-ended:
			if err != nil {
				errs = slices.Insert(errs, 0, err)
			}
			return took, errs
		case <-time.After(100 * time.Millisecond):
		}
		if len(failed) > 0 { // one round of errors tells enough
			return took, append(errs, <-ended)
		}
	}
}

// settle waits until the plugin does nothing and returns the processor time that it
// used until then.
func (v *victim) settle(t *testing.T) time.Duration {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	after, err := process.Quiet(ctx, v.Pid())
	if err != nil {
		t.Errorf("the plugin still works %v after the last caller has left: it used %v of processor time (%v)", patience, after, err)
	} else if after > maxAfter {
		t.Errorf("the plugin used %v of processor time after the last caller has left; the limit is %v", after, maxAfter)
	}
	return after
}

// leavesNothing wants the goroutines and the files of the plugin to be as before. The
// connections that it keeps for later requests end with the server's.
func (v *victim) leavesNothing(t *testing.T, upstream *hostileserver.Server, before usage) {
	t.Helper()
	var now usage
	for deadline := time.Now().Add(settling); ; time.Sleep(50 * time.Millisecond) {
		held := upstream.Held()
		if held == 0 {
			upstream.CloseConnections()
		}
		var err error
		if now, err = v.usage(t.Context()); err != nil {
			t.Fatal(err)
		}
		// The ordinary queries' own connections come and go.
		const slack = 12
		switch {
		case held == 0 && now.goroutines <= before.goroutines+slack && now.descriptors <= before.descriptors+slack/2:
			return
		case time.Now().After(deadline):
			t.Errorf("%d goroutines and %d descriptors are left where there were %d and %d; the server is still held by %d connections",
				now.goroutines, now.descriptors, before.goroutines, before.descriptors, held)
			return
		}
	}
}

func megabytes(bytes int64) string { return fmt.Sprintf("%.0f MB", float64(bytes)/1e6) }
