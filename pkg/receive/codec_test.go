package receive

import (
	"bytes"
	"testing"

	"google.golang.org/grpc/encoding"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/budget"
)

// pieces is an encoded message.
type pieces [][]byte

func (p pieces) Pieces() (all [][]byte, size int) { return p, len(bytes.Join(p, nil)) }

// TestEncodedMessagesCountUntilSent marshals encoded messages. Only large ones are counted, and
// they are sent without a copy.
func TestEncodedMessagesCountUntilSent(t *testing.T) {
	CountSent()
	codec := encoding.GetCodecV2("proto")
	for _, message := range []pieces{
		{[]byte("a"), nil, []byte("bc")},
		{bytes.Repeat([]byte("x"), minCounted), []byte("end")},
		{[]byte("begin"), bytes.Repeat([]byte("x"), minCounted)},
	} {
		all, size := message.Pieces()
		buffers, err := codec.Marshal(message)
		if err != nil || !bytes.Equal(buffers.Materialize(), bytes.Join(all, nil)) {
			t.Fatalf("got %d bytes, want %d (%v)", buffers.Len(), size, err)
		}
		want := 0
		if size >= minCounted {
			want = size
		}
		if n := budget.CountOutgoing(0); n != int64(want) {
			t.Errorf("%d bytes are counted, want %d", n, want)
		}
		if want > 0 && len(all[0]) > 0 && &buffers[0].ReadOnlyData()[0] != &all[0][0] {
			t.Error("the message was copied")
		}
		buffers.Free()
		if n := budget.CountOutgoing(0); n != 0 {
			t.Errorf("%d bytes are still counted", n)
		}
	}
}
