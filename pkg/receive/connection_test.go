package receive

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/budget"
)

// pipe returns a connection, and its other end. The network between them buffers no bytes: a
// write to the network waits until the other end has read the bytes.
func pipe() (c *connection, caller net.Conn) {
	server, caller := net.Pipe()
	return newConnection(server), caller
}

func TestWritesDoNotWaitForCallersThatDoNotRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, caller := pipe()
		var want []byte
		for i := range 10 {
			b := bytes.Repeat([]byte{byte(i)}, 1000)
			want = append(want, b...)
			if n, err := c.Write(b); n != len(b) || err != nil {
				t.Fatalf("got %d, %v", n, err)
			}
		}
		if n := budget.CountOutgoing(0); n != int64(len(want)) {
			t.Errorf("%d bytes are counted, want %d", n, len(want))
		}
		got := make([]byte, len(want))
		if _, err := io.ReadFull(caller, got); err != nil || !bytes.Equal(got, want) {
			t.Errorf("the caller reads other bytes (error: %v)", err)
		}
		synctest.Wait()
		if n := budget.CountOutgoing(0); n != 0 {
			t.Errorf("%d bytes are still counted after the caller has read them", n)
		}
		go func() { _, _ = io.ReadFull(caller, got[:1]) }()
		begun := time.Now()
		if _, err := c.Write([]byte("x")); err != nil || time.Since(begun) > 0 || c.flushes {
			t.Errorf("a write to a caller that reads took %v (error: %v)", time.Since(begun), err)
		}
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestUnreadBytesAreLimited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, caller := pipe()
		half := make([]byte, maxUnread/2)
		for range 2 {
			if _, err := c.Write(half); err != nil {
				t.Fatal(err)
			}
		}
		written := false
		go func() {
			_, err := c.Write(half)
			written = err == nil
		}()
		time.Sleep(time.Hour)
		if written {
			t.Error("the connection keeps more bytes than the limit")
		}
		if _, err := io.CopyN(io.Discard, caller, maxUnread/2); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if !written {
			t.Error("a write still waits after the caller has read")
		}
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestCloseWaitsForUnreadBytes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, reads := range []bool{true, false} {
			c, caller := pipe()
			if _, err := c.Write([]byte("end")); err != nil {
				t.Fatal(err)
			}
			var got []byte
			if reads {
				go func() { got, _ = io.ReadAll(caller) }()
			}
			begun := time.Now()
			if err := c.Close(); err != nil {
				t.Error(err)
			}
			synctest.Wait()
			if took := time.Since(begun); reads && (took > 0 || string(got) != "end") || !reads && took != maxClosing {
				t.Errorf("a caller that reads (%t) got %q, and Close took %v", reads, got, took)
			}
			if _, err := c.Write([]byte("x")); err == nil {
				t.Error("a write to a closed connection succeeds")
			}
			if n := budget.CountOutgoing(0); n != 0 {
				t.Errorf("%d bytes are still counted after the end of the connection", n)
			}
		}
	})
}

func TestWriteReturnsTheErrorOfTheConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, caller := pipe()
		if _, err := c.Write([]byte("x")); err != nil {
			t.Fatal(err)
		}
		_ = caller.Close()
		synctest.Wait()
		if _, err := c.Write([]byte("x")); !errors.Is(err, io.ErrClosedPipe) || errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("got %v", err)
		}
	})
}
