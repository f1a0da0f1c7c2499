package receive

import (
	"net"
	"slices"
	"sync"

	"golang.org/x/net/http2"
)

// gate is a connection that holds large requests until its limiter admits them. gRPC lets a
// caller send maxWaiting bytes of a request. When gRPC has read the size of a larger request,
// it sends a window update, which lets the caller send the complete request. If the update is
// larger than maxWaiting, a gate holds it until it is the request's turn: until fewer than
// maxConcurrent other large requests are being received. The turn ends at the last frame of
// the request or of its response, or when the connection is closed.
type gate struct {
	net.Conn
	limit    *limiter
	incoming scanner // used by Read

	mu       sync.Mutex
	outgoing editor
	admitted []byte // window updates to be inserted

	// streams contains the open streams, on which both ends can still send. The value is nil
	// if the request isn't known to be large. limit.mu guards the map.
	streams map[uint32]*request
}

func newGate(conn net.Conn, limit *limiter) *gate {
	return &gate{Conn: conn, limit: limit, incoming: scanner{skip: len(http2.ClientPreface)}, streams: map[uint32]*request{}}
}

// Read implements net.Conn. gRPC doesn't call it concurrently.
func (g *gate) Read(b []byte) (int, error) {
	n, err := g.Conn.Read(b)
	g.incoming.scan(b[:n], func(f frame) {
		switch {
		case f.endsStream():
			g.limit.end(g, f.stream)
		case f.kind == http2.FrameHeaders:
			g.limit.begin(g, f.stream)
		}
	})
	return n, err
}

// Write implements net.Conn.
func (g *gate) Write(b []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	edited, inserted := g.outgoing.edit(b, g.admitted, func(f frame, increment uint32) bool {
		if f.endsStream() {
			g.limit.end(g, f.stream)
		}
		return f.stream == 0 || increment <= maxWaiting || g.limit.admit(g, f.stream, increment)
	})
	if inserted {
		g.admitted = nil
	}
	if _, err := g.Conn.Write(edited); err != nil {
		return 0, err
	}
	return len(b), nil
}

// open writes a window update that was held, as soon as no other frame is partly written.
func (g *gate) open(stream, increment uint32) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.admitted = appendWindowUpdate(g.admitted, stream, increment)
	if g.outgoing.atBoundary() {
		_, _ = g.Conn.Write(g.admitted) // gRPC's next write returns the error, too
		g.admitted = nil
	}
}

// Close implements net.Conn.
func (g *gate) Close() error {
	g.limit.endAll(g)
	return g.Conn.Close()
}

// limiter limits the large requests that are received concurrently, on all connections.
type limiter struct {
	mu      sync.Mutex
	free    int        // number of requests that can be admitted
	waiting []*request // in the order of their arrival
}

// request is a large request that is being received or waits to be received.
type request struct {
	gate       *gate
	stream     uint32
	increment  uint32 // of the held window update
	isAdmitted bool
}

// process is the limiter of all connections of this process.
var process = &limiter{free: maxConcurrent}

// begin adds an open stream.
func (l *limiter) begin(g *gate, stream uint32) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, isOpen := g.streams[stream]; !isOpen {
		g.streams[stream] = nil
	}
}

// admit reports whether the window of a request can be updated now. If not, the limiter calls
// the gate's method open later, unless the stream ends before. gRPC can update the window of a
// stream that the caller has reset. Such a request takes no turn, because no frame would end
// it.
func (l *limiter) admit(g *gate, stream, increment uint32) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	r, isOpen := g.streams[stream]
	switch {
	case !isOpen, r != nil && r.isAdmitted:
		return true
	case r != nil:
		r.increment += increment
		return false
	}
	r = &request{gate: g, stream: stream, increment: increment}
	g.streams[stream] = r
	if l.free > 0 {
		l.free--
		r.isAdmitted = true
		return true
	}
	l.waiting = append(l.waiting, r)
	return false
}

// end removes a stream that is no longer open. If its request is large and was admitted, the
// next waiting request, if any, is admitted. If its request still waits, end removes the
// request from the queue.
func (l *limiter) end(g *gate, stream uint32) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.remove(g, stream)
}

func (l *limiter) endAll(g *gate) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for stream := range g.streams {
		l.remove(g, stream)
	}
}

func (l *limiter) remove(g *gate, stream uint32) {
	r := g.streams[stream]
	delete(g.streams, stream)
	if r == nil {
		return
	}
	if !r.isAdmitted {
		l.waiting = slices.DeleteFunc(l.waiting, func(w *request) bool { return w == r })
		return
	}
	if len(l.waiting) == 0 {
		l.free++
		return
	}
	next := l.waiting[0]
	l.waiting = l.waiting[1:]
	next.isAdmitted = true
	go next.gate.open(next.stream, next.increment) // open waits while the gate is writing
}
