package host

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// Chunk is one piece of a query's answer: a frame, or the error that ended it.
type Chunk struct {
	RefID   string
	FrameID string
	Frame   *data.Frame
	Status  backend.Status
	Err     error
}

// QueryChunkedData asks the plugin for answers in pieces and hands each to take
// as it arrives; an error of take ends the request and is returned. The error
// returned is for the request as a whole, as that of QueryData.
func (h *Host) QueryChunkedData(ctx context.Context, queries []backend.DataQuery, headers map[string]string, take func(Chunk) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	req := &backend.QueryChunkedDataRequest{PluginContext: h.pluginContext(askerOf(headers)), Headers: headers, Queries: queries}
	stream, err := h.data.QueryChunkedData(ctx, backend.ToProto().QueryChunkedDataRequest(req))
	if err != nil {
		return h.lost("chunked query", err)
	}
	for {
		part, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return h.lost("chunked query", err)
		}
		chunk := Chunk{RefID: part.GetRefId(), FrameID: part.GetFrameId(), Status: backend.Status(part.GetStatus())}
		if text := part.GetError(); text != "" {
			chunk.Err = errors.New(text)
		} else if chunk.Frame, err = data.UnmarshalArrowFrame(part.GetFrame()); err != nil {
			return fmt.Errorf("chunked query: the plugin's frame can't be decoded: %w", err)
		}
		if err := take(chunk); err != nil {
			return err
		}
	}
}
