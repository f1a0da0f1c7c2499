package hostile

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/tsdb"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/prometheus"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/process"
)

// backgroundTime is the environment variable that makes the test binary run as the
// background process. Its value is the time of the queries, in the form of time.RFC3339.
const backgroundTime = "HOSTILE_BACKGROUND"

var (
	values     = Values()
	now        = queryTime()
	background *backgroundProcess // nil in the background process itself
	serverURL  string             // Prometheus of the background process
	asUsual    func(f func())     // calls f; the processes that f starts have the usual priority
)

// attackNice is the nice value of this process, which runs the attackers and their servers. In
// practice, attackers run on other machines and take no CPU time from the plugin. The plugin
// and the background process have the usual priority.
const attackNice = 10

// queryTime returns the time of the queries. The test process passes its time to the
// background process.
func queryTime() time.Time {
	if at, err := time.Parse(time.RFC3339, os.Getenv(backgroundTime)); err == nil {
		return at.Local()
	}
	return time.Now().Truncate(time.Second)
}

func TestMain(m *testing.M) {
	run := runTests
	if os.Getenv(backgroundTime) != "" {
		run = func(*testing.M) (int, error) { return 0, serveBackground(context.Background()) }
	}
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func runTests(m *testing.M) (code int, err error) {
	if background, err = startBackground(); err != nil {
		return 1, err
	}
	serverURL = background.url
	if asUsual, err = process.LowerPriority(attackNice); err != nil {
		return 1, errors.Join(err, background.end())
	}
	return m.Run(), background.end()
}

// startServer starts a Prometheus with one series for each label value that Values returns,
// and with the series of the background queries. The function that it returns stops the
// server and removes its storage.
func startServer(ctx context.Context) (url string, stop func(), err error) {
	dir, err := os.MkdirTemp("", "modelmetrics-")
	if err != nil {
		return "", nil, err
	}
	remove := func() { _ = os.RemoveAll(dir) }
	if err := write(ctx, dir); err != nil {
		remove()
		return "", nil, err
	}
	server, err := prometheus.Start(ctx, prometheus.Options{
		Dir: dir, Listen: "127.0.0.1:0",
		Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	if err != nil {
		remove()
		return "", nil, err
	}
	return server.URL(), func() {
		_ = server.Close()
		remove()
	}, nil
}

// write writes the series into the server's storage.
func write(ctx context.Context, dir string) error {
	db, err := tsdb.Open(dir, nil, nil, tsdb.DefaultOptions(), nil)
	if err != nil {
		return err
	}
	app := db.Appender(ctx)
	if err := writeBackground(app); err != nil {
		return err
	}
	for i, value := range values {
		series := labels.FromStrings("__name__", "total_invocations", "model_code", value, "model_version", "1", "status", "SUCCESS", "type", "SYNC", "job", "hostile")
		if _, err := app.Append(0, series, now.UnixMilli(), weight(i)); err != nil {
			return err
		}
	}
	if err := app.Commit(); err != nil {
		return err
	}
	return db.Close()
}
