package receive

import (
	"context"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/genproto/pluginv2"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/encoding"
	"google.golang.org/protobuf/proto"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/budget"
)

// TestResponsesCountUntilSent checks that large responses are counted until gRPC has sent
// them.
func TestResponsesCountUntilSent(t *testing.T) {
	CountSent()
	c, ok := encoding.GetCodecV2("proto").(codec)
	if !ok {
		t.Fatal("gRPC has another codec")
	}
	response := &pluginv2.QueryDataResponse{Responses: map[string]*pluginv2.DataResponse{"A": {JsonMeta: make([]byte, 1<<20)}}}
	buffers, err := c.Marshal(response)
	if err != nil {
		t.Fatal(err)
	}
	if n := budget.CountOutgoing(0); n != int64(buffers.Len()) || n < 1<<20 {
		t.Errorf("%d bytes are counted, the message has %d", n, buffers.Len())
	}
	decoded := &pluginv2.QueryDataResponse{}
	if err := c.Unmarshal(buffers, decoded); err != nil || !proto.Equal(response, decoded) {
		t.Errorf("the decoded message differs (error: %v)", err)
	}
	buffers.Ref()
	buffers.Free()
	if budget.CountOutgoing(0) == 0 {
		t.Error("a message that is still in use isn't counted")
	}
	buffers.Free()
	if n := budget.CountOutgoing(0); n != 0 {
		t.Errorf("%d bytes are still counted after the message has been sent", n)
	}

	client := startServer(t, &data{response: strings.Repeat("x", 4<<20)}, maxConcurrent)
	for range 3 {
		answer, err := client.QueryData(t.Context(), &pluginv2.QueryDataRequest{})
		if err != nil || len(answer.GetResponses()["A"].GetJsonMeta()) != 4<<20 {
			t.Fatalf("%v", err)
		}
	}
	for deadline := time.Now().Add(time.Minute); budget.CountOutgoing(0) != 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d bytes are still counted after all responses have been sent", budget.CountOutgoing(0))
		}
	}
}

// data is a service that counts its calls and always returns the same response.
type data struct {
	pluginv2.UnimplementedDataServer
	calls    atomic.Int64
	response string
}

func (d *data) QueryData(context.Context, *pluginv2.QueryDataRequest) (*pluginv2.QueryDataResponse, error) {
	d.calls.Add(1)
	return &pluginv2.QueryDataResponse{Responses: map[string]*pluginv2.DataResponse{"A": {JsonMeta: []byte(d.response)}}}, nil
}

// startServer starts a server with a limit on the number of large requests that it receives
// concurrently, and returns a client for it.
func startServer(t *testing.T, service pluginv2.DataServer, concurrent int) pluginv2.DataClient {
	t.Helper()
	limit(t)
	process.free = concurrent
	const maxBytes = 16 << 20
	server := grpc.NewServer(grpc.MaxRecvMsgSize(maxBytes))
	pluginv2.RegisterDataServer(server, service)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	connection, err := grpc.NewClient(listener.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()), grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxBytes)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close() })
	return pluginv2.NewDataClient(connection)
}

var limitOnce = sync.OnceValue(func() error { return Limit() })

func limit(t *testing.T) {
	t.Helper()
	if err := limitOnce(); err != nil {
		t.Fatal(err)
	}
}

// TestLargeRequestsWait sends requests to a server whose limit of large requests is 0. The
// server receives the small requests. After the limit has been raised, it receives the large
// ones that haven't been canceled. The test also fails if gRPC no longer has global options,
// or if the sizes of its window updates are not those that the gate expects.
func TestLargeRequestsWait(t *testing.T) {
	service := &data{}
	client := startServer(t, service, 0)
	send := func(ctx context.Context, size int) error {
		_, err := client.QueryData(ctx, &pluginv2.QueryDataRequest{
			Queries: []*pluginv2.DataQuery{{Json: []byte(strings.Repeat("x", size))}},
		})
		return err
	}
	large := make(chan error, 3)
	for range cap(large) - 1 {
		go func() { large <- send(t.Context(), 1<<20) }()
	}
	canceled, cancel := context.WithCancel(t.Context())
	go func() { large <- send(canceled, 1<<20) }()
	waitUntil(t, func() bool { return len(process.waiting) == cap(large) })
	for _, size := range []int{0, 1000, maxWaiting - 1000} {
		if err := send(t.Context(), size); err != nil {
			t.Errorf("a request of %d bytes: %v", size, err)
		}
	}
	cancel()
	if err := <-large; err == nil {
		t.Error("a large request was received while none can be received")
	}
	waitUntil(t, func() bool { return len(process.waiting) == cap(large)-1 })
	admitOne(process)
	for range cap(large) - 1 {
		if err := <-large; err != nil {
			t.Error(err)
		}
	}
	waitUntil(t, func() bool { return process.free == 1 && len(process.waiting) == 0 })
	if n := service.calls.Load(); n != 5 {
		t.Errorf("%d calls, want 5", n)
	}
}

// admitOne raises the limit by one request.
func admitOne(l *limiter) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.remove(&gate{streams: map[uint32]*request{0: {isAdmitted: true}}}, 0)
}

// waitUntil waits until a condition is true. It locks process.mu while it calls condition.
func waitUntil(t *testing.T, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
		process.mu.Lock()
		holds := condition()
		process.mu.Unlock()
		if holds {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d requests can be received, %d wait", process.free, len(process.waiting))
		}
	}
}
