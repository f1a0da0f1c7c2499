package hostile

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	hostileserver "github.com/modelmetrics/modelmetrics-catalog-datasource/tests/hostile/server"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/process"
)

var (
	all       = flag.Bool("all", false, "run every attack, not only the first of each kind")
	mutations = flag.Int("mutations", 0, "`number` of mutations of each attack")
	seed      = flag.Uint64("seed", 14, "`seed` of the mutations")
)

// slowFactor returns the delayFactor above which TestAttacks lists an attack in its last log
// line. It is 3 for an attack of up to 100 calls, all of them concurrent. For a larger attack
// it is the delay by a plugin that divides its time equally among all calls, those of the
// attack and the background queries. An attack above it doesn't fail the test, because the
// delayFactor depends on the machine.
func (a attack) slowFactor() float64 {
	return max(3, 1+float64(a.callCount())/float64(len(backgroundQueries)))
}

// TestAttacks runs attacks, each against a new process with concurrent background queries.
// The plugin must stay within its memory limit, answer the background queries correctly,
// and use at most a second of CPU time after the last call of the attack has ended. go tool
// mage hostile runs all attacks, which takes many minutes.
func TestAttacks(t *testing.T) {
	selected := scenarios
	if !*all {
		selected = nil
		for _, kind := range kinds {
			selected = append(selected, kind[0])
		}
	}
	runs, slow := 0, []string{}
	for _, s := range selected {
		for m := range 1 + *mutations {
			d, name := dice{}, s.name
			if m > 0 {
				d, name = dice{rand.New(rand.NewPCG(*seed, uint64(m)))}, fmt.Sprintf("%s, mutation %d", s.name, m)
			}
			t.Run(name, func(t *testing.T) {
				runs++
				a := s.attack(d)
				if factor, limit := a.test(t), a.slowFactor(); factor > limit {
					slow = append(slow, fmt.Sprintf("%s (%.1f times; limit %.1f)", name, factor, limit))
				}
			})
		}
	}
	t.Logf("%d runs; background p95 above the limit in %d runs: %s", runs, len(slow), cmp.Or(strings.Join(slow, "; "), "none"))
}

// test runs the attack against a new process. It returns the delayFactor of the background
// queries.
func (a attack) test(t *testing.T) (factor float64) {
	t.Helper()
	upstream := hostileserver.Start()
	defer upstream.Close()
	v := startTarget(t)
	baseline := background.attach(t, v)
	before, err := v.usage(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := v.limit.ResetPeak(); err != nil {
		t.Fatal(err)
	}

	profiling, stop := context.WithCancel(t.Context())
	defer stop()
	go v.profilePeaks(profiling, t)
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
	took, errs := background.runUntil(ended)
	elapsed := time.Since(begun)

	if over := v.limit.Over(); over > 0 {
		t.Fatalf("the plugin was killed at %s of memory; the limit is %s", megabytes(over), megabytes(*memoryCap))
	}
	for _, err := range errs {
		t.Errorf("background query: %v", err)
	}
	after := v.settle(t)
	for _, text := range a.violations(outcomes) {
		t.Error(text)
	}
	if a.check != nil {
		a.check(t, attackResult{outcomes, route, elapsed, v.stderr.String()})
	}
	v.checkResources(t, upstream, before)
	t.Logf("peak %s, %v, then %v of CPU time; %s; %d requests to the server, %d concurrent; %s",
		megabytes(v.limit.Peak()), elapsed.Round(time.Millisecond), after, summary(outcomes), len(route.Requests()), route.MaxConcurrent(),
		describeDelay(took, baseline))
	return delayFactor(took, baseline)
}

// delayFactor divides the 95th percentile of the durations during an attack by the 95th
// percentile of the durations before the attack.
func delayFactor(took, baseline []time.Duration) float64 {
	return float64(percentile95(took)) / float64(percentile95(baseline))
}

// describeDelay describes the delay of the background queries.
func describeDelay(took, baseline []time.Duration) string {
	return fmt.Sprintf("background p95 %v of %d queries, %.1f times %v",
		percentile95(took).Round(time.Millisecond), len(took), delayFactor(took, baseline), percentile95(baseline).Round(time.Millisecond))
}

// settle waits until the plugin is idle, at most for patience, and returns the CPU time that
// the plugin used until then.
func (v *target) settle(t *testing.T) time.Duration {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	after, err := process.Quiet(ctx, v.Pid())
	if err != nil {
		t.Errorf("the plugin isn't idle %v after the last call has ended: it used %v of CPU time (%v)", patience, after, err)
	} else if after > maxAfter {
		t.Errorf("the plugin used %v of CPU time after the last call had ended; the limit is %v", after, maxAfter)
	}
	return after
}

// checkResources checks that the plugin has at most a few more goroutines and file descriptors
// than before the attack. Each connection to the server needs both. Therefore checkResources
// closes the connections first.
func (v *target) checkResources(t *testing.T, upstream *hostileserver.Server, before usage) {
	t.Helper()
	var now usage
	for deadline := time.Now().Add(settleTime); ; time.Sleep(50 * time.Millisecond) {
		hijacked := upstream.Hijacked()
		if hijacked == 0 {
			upstream.CloseConnections()
		}
		var err error
		if now, err = v.usage(t.Context()); err != nil {
			t.Fatal(err)
		}
		// The number of connections of the background queries varies.
		const slack = 12
		switch {
		case hijacked == 0 && now.goroutines <= before.goroutines+slack && now.descriptors <= before.descriptors+slack/2:
			return
		case time.Now().After(deadline):
			t.Errorf("%d goroutines and %d descriptors remain; before the attack there were %d and %d; the server has %d hijacked connections",
				now.goroutines, now.descriptors, before.goroutines, before.descriptors, hijacked)
			return
		}
	}
}

func megabytes(bytes int64) string { return fmt.Sprintf("%.0f MB", float64(bytes)/1e6) }
