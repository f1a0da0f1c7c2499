package receive

import (
	"context"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/genproto/pluginv2"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/stats"
	"google.golang.org/protobuf/proto"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/budget"
)

// begin begins a call. The function received reports to the limiter that the request is
// complete, and ended reports that the call has ended.
func begin(l *limiter, parent context.Context, method string) (received func(), ended func()) {
	ctx := l.TagRPC(parent, &stats.RPCTagInfo{FullMethodName: method})
	l.HandleRPC(ctx, &stats.Begin{})
	return func() { l.HandleRPC(ctx, &stats.InPayload{}) }, func() { l.HandleRPC(ctx, &stats.End{}) }
}

const method = services + "Data/QueryData"

func TestNewestCallIsReceivedNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &limiter{free: 1}
		received, ended := begin(l, t.Context(), method)
		begin(l, t.Context(), "/plugin.GRPCBroker/StartStream") // isn't limited
		var order []int
		for i := range 3 {
			go func() {
				received, ended := begin(l, t.Context(), method)
				order = append(order, i)
				received()
				ended()
			}()
			synctest.Wait()
		}
		if len(order) > 0 {
			t.Fatalf("the calls %v were received before the first one was complete", order)
		}
		received()
		synctest.Wait()
		if len(order) != 3 || order[0] != 2 || order[1] != 1 {
			t.Errorf("the order is %v", order)
		}
		ended()
		if l.free != 1 {
			t.Errorf("%d more calls can be received, want 1", l.free)
		}
	})
}

func TestCanceledCallIsNotReceived(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &limiter{free: 1}
		_, ended := begin(l, t.Context(), method)
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			_, ended := begin(l, ctx, method)
			ended()
		}()
		synctest.Wait()
		cancel()
		synctest.Wait()
		if len(l.waiting) != 0 {
			t.Error("the canceled call still waits")
		}
		ended() // the first call ends before its request is complete
		synctest.Wait()
		if l.free != 1 {
			t.Errorf("%d more calls can be received, want 1", l.free)
		}
	})
}

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

// startServer starts a server with a limit on the number of requests that it receives
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

var limitOnce = sync.OnceValue(Limit)

func limit(t *testing.T) {
	t.Helper()
	if err := limitOnce(); err != nil {
		t.Fatal(err)
	}
}

// TestLimitAppliesToServers checks that gRPC still has global options, and calls the stats
// handler before it receives a request.
func TestLimitAppliesToServers(t *testing.T) {
	service := &data{}
	client := startServer(t, service, 0)
	done := make(chan error, 1)
	go func() {
		_, err := client.QueryData(t.Context(), &pluginv2.QueryDataRequest{
			Queries: []*pluginv2.DataQuery{{Json: []byte(strings.Repeat("x", 1<<20))}},
		})
		done <- err
	}()
	for waiting := 0; waiting == 0; {
		process.mu.Lock()
		waiting = len(process.waiting)
		process.mu.Unlock()
		select {
		case err := <-done:
			t.Fatalf("the call ended before its request could be received: %v", err)
		case <-time.After(time.Millisecond):
		}
	}
	process.release()
	if err := <-done; err != nil || service.calls.Load() != 1 {
		t.Errorf("error %v, %d calls", err, service.calls.Load())
	}
	if process.free != 1 {
		t.Errorf("%d more calls can be received, want 1", process.free)
	}
}
