package respond

import (
	"github.com/grafana/grafana-plugin-sdk-go/genproto/pluginv2"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
)

// Numbers of fields in the SDK's protobuf messages (proto/backend.proto).
const (
	responsesField = 1 // of QueryDataResponse, a map
	keyField       = 1 // of an entry of a map
	valueField     = 2 // of an entry of a map
	framesField    = 1 // of DataResponse
)

// Response is an encoded QueryDataResponse.
type Response struct {
	pieces [][]byte
	size   int
}

// Pieces returns the slices that form the message, and their total size. They must not be
// modified.
func (r *Response) Pieces() (pieces [][]byte, size int) { return r.pieces, r.size }

// newResponse encodes a response with additional frames.
func newResponse(response *pluginv2.QueryDataResponse, frames map[string]*Frames) (*Response, error) {
	r := &Response{}
	for refID, answer := range response.GetResponses() {
		rest, err := proto.Marshal(answer)
		if err != nil {
			return nil, err
		}
		f := frames[refID]
		if f == nil {
			f = &Frames{}
		}
		entry := protowire.AppendTag(nil, keyField, protowire.BytesType)
		entry = protowire.AppendString(entry, refID)
		entry = protowire.AppendTag(entry, valueField, protowire.BytesType)
		entry = protowire.AppendVarint(entry, uint64(f.size+len(rest))) //nolint:gosec // G115: a size
		header := protowire.AppendTag(nil, responsesField, protowire.BytesType)
		header = protowire.AppendVarint(header, uint64(len(entry)+f.size+len(rest))) //nolint:gosec // G115: a size
		r.add(append(header, entry...))
		r.pieces = append(r.pieces, f.pieces...)
		r.size += f.size
		r.add(rest)
	}
	return r, nil
}

func (r *Response) add(piece []byte) {
	r.pieces = append(r.pieces, piece)
	r.size += len(piece)
}
