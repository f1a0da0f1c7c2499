package receive

import (
	"context"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/genproto/pluginv2"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/stats"
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
		begin(l, t.Context(), "/plugin.GRPCBroker/StartStream") // isn't counted
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
			t.Fatalf("the calls %v were received", order)
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
		ended() // the first call ends before its request is complete
		if l.free != 1 || len(l.waiting) != 0 {
			t.Errorf("%d more calls can be received, want 1; %d calls wait, want 0", l.free, len(l.waiting))
		}
	})
}

// data is a service that counts its calls.
type data struct {
	pluginv2.UnimplementedDataServer
	calls atomic.Int64
}

func (d *data) QueryData(context.Context, *pluginv2.QueryDataRequest) (*pluginv2.QueryDataResponse, error) {
	d.calls.Add(1)
	return &pluginv2.QueryDataResponse{}, nil
}

// TestLimitAppliesToServers checks that the installed version of gRPC has global options,
// and calls the stats handler before it receives a request.
func TestLimitAppliesToServers(t *testing.T) {
	if err := Limit(); err != nil {
		t.Fatal(err)
	}
	process.free = 0
	server := grpc.NewServer()
	service := &data{}
	pluginv2.RegisterDataServer(server, service)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(listener) }()
	defer server.Stop()
	connection, err := grpc.NewClient(listener.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = connection.Close() }()
	done := make(chan error, 1)
	go func() {
		_, err := pluginv2.NewDataClient(connection).QueryData(t.Context(), &pluginv2.QueryDataRequest{
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
