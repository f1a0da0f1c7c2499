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

// CountSent replaces gRPC's protobuf codec with one that counts large messages in package
// budget until they have been sent. gRPC ends the context of a call when the response is in
// gRPC's queue. If the caller reads slowly, the response can remain there indefinitely.
// CountSent must be called before a server is created.
func CountSent() {
	if base := encoding.GetCodecV2(encodingproto.Name); base != nil {
		encoding.RegisterCodecV2(codec{base})
	}
}

// codec is gRPC's protobuf codec, except that it encodes each large message into a buffer of
// the message's exact size. The buffers of gRPC's codec can be thirty times as large as the
// message.
type codec struct{ encoding.CodecV2 }

// Marshal implements encoding.CodecV2.
func (c codec) Marshal(v any) (mem.BufferSlice, error) {
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
	budget.CountOutgoing(int64(cap(text)))
	buffer := &text
	counted := &countedPool{size: cap(text)}
	runtime.AddCleanup(buffer, func(p *countedPool) { p.Put(nil) }, counted) // if gRPC doesn't free the buffer
	return mem.BufferSlice{mem.NewBuffer(buffer, counted)}, nil
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
