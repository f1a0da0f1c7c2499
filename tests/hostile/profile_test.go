package hostile

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/process"
)

var (
	profiles  = flag.String("profiles", "", "`folder` for heap profiles and goroutines of the plugin at the peaks of its memory")
	memoryCap = flag.Int64("cap", maxResident, "`bytes` of memory above which the plugin is killed")
)

// Profiles are written when the memory exceeds profiledAbove, and again each time it has
// grown by profiledGrowth. The constants are in bytes.
const (
	profiledAbove  = 500 << 20
	profiledGrowth = 100 << 20
)

// profilerEnv returns the environment variables that enable the SDK's profiler, and the
// profiler's URL. Both are empty without the flag -profiles.
func profilerEnv() (env []string, url string, err error) {
	if *profiles == "" {
		return nil, "", nil
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // doesn't block
	if err != nil {
		return nil, "", err
	}
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		return nil, "", err
	}
	return []string{"GF_PLUGIN_PROFILING_ENABLED=true", "GF_PLUGIN_PROFILING_PORT=" + port}, "http://127.0.0.1:" + port + "/debug/pprof/", listener.Close()
}

// profilePeaks writes profiles whenever the memory has grown by profiledGrowth, until ctx
// ends. Without the flag -profiles, it does nothing.
func (v *target) profilePeaks(ctx context.Context, t *testing.T) {
	t.Helper()
	if *profiles == "" {
		return
	}
	const interval = 20 * time.Millisecond
	above := int64(profiledAbove)
	for tick := time.NewTicker(interval); ; {
		select {
		case <-ctx.Done():
			tick.Stop()
			return
		case <-tick.C:
		}
		mib, err := process.Memory(v.Pid(), process.Current)
		if err != nil {
			return
		}
		size := int64(mib * (1 << 20))
		if size < above {
			continue
		}
		above = size + profiledGrowth
		for _, name := range []string{"goroutine", "heap"} {
			path := filepath.Join(*profiles, fmt.Sprintf("%s-%.0f.txt", name, mib))
			if err := fetch(ctx, v.profiler+name+"?debug=1", path); err != nil {
				t.Logf("profile at %s: %v", megabytes(size), err)
			}
		}
	}
}

// fetch writes the response of a URL to a file.
func fetch(ctx context.Context, url, path string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	const mode = 0o600
	return os.WriteFile(path, text, mode)
}
