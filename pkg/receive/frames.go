package receive

import (
	"encoding/binary"

	"golang.org/x/net/http2"
)

// Sizes of HTTP/2 frames in bytes.
const (
	headerSize       = 9 // of a frame's header
	windowUpdateSize = headerSize + 4
)

// frame is the header of an HTTP/2 frame.
type frame struct {
	kind   http2.FrameType
	flags  http2.Flags
	length int // of the payload
	stream uint32
}

// frameOf reads the header at the beginning of b, which has at least headerSize bytes.
func frameOf(b []byte) frame {
	const reserved = 1 << 31 // bit of the stream's id
	return frame{
		kind:   http2.FrameType(b[3]),
		flags:  http2.Flags(b[4]),
		length: int(b[0])<<16 | int(b[1])<<8 | int(b[2]),
		stream: binary.BigEndian.Uint32(b[5:]) &^ reserved,
	}
}

// endsStream reports whether the frame ends the sender's side of the stream, or resets the
// stream.
func (f frame) endsStream() bool {
	switch f.kind {
	case http2.FrameData:
		return f.flags.Has(http2.FlagDataEndStream)
	case http2.FrameHeaders:
		return f.flags.Has(http2.FlagHeadersEndStream)
	default:
		return f.kind == http2.FrameRSTStream
	}
}

// appendWindowUpdate appends a frame that lets the other end send more bytes on a stream.
func appendWindowUpdate(b []byte, stream, increment uint32) []byte {
	b = append(b, 0, 0, windowUpdateSize-headerSize, byte(http2.FrameWindowUpdate), 0)
	return binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(b, stream), increment)
}

// scanner finds the frames that are read from a connection.
type scanner struct {
	skip int    // number of bytes before the next header
	head []byte // beginning of the next header
}

// scan reads b, the next bytes of the connection. It calls visit with each header that ends
// in b.
func (s *scanner) scan(b []byte, visit func(frame)) {
	for len(b) > 0 {
		if s.skip > 0 {
			n := min(s.skip, len(b))
			s.skip, b = s.skip-n, b[n:]
			continue
		}
		n := min(headerSize-len(s.head), len(b))
		s.head, b = append(s.head, b[:n]...), b[n:]
		if len(s.head) == headerSize {
			f := frameOf(s.head)
			s.head, s.skip = s.head[:0], f.length
			visit(f)
		}
	}
}

// editor removes frames from the bytes that are written to a connection, and inserts frames.
type editor struct {
	skip int    // number of bytes before the next frame
	rest []byte // beginning of the next frame
}

// atBoundary reports whether the next byte begins a frame.
func (e *editor) atBoundary() bool { return e.skip == 0 && len(e.rest) == 0 }

// edit returns the bytes to write instead of b, which it doesn't change. It keeps an
// incomplete header or window update for the next call. It calls visit with each frame and,
// for a window update, the increment. If visit returns false, edit removes the frame. visit
// may return false only for window updates.
//
// edit also adds the bytes of the parameter insert, before the first frame that begins in b or
// in the bytes that the previous call kept. If there is no such frame, or if insert is empty,
// it adds nothing, and inserted is false.
func (e *editor) edit(b, insert []byte, visit func(f frame, increment uint32) bool) (edited []byte, inserted bool) {
	if len(e.rest) > 0 {
		b, e.rest = append(e.rest, b...), nil
	}
	var out []byte
	from := 0 // b[:from] has been copied to out, or removed
	for at := 0; at < len(b); {
		if e.skip > 0 {
			n := min(e.skip, len(b)-at)
			e.skip, at = e.skip-n, at+n
			continue
		}
		if len(insert) > 0 && !inserted {
			out, from, inserted = append(append(out, b[from:at]...), insert...), at, true
		}
		next := b[at:]
		isUpdate := len(next) >= headerSize && frameOf(next).kind == http2.FrameWindowUpdate
		if len(next) < headerSize || isUpdate && len(next) < windowUpdateSize {
			e.rest = append([]byte(nil), next...)
			b = b[:at]
			break
		}
		f, increment := frameOf(next), uint32(0)
		if isUpdate {
			increment = binary.BigEndian.Uint32(next[headerSize:])
		}
		if !visit(f, increment) {
			out, at = append(out, b[from:at]...), at+headerSize+f.length
			from = at
			continue
		}
		at, e.skip = at+headerSize, f.length
	}
	if from == 0 && !inserted {
		return b, false
	}
	return append(out, b[from:]...), inserted
}
