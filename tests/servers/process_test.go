package servers

import (
	"errors"
	"net"
	"net/http"
	"os/exec"
	"testing"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/process"
)

// startTimeout limits the time until a server is ready.
const startTimeout = 30 * time.Second

// start runs one of Debian's servers as a child process in a temporary folder until the
// end of the test. It waits until the server responds at the URL in the parameter ready.
// If the program isn't installed, the test is skipped.
func start(t *testing.T, program, ready string, args ...string) {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		t.Skipf("Debian's package %s isn't installed", program)
	}
	var output process.Output
	cmd := exec.Command(path, args...) //nolint:noctx // Cleanup kills it
	cmd.Dir, cmd.Stdout, cmd.Stderr = t.TempDir(), &output, &output
	// VictoriaMetrics' threads sum series in random order. Its results are only
	// reproducible with a single thread.
	cmd.Env = append(cmd.Environ(), "GOMAXPROCS=1")
	killWithTests(cmd)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait() // a killed server exits with an error
		close(ended)
	}()
	t.Cleanup(func() {
		kill(cmd)
		<-ended
	})
	for deadline := time.Now().Add(startTimeout); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		select {
		case <-ended:
			t.Fatalf("%s exited before it was ready:\n%s", program, &output)
		default:
		}
		if resp, err := http.Get(ready); err == nil { //nolint:noctx // loopback
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return
			}
		}
	}
	t.Fatalf("%s isn't ready at %s:\n%s", program, ready, &output)
}

// freeAddress returns an unused loopback address.
func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := listener.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		t.Fatal(err)
	}
	return listener.Addr().String()
}
