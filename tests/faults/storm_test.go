package faults

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"go.uber.org/goleak"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/plugin"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/faults/upstream"
)

// instance is a data source in this process, where goroutines can be counted.
func instance(t *testing.T, address string, settings Settings) *plugin.DataSource {
	t.Helper()
	made, err := plugin.NewInstance(t.Context(), source("http", address, settings))
	if err != nil {
		t.Fatal(err)
	}
	d, isDataSource := made.(*plugin.DataSource)
	if !isDataSource {
		t.Fatalf("a %T", made)
	}
	return d
}

// heap is what is in use once nothing is waiting to be freed: what pools keep
// goes with the second collection.
func heap() int64 {
	runtime.GC()
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}

// mostKept bounds what a storm may leave in memory. Go itself keeps 2 MiB: what
// describes a goroutine, of the thousands that ran at once. The answers come to
// 40 MiB of samples, of which a leak of a tenth would show.
const mostKept = 5 << 20

// TestStorm: a thousand queries at once, of which nearly half go wrong in every
// way. Every query is answered once, with its own answer; when the data sources
// are disposed of, no goroutine, no connection and no memory is left.
func TestStorm(t *testing.T) {
	before := goleak.IgnoreCurrent()
	own := upstream.Start(false)
	patient := instance(t, own.Host(), Settings{"seriesLimit": 1000})
	hasty := instance(t, own.Host(), Settings{"queryTimeout": "2s"})
	asking := func(d *plugin.DataSource) asker {
		return func(queries []backend.DataQuery) (backend.Responses, error) {
			answer, err := d.QueryData(t.Context(), &backend.QueryDataRequest{Queries: queries})
			if err != nil {
				return nil, err
			}
			return answer.Responses, nil
		}
	}
	// What is made once for all, such as metrics, is made now.
	storm(t, "breeze", mixed[:10], 1, asking(patient))
	empty := heap()

	begun := time.Now()
	var group sync.WaitGroup
	group.Go(func() { storm(t, "storm", mixed, 97, asking(patient)) })
	group.Go(func() { storm(t, "slow", slow, 3, asking(hasty)) })
	group.Wait()
	t.Logf("1,000 queries in %v over %d connections", time.Since(begun).Round(time.Millisecond), own.Accepted())

	storm(t, "calm", mixed[:8], 1, asking(patient)) // resets cost the idle connections; these leave some
	patient.Dispose()
	hasty.Dispose()
	until(t, "the server has no connections", func() bool { return own.Open() == 0 })
	own.Close()
	kept := heap() - empty
	t.Logf("heap: %.1f MiB before, %+.2f MiB after", float64(empty)/(1<<20), float64(kept)/(1<<20))
	if kept > mostKept {
		t.Errorf("%d bytes are left in memory", kept)
	}
	goleak.VerifyNone(t, before)
}

// TestStormOverGRPC: a third of it through the compiled plugin.
func TestStormOverGRPC(t *testing.T) {
	own := upstream.Start(false)
	defer own.Close()
	from := compiled.WithDataSource(source("http", own.Host(), Settings{"seriesLimit": 1000}))
	begun, before := time.Now(), residentMiB(t)
	storm(t, "grpc", mixed, 30, func(queries []backend.DataQuery) (backend.Responses, error) {
		answer, err := from.QueryData(t.Context(), queries, nil)
		if err != nil {
			return nil, err
		}
		return answer.Responses, nil
	})
	t.Logf("300 queries in %v over %d connections; the plugin's memory (RSS): %d MiB before, %d MiB after",
		time.Since(begun).Round(time.Millisecond), own.Accepted(), before, residentMiB(t))
}

// residentMiB is the resident memory of the plugin's process; 0 where the system
// doesn't tell.
func residentMiB(t *testing.T) int {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", compiled.Pid()))
	if err != nil {
		return 0
	}
	_, after, _ := strings.Cut(string(text), "VmRSS:")
	kib, err := strconv.Atoi(strings.TrimSpace(strings.SplitN(after, "kB", 2)[0]))
	if err != nil {
		t.Fatal(err)
	}
	return kib >> 10
}
