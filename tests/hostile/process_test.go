package hostile

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/rpc"
	"net/rpc/jsonrpc"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host"
)

// Background serves the commands of the background process, which runs Prometheus and the
// background queries. The test process runs the attackers. In the same process, the attackers
// would delay the background queries even if the plugin didn't. The background process
// receives commands as JSON-RPC on stdin and responds on stdout.
type Background struct {
	url    string     // Prometheus
	plugin *host.Host // nil if not attached
	want   []string   // expected responses to the queries; nil before the first successful Attach
}

// Attachment describes the plugin and the data source for the background queries.
type Attachment struct {
	Target string // gRPC target of the plugin
	Source backend.DataSourceInstanceSettings
}

// Round is the result of running each background query once.
type Round struct {
	Took   []time.Duration
	Errors []string
}

// serveBackground runs the background process until stdin is closed.
func serveBackground(ctx context.Context) error {
	url, stop, err := startServer(ctx)
	if err != nil {
		return err
	}
	defer stop()
	serverURL = url
	commands := rpc.NewServer()
	if err := commands.Register(&Background{url: url}); err != nil {
		return err
	}
	commands.ServeCodec(jsonrpc.NewServerCodec(stdio{os.Stdin, os.Stdout}))
	return nil
}

// URL returns the URL of Prometheus.
func (b *Background) URL(_ struct{}, url *string) error {
	*url = b.url
	return nil
}

// Attach opens a connection to a plugin and runs all queries, so that later durations don't
// contain the creation of the data source. The responses of the first plugin become the
// expected ones.
func (b *Background) Attach(to Attachment, _ *struct{}) (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if b.plugin, err = host.Attach(to.Target, to.Source); err != nil {
		return err
	}
	if b.want == nil {
		b.want, err = expectedResponses(ctx, b.plugin)
		return err
	}
	_, errs := runBackground(ctx, b.plugin, b.want, backgroundWorkers)
	return errors.Join(errs...)
}

// Detach closes the connection to the plugin.
func (b *Background) Detach(_ struct{}, _ *struct{}) error {
	if b.plugin != nil {
		b.plugin.Close()
	}
	b.plugin = nil
	return nil
}

// Run runs each query once.
func (b *Background) Run(_ struct{}, round *Round) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var errs []error
	round.Took, errs = runBackground(ctx, b.plugin, b.want, backgroundWorkers)
	for _, err := range errs {
		round.Errors = append(round.Errors, err.Error())
	}
	return nil
}

// stdio is a connection over two pipes.
type stdio struct {
	io.ReadCloser
	io.WriteCloser
}

func (s stdio) Close() error { return errors.Join(s.ReadCloser.Close(), s.WriteCloser.Close()) }

// backgroundProcess controls the background process.
type backgroundProcess struct {
	cmd    *exec.Cmd
	client *rpc.Client
	url    string // Prometheus
}

// startBackground starts the background process and waits for its Prometheus.
func startBackground() (*backgroundProcess, error) {
	binary, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(binary) //nolint:noctx // the process ends when its stdin is closed
	cmd.Env = append(os.Environ(), backgroundTime+"="+now.Format(time.RFC3339))
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &backgroundProcess{cmd: cmd, client: jsonrpc.NewClient(stdio{stdout, stdin})}
	if err := p.call("URL", struct{}{}, &p.url); err != nil {
		return nil, errors.Join(err, p.end())
	}
	return p, nil
}

// call sends a command and waits for the response.
func (p *backgroundProcess) call(command string, argument, response any) error {
	if err := p.client.Call("Background."+command, argument, response); err != nil {
		return fmt.Errorf("background process: %s: %w", command, err)
	}
	return nil
}

// end closes the process's stdin and stdout and waits for its exit.
func (p *backgroundProcess) end() error {
	_ = p.client.Close()
	return p.cmd.Wait()
}

// attach connects the process to a plugin until the end of the test. It returns the
// durations of the background queries without other load.
func (p *backgroundProcess) attach(t *testing.T, v *target) (baseline []time.Duration) {
	t.Helper()
	t.Cleanup(func() { _ = p.call("Detach", struct{}{}, &struct{}{}) })
	if err := p.call("Attach", Attachment{v.Target(), v.source}, &struct{}{}); err != nil {
		t.Fatal(err)
	}
	const rounds = 3
	for range rounds {
		took, errs := p.run()
		if len(errs) > 0 {
			t.Fatal(errs[0])
		}
		baseline = append(baseline, took...)
	}
	return baseline
}

// run runs each background query once. It returns the durations, and an error for each failed
// query or wrong response. If the process doesn't respond, it returns only one error.
func (p *backgroundProcess) run() (took []time.Duration, errs []error) {
	var round Round
	if err := p.call("Run", struct{}{}, &round); err != nil {
		return nil, []error{err}
	}
	for _, text := range round.Errors {
		errs = append(errs, errors.New(text))
	}
	return round.Took, errs
}

// runUntil repeats the background queries until the channel delivers a value. After a failed
// query, it only waits for this value. If the value isn't nil, it is the first returned error.
func (p *backgroundProcess) runUntil(ended <-chan error) (took []time.Duration, errs []error) {
	const pause = 100 * time.Millisecond
	for {
		all, failed := p.run()
		took, errs = append(took, all...), append(errs, failed...)
		next := time.After(pause)
		if len(failed) > 0 { // one round of errors is enough
			next = nil
		}
		select {
		case err := <-ended:
			if err != nil {
				errs = append([]error{err}, errs...)
			}
			return took, errs
		case <-next:
		}
	}
}
