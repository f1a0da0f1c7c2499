package receive

import (
	"bytes"
	"encoding/binary"
	"net"
	"slices"
	"testing"

	"golang.org/x/net/http2"
)

// appendFrame appends a frame to b.
func appendFrame(b []byte, kind http2.FrameType, flags http2.Flags, stream uint32, payload ...byte) []byte {
	b = append(b, 0, 0, byte(len(payload)), byte(kind), byte(flags))
	return append(binary.BigEndian.AppendUint32(b, stream), payload...)
}

// recorder is a connection that records what is written.
type recorder struct {
	net.Conn
	written bytes.Buffer
	read    []byte
}

func (r *recorder) Write(b []byte) (int, error) { return r.written.Write(b) }

func (r *recorder) Read(b []byte) (int, error) {
	n := copy(b, r.read)
	r.read = r.read[n:]
	return n, nil
}

func (r *recorder) Close() error { return nil }

// TestGateHoldsWindowUpdates writes and reads frames in pieces of every size.
func TestGateHoldsWindowUpdates(t *testing.T) {
	const large = maxWaiting + 1
	var frames, want []byte
	both := func(appendTo func([]byte) []byte) { frames, want = appendTo(frames), appendTo(want) }
	both(func(b []byte) []byte { return appendFrame(b, http2.FrameSettings, 0, 0, 1, 2, 3, 4, 5, 6) })
	both(func(b []byte) []byte { return appendWindowUpdate(b, 0, 10*large) })
	both(func(b []byte) []byte { return appendWindowUpdate(b, 1, maxWaiting) })
	both(func(b []byte) []byte { return appendWindowUpdate(b, 3, large) }) // the only large request that is admitted
	frames = appendWindowUpdate(frames, 5, large)
	both(func(b []byte) []byte { return appendFrame(b, http2.FrameData, 0, 3, make([]byte, 30)...) })
	frames = appendWindowUpdate(frames, 5, large)
	frames = appendWindowUpdate(frames, 7, large)
	both(func(b []byte) []byte { return appendWindowUpdate(b, 3, large) })
	both(func(b []byte) []byte { return appendFrame(b, http2.FrameRSTStream, 0, 7, 0, 0, 0, 8) })

	incoming := []byte(http2.ClientPreface)
	incoming = appendFrame(incoming, http2.FrameHeaders, http2.FlagHeadersEndHeaders, 3, 1, 2, 3)
	incoming = appendFrame(incoming, http2.FrameData, 0, 3, make([]byte, 20)...)
	incoming = appendFrame(incoming, http2.FrameData, http2.FlagDataEndStream, 3, make([]byte, 20)...)

	for size := 1; size <= len(frames); size++ {
		network, limit := &recorder{read: slices.Clone(incoming)}, &limiter{free: 1}
		g := newGate(network, limit)
		original := slices.Clone(frames)
		for _, stream := range []uint32{1, 3, 5, 7} {
			limit.begin(g, stream)
		}
		for piece := range slices.Chunk(frames, size) {
			if n, err := g.Write(piece); n != len(piece) || err != nil {
				t.Fatalf("got %d, %v", n, err)
			}
		}
		if got := network.written.Bytes(); !bytes.Equal(got, want) || !bytes.Equal(frames, original) {
			t.Fatalf("pieces of %d bytes: got\n%x, want\n%x", size, got, want)
		}
		if len(limit.waiting) != 1 || limit.free != 0 || limit.waiting[0].increment != 2*large {
			t.Fatalf("pieces of %d bytes: %d requests wait, %d can be received", size, len(limit.waiting), limit.free)
		}
		for b := make([]byte, size); len(network.read) > 0; {
			if _, err := g.Read(b); err != nil {
				t.Fatal(err)
			}
		}
		limit.mu.Lock()
		if len(limit.waiting) != 0 || !g.streams[5].isAdmitted || g.streams[3] != nil {
			t.Fatalf("pieces of %d bytes: the end of a request didn't admit the next one", size)
		}
		limit.mu.Unlock()
		if err := g.Close(); err != nil || limit.free != 1 {
			t.Fatalf("%d requests can be received after the end of the connection (error: %v)", limit.free, err)
		}
	}
}

// TestGateOpensBetweenFrames admits a request when a part of a frame has been written, and
// when a complete frame has been written.
func TestGateOpensBetweenFrames(t *testing.T) {
	first := appendFrame(nil, http2.FrameData, 0, 1, 1, 2, 3)
	second := appendFrame(nil, http2.FrameData, 0, 1, 4)
	update := appendWindowUpdate(nil, 9, 1<<20)
	for at := 1; at < len(first); at++ {
		want := slices.Concat(first, update, second)
		if at < headerSize { // an incomplete header isn't written
			want = slices.Concat(update, first, second)
		}
		network := &recorder{}
		g := newGate(network, &limiter{})
		for i, piece := range [][]byte{first[:at], slices.Concat(first[at:], second)} {
			if i == 1 {
				g.open(9, 1<<20)
			}
			if _, err := g.Write(piece); err != nil {
				t.Fatal(err)
			}
		}
		if got := network.written.Bytes(); !bytes.Equal(got, want) {
			t.Errorf("after %d bytes: got %x, want %x", at, got, want)
		}
	}
	network := &recorder{}
	g := newGate(network, &limiter{})
	if _, err := g.Write(first); err != nil {
		t.Fatal(err)
	}
	if g.open(9, 1<<20); !bytes.Equal(network.written.Bytes(), slices.Concat(first, update)) {
		t.Errorf("got %x", network.written.Bytes())
	}
}

// TestClosedStreamTakesNoTurn writes a window update for a stream that the caller has reset,
// and one for a stream that the plugin has ended.
func TestClosedStreamTakesNoTurn(t *testing.T) {
	reset := appendFrame([]byte(http2.ClientPreface), http2.FrameHeaders, http2.FlagHeadersEndHeaders, 1, 1)
	reset = appendFrame(reset, http2.FrameRSTStream, 0, 1, 0, 0, 0, 8)
	reset = appendFrame(reset, http2.FrameHeaders, http2.FlagHeadersEndHeaders, 3, 1)
	network, limit := &recorder{read: reset}, &limiter{free: 1}
	g := newGate(network, limit)
	if _, err := g.Read(make([]byte, len(reset))); err != nil {
		t.Fatal(err)
	}
	frames := appendWindowUpdate(nil, 1, 1<<20)
	frames = appendFrame(frames, http2.FrameHeaders, http2.FlagHeadersEndStream, 3, 1)
	frames = appendWindowUpdate(frames, 3, 1<<20)
	if _, err := g.Write(frames); err != nil || !bytes.Equal(network.written.Bytes(), frames) {
		t.Errorf("got %x, %v", network.written.Bytes(), err)
	}
	if limit.free != 1 || len(limit.waiting) != 0 || len(g.streams) != 0 {
		t.Errorf("%d requests can be received, %d wait, %d streams are open", limit.free, len(limit.waiting), len(g.streams))
	}
}
