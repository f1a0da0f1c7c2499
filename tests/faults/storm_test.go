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

// instance returns a data source in this process, so that a test can count goroutines.
func instance(t *testing.T, address string, settings Settings) *plugin.DataSource {
	t.Helper()
	created, err := plugin.NewInstance(t.Context(), source("http", address, settings))
	if err != nil {
		t.Fatal(err)
	}
	d, isDataSource := created.(*plugin.DataSource)
	if !isDataSource {
		t.Fatalf("NewInstance returned a %T", created)
	}
	return d
}

// heap returns the number of heap bytes in use after garbage collection. The second
// collection frees the objects in pools.
func heap() int64 {
	runtime.GC()
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}

// maxRetained is the maximum number of bytes that remain in use after a storm. Go keeps 2
// MiB for the descriptors of thousands of goroutines. The responses have 40 MiB of samples.
// If a tenth of the samples leaked, 6 MiB would remain.
const maxRetained = 5 << 20

// TestStorm runs a thousand queries in concurrent requests. About half of the queries fail,
// in various ways. Every query must receive its own response. After the data sources are
// disposed, at most maxRetained bytes may remain, but no goroutine and no connection.
func TestStorm(t *testing.T) {
	before := goleak.IgnoreCurrent()
	faulty := upstream.Start(false)
	longTimeout := instance(t, faulty.Host(), Settings{"seriesLimit": 1000})
	shortTimeout := instance(t, faulty.Host(), Settings{"queryTimeout": "2s"})
	runWith := func(d *plugin.DataSource) runner {
		return func(queries []backend.DataQuery) (backend.Responses, error) {
			answer, err := d.QueryData(t.Context(), &backend.QueryDataRequest{Queries: queries})
			if err != nil {
				return nil, err
			}
			return answer.Responses, nil
		}
	}
	// The first queries create global state such as metrics.
	storm(t, "breeze", mixed[:10], 1, runWith(longTimeout))
	empty := heap()

	begun := time.Now()
	var group sync.WaitGroup
	group.Go(func() { storm(t, "storm", mixed, 97, runWith(longTimeout)) })
	group.Go(func() { storm(t, "slow", slow, 3, runWith(shortTimeout)) })
	group.Wait()
	t.Logf("1,000 queries in %v over %d connections", time.Since(begun).Round(time.Millisecond), faulty.Accepted())

	// These queries leave idle connections, which Dispose must close.
	storm(t, "calm", mixed[:8], 1, runWith(longTimeout))
	longTimeout.Dispose()
	shortTimeout.Dispose()
	waitUntil(t, "the server has no connections", func() bool { return faulty.Open() == 0 })
	faulty.Close()
	kept := heap() - empty
	t.Logf("heap: %.1f MiB before, %+.2f MiB after", float64(empty)/(1<<20), float64(kept)/(1<<20))
	if kept > maxRetained {
		t.Errorf("%d bytes remain in memory", kept)
	}
	goleak.VerifyNone(t, before)
}

// TestStormOverGRPC runs 300 queries through the compiled plugin.
func TestStormOverGRPC(t *testing.T) {
	faulty := upstream.Start(false)
	defer faulty.Close()
	from := compiled.WithDataSource(source("http", faulty.Host(), Settings{"seriesLimit": 1000}))
	begun, before := time.Now(), residentMiB(t)
	storm(t, "grpc", mixed, 30, func(queries []backend.DataQuery) (backend.Responses, error) {
		answer, err := from.QueryData(t.Context(), queries, nil)
		if err != nil {
			return nil, err
		}
		return answer.Responses, nil
	})
	t.Logf("300 queries in %v over %d connections; the plugin's memory (RSS): %d MiB before, %d MiB after",
		time.Since(begun).Round(time.Millisecond), faulty.Accepted(), before, residentMiB(t))
}

// residentMiB returns the resident memory of the plugin's process, or 0 on systems
// without /proc.
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
