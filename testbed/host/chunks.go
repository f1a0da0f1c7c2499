package host

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// Chunk is one part of a query's response: a frame, or the error that ended the response.
type Chunk struct {
	RefID   string
	FrameID string
	Frame   *data.Frame
	Status  backend.Status
	Err     error
}

// QueryChunkedData requests chunked responses and passes each chunk to the function handle. If
// the function returns an error, the request ends with this error. An error in the response to
// one query is a chunk, too.
func (h *Host) QueryChunkedData(ctx context.Context, queries []backend.DataQuery, headers map[string]string, handle func(Chunk) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	req := &backend.QueryChunkedDataRequest{PluginContext: h.pluginContext(userOf(headers)), Headers: headers, Queries: queries}
	stream, err := h.data.QueryChunkedData(ctx, backend.ToProto().QueryChunkedDataRequest(req))
	if err != nil {
		return h.callError("chunked query", err)
	}
	for {
		part, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return h.callError("chunked query", err)
		}
		chunk := Chunk{RefID: part.GetRefId(), FrameID: part.GetFrameId(), Status: backend.Status(part.GetStatus())}
		if text := part.GetError(); text != "" {
			chunk.Err = errors.New(text)
		} else if chunk.Frame, err = data.UnmarshalArrowFrame(part.GetFrame()); err != nil {
			return fmt.Errorf("chunked query: decode the plugin's frame: %w", err)
		}
		if err := handle(chunk); err != nil {
			return err
		}
	}
}
