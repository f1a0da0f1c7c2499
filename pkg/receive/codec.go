package receive

import (
	"runtime"
	"sync"

	"google.golang.org/grpc/encoding"
	encodingproto "google.golang.org/grpc/encoding/proto"
	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/proto"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/budget"
)

// minCounted is the minimum size of a message that is counted until it has been sent.
const minCounted = 32 << 10

// minFreed is larger than the capacity of a buffer that gRPC doesn't free separately
// (mem.IsBelowBufferPoolingThreshold).
const minFreed = 2 << 10

// CountSent replaces gRPC's protobuf codec with one that counts large messages in package
// budget until they have been sent. gRPC ends the context of a call when the response is in
// gRPC's queue. If the caller reads slowly, the response can remain there indefinitely.
// CountSent must be called before a server is created.
func CountSent() {
	if base := encoding.GetCodecV2(encodingproto.Name); base != nil {
		encoding.RegisterCodecV2(codec{base})
	}
}

// codec is gRPC's protobuf codec, with two exceptions. It sends an encoded message
// as several buffers, without a copy. And it encodes each large message into a buffer of the message's exact size.
// The buffers of gRPC's codec can be thirty times as large as the message.
type codec struct{ encoding.CodecV2 }

// encoded is a message that is already encoded, such as a respond.Response.
type encoded interface {
	Pieces() (pieces [][]byte, size int)
}

// Marshal implements encoding.CodecV2.
func (c codec) Marshal(v any) (mem.BufferSlice, error) {
	if message, ok := v.(encoded); ok {
		return sendPieces(message.Pieces()), nil
	}
	message, ok := v.(proto.Message)
	if !ok {
		return c.CodecV2.Marshal(v)
	}
	size := proto.Size(message)
	if size < minCounted {
		return c.CodecV2.Marshal(v)
	}
	text, err := proto.MarshalOptions{UseCachedSize: true}.MarshalAppend(make([]byte, 0, size), message)
	if err != nil {
		return nil, err
	}
	return mem.BufferSlice{counted(text, cap(text))}, nil
}

// sendPieces returns the buffers of an encoded message. A small message is copied into one
// buffer.
func sendPieces(pieces [][]byte, size int) mem.BufferSlice {
	if size < minCounted {
		text := make([]byte, 0, size)
		for _, piece := range pieces {
			text = append(text, piece...)
		}
		return mem.BufferSlice{mem.SliceBuffer(text)}
	}
	buffers := make(mem.BufferSlice, len(pieces))
	for i, piece := range pieces {
		buffers[i] = mem.SliceBuffer(piece)
	}
	last := pieces[len(pieces)-1]
	if mem.IsBelowBufferPoolingThreshold(cap(last)) {
		last = append(make([]byte, 0, minFreed), last...)
	}
	buffers[len(pieces)-1] = counted(last, size)
	return buffers
}

// counted returns a buffer that counts as size bytes until gRPC frees it.
func counted(text []byte, size int) mem.Buffer {
	budget.CountOutgoing(int64(size))
	buffer := &text
	pool := &countedPool{size: size}
	runtime.AddCleanup(buffer, func(p *countedPool) { p.Put(nil) }, pool) // if gRPC doesn't free the buffer
	return mem.NewBuffer(buffer, pool)
}

// countedPool is the pool of one buffer. gRPC puts the buffer back when it has been sent.
type countedPool struct {
	size int
	once sync.Once
}

// Get implements mem.BufferPool.
func (p *countedPool) Get(length int) *[]byte { return mem.DefaultBufferPool().Get(length) }

// Put implements mem.BufferPool.
func (p *countedPool) Put(*[]byte) {
	p.once.Do(func() { budget.CountOutgoing(-int64(p.size)) })
}
