package receive

import (
	"errors"
	"net"
	"os"
	"sync"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/budget"
)

const (
	// patience is how long a write to the network waits for a caller that doesn't read. After
	// this time, the connection keeps the bytes.
	patience = 100 * time.Millisecond
	// maxUnread bounds the bytes that a connection keeps in memory for a caller that doesn't
	// read. The flow control of gRPC's clients limits responses to 16 MiB, but it doesn't
	// limit small frames such as resets.
	maxUnread = 32 << 20
	// maxPiece is the maximum number of kept bytes in one write to the network.
	maxPiece = 1 << 20
	// maxClosing is how long a connection that is being closed waits for the caller to read.
	maxClosing = time.Second
)

// connection is a connection to a caller. If the caller doesn't read, Write keeps up to about
// maxUnread bytes in memory, and returns.
//
// gRPC stops reading from a connection while many control frames, such as resets of calls,
// wait to be written to it. When many calls end early at the same time, this can happen at
// both ends: each end waits for the other one to read, forever. If the writes of one end don't
// wait, that end soon reads again.
type connection struct {
	net.Conn
	mu      sync.Mutex
	changed *sync.Cond // signals changes of the fields below
	unread  []byte     // to be written by flush
	writing int        // number of bytes that flush is writing
	flushes bool       // whether flush is running
	err     error      // of flush
}

func newConnection(conn net.Conn) *connection {
	c := &connection{Conn: conn}
	c.changed = sync.NewCond(&c.mu)
	return c
}

// Write implements net.Conn. gRPC doesn't call it concurrently.
func (c *connection) Write(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.flushes && c.err == nil && len(c.unread)+c.writing+len(b) > maxUnread {
		c.changed.Wait()
	}
	if c.err != nil {
		return 0, c.err
	}
	if c.flushes {
		c.keep(b)
		return len(b), nil
	}
	if err := c.SetWriteDeadline(time.Now().Add(patience)); err != nil {
		return 0, err
	}
	n, err := c.Conn.Write(b)
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		return n, err
	}
	if err := c.SetWriteDeadline(time.Time{}); err != nil {
		return n, err
	}
	c.keep(b[n:])
	c.flushes = true
	go c.flush()
	return len(b), nil
}

func (c *connection) keep(b []byte) {
	c.unread = append(c.unread, b...)
	budget.CountOutgoing(int64(len(b)))
}

// flush writes the bytes that the connection keeps.
func (c *connection) flush() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for len(c.unread) > 0 && c.err == nil {
		b := c.unread[:min(len(c.unread), maxPiece)]
		c.unread, c.writing = c.unread[len(b):], len(b)
		c.mu.Unlock()
		_, err := c.Conn.Write(b)
		c.mu.Lock()
		c.writing, c.err = 0, err
		budget.CountOutgoing(-int64(len(b)))
		c.changed.Broadcast()
	}
	budget.CountOutgoing(-int64(len(c.unread)))
	c.unread, c.flushes = nil, false
	c.changed.Broadcast()
}

// Close implements net.Conn.
func (c *connection) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.flushes {
		_ = c.SetWriteDeadline(time.Now().Add(maxClosing)) // an error means that the connection is closed
	}
	for c.flushes {
		c.changed.Wait()
	}
	return c.Conn.Close()
}
