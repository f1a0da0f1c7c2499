package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/bench/responses"
)

// profileTime is the duration of the CPU profile.
const profileTime = 15 * time.Second

// profile repeats a query of the given number of series, and writes cpu.pprof and allocs.pprof to a folder. The
// profiles come from the SDK's profiler, which environment variables enable.
func profile(ctx context.Context, c candidate, folder string, series int) error {
	port, err := freePort()
	if err != nil {
		return err
	}
	c.env = append(c.env, "GF_PLUGIN_PROFILING_ENABLED=true", "GF_PLUGIN_PROFILING_PORT="+port)
	response := responses.Matrix("profile", series, responses.LargePoints, responses.Floats)
	up, err := serve(response)
	if err != nil {
		return err
	}
	defer up.stop()
	plugin, err := c.start()
	if err != nil {
		return err
	}
	defer plugin.stop()
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return err
	}

	// After the first response, the profiler is ready.
	if _, _, err := plugin.query(ctx, up.url, response); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	written := make(chan error, 1)
	go func() {
		defer cancel()
		pprof := "http://127.0.0.1:" + port + "/debug/pprof/"
		written <- errors.Join(
			fetch(ctx, fmt.Sprintf("%sprofile?seconds=%.0f", pprof, profileTime.Seconds()), filepath.Join(folder, "cpu.pprof")),
			fetch(ctx, pprof+"allocs", filepath.Join(folder, "allocs.pprof")),
		)
	}()
	for ctx.Err() == nil {
		if _, _, err := plugin.query(ctx, up.url, response); err != nil && ctx.Err() == nil {
			return err
		}
	}
	if err := <-written; err != nil {
		return err
	}
	fmt.Printf("go tool pprof -top %s %s\ngo tool pprof -top -sample_index=alloc_space %[1]s %[3]s\n", c.binary, filepath.Join(folder, "cpu.pprof"), filepath.Join(folder, "allocs.pprof"))
	return nil
}

func freePort() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // doesn't block
	if err != nil {
		return "", err
	}
	defer func() { _ = listener.Close() }()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	return port, err
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
	if resp.StatusCode != http.StatusOK {
		return errors.New(url + " responds with " + strconv.Itoa(resp.StatusCode))
	}
	file, err := os.Create(path) //nolint:gosec // G304: a file in the folder that the user of the benchmark chose
	if err != nil {
		return err
	}
	_, err = io.Copy(file, resp.Body)
	return errors.Join(err, file.Close())
}
