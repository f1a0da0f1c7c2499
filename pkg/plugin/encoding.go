package plugin

import (
	"context"
	"encoding/json"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/frames"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/respond"
)

// encode encodes the frames of a query for the response to a call. If the SDK must encode them,
// encode returns them. The context is that of the call.
func encode(ctx context.Context, refID string, answer frames.Answer) (data.Frames, error) {
	response := respond.FromContext(ctx)
	if response == nil {
		all := answer.All()
		stopEncoding(ctx, all)
		return all, nil
	}
	encoded := respond.NewFrames(ctx)
	if err := answer.Encode(refID, encoded); err != nil {
		return nil, err
	}
	response.Set(refID, encoded)
	return nil, nil
}

// encodedBetween is the number of frames or fields between two checks of the context. The
// SDK encodes that many in a few milliseconds. A smaller response has no checks.
const encodedBetween = 1 << 10

// contextCheck is a value whose encoding fails after the end of a context.
type contextCheck struct {
	ctx context.Context //nolint:containedctx // of the request whose response is encoded
}

var _ json.Marshaler = contextCheck{}

// MarshalJSON returns null. Once the context has ended, it also returns an error.
func (c contextCheck) MarshalJSON() ([]byte, error) { return []byte("null"), c.ctx.Err() }

// stopEncoding makes the encoding of frames fail once a context has ended. The SDK encodes the
// frames of a response after QueryData has returned, without a context. This takes seconds for
// tens of thousands of frames or fields. While it encodes, the SDK calls other code only for
// the JSON of custom values. Therefore stopEncoding sets the custom value of every
// encodedBetween-th frame to a contextCheck, if the frame has metadata but no such value. It
// does the same for fields, counting only those of frames with at least encodedBetween fields.
func stopEncoding(ctx context.Context, all data.Frames) {
	fields := 0
	for i, frame := range all {
		if i%encodedBetween == encodedBetween-1 && frame.Meta != nil && frame.Meta.Custom == nil {
			frame.Meta.Custom = contextCheck{ctx}
		}
		if len(frame.Fields) < encodedBetween {
			continue
		}
		for _, field := range frame.Fields {
			fields++
			if fields%encodedBetween == 0 && field.Config != nil && field.Config.Custom == nil {
				field.Config.Custom = map[string]any{ID: contextCheck{ctx}}
			}
		}
	}
}
