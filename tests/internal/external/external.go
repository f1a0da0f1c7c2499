// Package external runs servers that are installed on this machine, such as Debian's
// Prometheus, as child processes of a test. The suites servers and stack call it.
package external

import (
	"errors"
	"net"
	"net/http"
	"os/exec"
	"testing"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/process"
)

// startTimeout limits the time until a server is ready. Grafana creates its database at the
// first start, which takes long on a slow machine.
const startTimeout = 2 * time.Minute

// Command returns the command of an installed program, such as one of Debian's. If the program
// isn't installed, the test is skipped.
func Command(t *testing.T, program string, args ...string) *exec.Cmd {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		t.Skipf("%s isn't installed. On Debian, it is in the package of this name", program)
	}
	return exec.Command(path, args...) //nolint:noctx,gosec // Start kills it; G204: a program that the test chose
}

// Start runs a command in a temporary folder until the end of the test. It waits until the
// server responds with the status 200 at the URL in the parameter ready. It returns the
// output.
func Start(t *testing.T, cmd *exec.Cmd, ready string) *process.Output {
	t.Helper()
	output := &process.Output{}
	cmd.Dir, cmd.Stdout, cmd.Stderr = t.TempDir(), output, output
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
			t.Fatalf("%s exited before it was ready:\n%s", cmd.Path, output)
		default:
		}
		if resp, err := http.Get(ready); err == nil { //nolint:noctx,gosec // loopback
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return output
			}
		}
	}
	t.Fatalf("%s isn't ready at %s:\n%s", cmd.Path, ready, output)
	return nil
}

// FreeAddress returns an unused loopback address.
func FreeAddress(t *testing.T) string {
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
