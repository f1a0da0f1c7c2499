package logging

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// slowReader is a pipe. Its reader reads nothing until the test closes the channel opened.
type slowReader struct {
	opened chan struct{}
	mu     sync.Mutex
	text   bytes.Buffer
	writes int
}

func (r *slowReader) Write(p []byte) (int, error) {
	<-r.opened
	r.mu.Lock()
	defer r.mu.Unlock()
	r.writes++
	return r.text.Write(p)
}

func TestQueueDoesntWaitForReader(t *testing.T) {
	r := &slowReader{opened: make(chan struct{})}
	q := NewQueue(r)
	var want strings.Builder
	for i := range 10_000 {
		line := fmt.Sprintf("line %d\n", i)
		want.WriteString(line)
		if n, err := q.Write([]byte(line)); n != len(line) || err != nil {
			t.Fatal(n, err)
		}
	}
	close(r.opened)
	q.Close()
	if got := r.text.String(); got != want.String() {
		t.Errorf("%d bytes were written, want %d in the same order", len(got), want.Len())
	}
	if r.writes > 3 {
		t.Errorf("%d writes, want one for the lines that waited", r.writes)
	}
}

func TestFullQueueWaitsForReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &slowReader{opened: make(chan struct{})}
		q := NewQueue(r)
		line := bytes.Repeat([]byte("x"), 1<<20)
		var written int
		go func() {
			for range 20 {
				_, _ = q.Write(line)
				written += len(line)
			}
		}()
		synctest.Wait()
		// One write of up to maxQueued bytes is waiting for the reader.
		if written < maxQueued || written > 2*maxQueued {
			t.Errorf("%d bytes were accepted without a reader, want %d to %d", written, maxQueued, 2*maxQueued)
		}
		close(r.opened)
		synctest.Wait()
		q.Close()
		if got := r.text.Len(); got != 20*len(line) {
			t.Errorf("%d bytes reached the reader, want %d", got, 20*len(line))
		}
	})
}

func TestCloseDoesntWaitForever(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &slowReader{opened: make(chan struct{})}
		q := NewQueue(r)
		_, _ = q.Write([]byte("line\n"))
		start := time.Now()
		q.Close()
		if took := time.Since(start); took != closeTimeout {
			t.Errorf("Close returned after %s, want %s", took, closeTimeout)
		}
		_, _ = q.Write([]byte("discarded\n")) // doesn't wait
		close(r.opened)
		<-q.done
	})
}

func TestQueueKeepsConcurrentLinesComplete(t *testing.T) {
	var out bytes.Buffer
	q := NewQueue(&out)
	var group sync.WaitGroup
	for i := range 20 {
		group.Go(func() {
			for range 500 {
				_, _ = q.Write([]byte(strings.Repeat(string(rune('a'+i)), 100) + "\n"))
			}
		})
	}
	group.Wait()
	q.Close()
	lines := 0
	for line := range strings.Lines(out.String()) {
		lines++
		if strings.Trim(line, line[:1]) != "\n" || len(line) != 101 {
			t.Fatalf("mixed line %q", line)
		}
	}
	if lines != 20*500 {
		t.Errorf("%d lines", lines)
	}
}
