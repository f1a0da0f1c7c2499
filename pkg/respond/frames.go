package respond

import (
	"context"

	"github.com/grafana/grafana-plugin-sdk-go/data"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/arrowfile"
)

// encodedBetween is the number of frames between two checks of the context.
const encodedBetween = 256

// Frames are the encoded frames of a query. It implements frames.Encoder.
type Frames struct {
	ctx    context.Context //nolint:containedctx // of the call; encoding ends with it
	writer arrowfile.Writer
	pieces [][]byte // of protobuf: the fields "frames" of a DataResponse
	size   int      // of the pieces
	count  int
}

// NewFrames returns Frames without frames. Once ctx has ended, encoding fails.
func NewFrames(ctx context.Context) *Frames { return &Frames{ctx: ctx} }

// Frame implements frames.Encoder. The SDK encodes frames with columns of unusual types.
func (f *Frames) Frame(frame *data.Frame) error {
	described, isSupported, err := arrowfile.FrameOf(frame)
	if err != nil {
		return err
	}
	if isSupported {
		return f.Described(described)
	}
	if err := f.begin(); err != nil {
		return err
	}
	file, err := frame.MarshalArrow()
	if err != nil {
		return err
	}
	f.pieces = append(f.pieces, nil, file)
	f.end(len(f.pieces)-2, len(file))
	return nil
}

// Described implements frames.Encoder.
func (f *Frames) Described(frame *arrowfile.Frame) error {
	if err := f.begin(); err != nil {
		return err
	}
	header := len(f.pieces)
	pieces, size := f.writer.Append(append(f.pieces, nil), frame)
	f.pieces = pieces
	f.end(header, size)
	return nil
}

// Err implements frames.Encoder.
func (f *Frames) Err() error { return f.ctx.Err() }

// begin returns an error if the context has ended.
func (f *Frames) begin() error {
	f.count++
	if f.count%encodedBetween == 0 {
		return f.Err()
	}
	return nil
}

// end sets the piece before a file, which contains the file's size.
func (f *Frames) end(header, size int) {
	var buffer [16]byte
	text := protowire.AppendTag(buffer[:0], framesField, protowire.BytesType)
	text = protowire.AppendVarint(text, uint64(size)) //nolint:gosec // G115: a size
	f.pieces[header] = f.writer.Copy(text)
	f.size += len(text) + size
}
