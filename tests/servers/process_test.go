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

// patience is how long a server may take until it answers.
const patience = 30 * time.Second

// start runs a server of Debian's as a child process, in a folder of its own,
// until the test ends, and waits until the page at ready is there. Where the
// program is missing the test is skipped.
func start(t *testing.T, program, ready string, args ...string) {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		t.Skipf("Debian's package %s isn't installed", program)
	}
	var said process.Output
	cmd := exec.Command(path, args...) //nolint:noctx // it outlives no test: see Cleanup
	cmd.Dir, cmd.Stdout, cmd.Stderr = t.TempDir(), &said, &said
	// VictoriaMetrics sums series in the order in which its threads come to them:
	// only with a single one are two of its answers equal to the last bit.
	cmd.Env = append(cmd.Environ(), "GOMAXPROCS=1")
	tie(cmd)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait() // a server that is killed ends with an error
		close(ended)
	}()
	t.Cleanup(func() {
		end(cmd)
		<-ended
	})
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		select {
		case <-ended:
			t.Fatalf("%s ended before it answered:\n%s", program, &said)
		default:
		}
		if resp, err := http.Get(ready); err == nil { //nolint:noctx // loopback
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return
			}
		}
	}
	t.Fatalf("%s doesn't answer at %s:\n%s", program, ready, &said)
}

// freeAddress is a loopback address that nobody listens on just now.
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
