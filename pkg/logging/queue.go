package logging

import (
	"io"
	"sync"
	"time"
)

const (
	// maxQueued bounds the size, in bytes, of the log lines in the queue. A write that waits
	// for the log's reader can contain as many bytes again. If both are full, callers wait.
	maxQueued = 4 << 20
	// maxKept bounds the size, in bytes, of a buffer that is used again.
	maxKept = 256 << 10
	// closeTimeout bounds how long Close waits for the reader of the log.
	closeTimeout = time.Second
)

// Queue is a writer that waits for the reader of the log only when it is full. Grafana reads
// the log from a small pipe. When many queries end at the same time, their lines fill the
// pipe. Without a Queue, each query would then wait until Grafana has read the lines of the
// others.
type Queue struct {
	out     io.Writer
	mu      sync.Mutex
	changed *sync.Cond // lines or closed has changed
	lines   []byte     // not yet passed to out
	closed  bool
	done    chan struct{} // closed when the last line is written
}

// NewQueue returns a Queue that writes to out in the order of the calls of Write. The lines
// that are in the queue at the same time are written with one call of out.Write.
func NewQueue(out io.Writer) *Queue {
	q := &Queue{out: out, done: make(chan struct{})}
	q.changed = sync.NewCond(&q.mu)
	go q.run()
	return q
}

// Write appends a line to the queue. If the queue isn't empty, Write waits until the queue
// with the line has at most maxQueued bytes. Errors of out are ignored, because there is
// nowhere to report them. After Close, Write discards the line.
func (q *Queue) Write(line []byte) (int, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for !q.closed && len(q.lines) > 0 && len(q.lines)+len(line) > maxQueued {
		q.changed.Wait()
	}
	if !q.closed {
		q.lines = append(q.lines, line...)
		q.changed.Broadcast()
	}
	return len(line), nil
}

// Close causes the lines in the queue to be written, and waits until they are written, but not
// longer than closeTimeout.
func (q *Queue) Close() {
	q.mu.Lock()
	q.closed = true
	q.changed.Broadcast()
	q.mu.Unlock()
	select {
	case <-q.done:
	case <-time.After(closeTimeout):
	}
}

// run writes the lines until the queue is closed and empty.
func (q *Queue) run() {
	defer close(q.done)
	var spare []byte
	for {
		q.mu.Lock()
		for len(q.lines) == 0 && !q.closed {
			q.changed.Wait()
		}
		lines := q.lines
		q.lines = spare[:0]
		q.changed.Broadcast()
		q.mu.Unlock()
		if len(lines) == 0 {
			return
		}
		_, _ = q.out.Write(lines)
		spare = lines
		if cap(spare) > maxKept {
			spare = nil
		}
	}
}
