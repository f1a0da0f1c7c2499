// Package receive limits the number of requests from Grafana that gRPC receives
// concurrently, and counts the responses that gRPC has not yet sent. gRPC keeps a request of
// up to 16 MiB in memory while it arrives, and calls the plugin only when the request is
// complete, so package budget can't count it earlier. The package also prevents that gRPC
// blocks a connection forever. main.go calls Limit and CountSent.
package receive

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	_ "unsafe" // for go:linkname

	"google.golang.org/grpc"
	"google.golang.org/grpc/stats"
)

const (
	// maxConcurrent bounds the number of requests that are received concurrently.
	maxConcurrent = 2
	// maxWaiting bounds how many bytes of a request gRPC receives while the request waits. By
	// default, gRPC measures the connection and raises this bound to up to 16 MiB.
	maxWaiting = 64 << 10
	// maxOnConnection bounds how many bytes a caller may send on a connection before gRPC has
	// read them, in all calls together.
	maxOnConnection = 4 << 20
)

// services is the prefix of the gRPC methods of Grafana's plugin API. Each call of these
// methods carries one request. All other methods belong to go-plugin. They are not limited,
// because their streams stay open.
const services = "/pluginv2."

// addGlobalServerOptions is a func(...grpc.ServerOption) whose options apply to all servers.
// The SDK has no parameter for options of its server. gRPC's documentation of the variable
// says that it must not be deleted or changed.
//
//go:linkname addGlobalServerOptions google.golang.org/grpc/internal.AddGlobalServerOptions
var addGlobalServerOptions any

// Limit limits the number of requests that the gRPC servers of the process receive
// concurrently, and makes the connections of the servers keep the bytes that a caller doesn't
// read. Limit must be called before the servers are created. It returns an error if this
// version of gRPC has no global server options.
func Limit() error {
	add, ok := addGlobalServerOptions.(func(...grpc.ServerOption))
	if !ok {
		return errors.New("gRPC has no global server options")
	}
	add(grpc.StatsHandler(process), grpc.StaticStreamWindowSize(maxWaiting), grpc.StaticConnWindowSize(maxOnConnection), grpc.Creds(newPlain()))
	return nil
}

// process is the limiter of all servers.
var process = &limiter{free: maxConcurrent}

// limiter is a stats handler. gRPC calls HandleRPC with stats.Begin before it receives a
// request, and with stats.InPayload when the request is complete. HandleRPC waits at
// stats.Begin if maxConcurrent requests are being received. Meanwhile, the caller can send
// maxWaiting bytes, which is the complete request in most cases.
//
// The newest waiting request is received next. Most requests are small, and in this order a
// flood of large requests delays small ones the least.
type limiter struct {
	mu      sync.Mutex
	free    int             // number of requests that may begin to be received
	waiting []chan struct{} // closed when the request may be received
}

type callKey struct{}

// call is the state of one gRPC call.
type call struct{ isReceiving bool }

// TagRPC implements stats.Handler.
func (l *limiter) TagRPC(ctx context.Context, info *stats.RPCTagInfo) context.Context {
	if !strings.HasPrefix(info.FullMethodName, services) {
		return ctx
	}
	return context.WithValue(ctx, callKey{}, &call{})
}

// HandleRPC implements stats.Handler. While gRPC receives the request of a call, it calls
// HandleRPC sequentially for that call.
func (l *limiter) HandleRPC(ctx context.Context, event stats.RPCStats) {
	c, ok := ctx.Value(callKey{}).(*call)
	if !ok {
		return
	}
	switch event.(type) {
	case *stats.Begin:
		c.isReceiving = l.acquire(ctx)
	case *stats.InPayload, *stats.End:
		if c.isReceiving {
			c.isReceiving = false
			l.release()
		}
	}
}

// TagConn implements stats.Handler.
func (l *limiter) TagConn(ctx context.Context, _ *stats.ConnTagInfo) context.Context { return ctx }

// HandleConn implements stats.Handler.
func (l *limiter) HandleConn(context.Context, stats.ConnStats) {}

// acquire waits until a request may be received. It returns false if the call is canceled or
// its deadline passes first. gRPC then doesn't receive the request.
func (l *limiter) acquire(ctx context.Context) bool {
	l.mu.Lock()
	if l.free > 0 {
		l.free--
		l.mu.Unlock()
		return true
	}
	begun := make(chan struct{})
	l.waiting = append(l.waiting, begun)
	l.mu.Unlock()
	select {
	case <-begun:
		return true
	case <-ctx.Done():
	}
	return !l.leave(begun) // false unless the limiter closed begun at the same time
}

// leave removes a waiting call. It reports whether the call was still waiting.
func (l *limiter) leave(begun chan struct{}) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := slices.Index(l.waiting, begun)
	if i < 0 {
		return false
	}
	l.waiting = slices.Delete(l.waiting, i, i+1)
	return true
}

func (l *limiter) release() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if last := len(l.waiting) - 1; last >= 0 {
		close(l.waiting[last])
		l.waiting = l.waiting[:last]
		return
	}
	l.free++
}
