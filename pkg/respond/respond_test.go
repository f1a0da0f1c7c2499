package respond

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/grafana/grafana-plugin-sdk-go/genproto/pluginv2"
	"google.golang.org/protobuf/proto"
)

// call calls a service through the interceptor.
func call(t *testing.T, format pluginv2.DataFrameFormat, service func(ctx context.Context) (any, error)) (any, error) {
	t.Helper()
	return Intercept(t.Context(), &pluginv2.QueryDataRequest{Format: format}, nil, func(ctx context.Context, _ any) (any, error) { return service(ctx) })
}

// TestMessagesContainTheFrames decodes messages with frames from the SDK, with encoded frames
// and with both.
func TestMessagesContainTheFrames(t *testing.T) {
	supported := data.NewFrame("numbers", data.NewField("Value", data.Labels{"a": "b"}, make([]float64, 100)))
	unusual := data.NewFrame("unusual", data.NewField("Value", nil, []int64{1}))
	answer, err := call(t, pluginv2.DataFrameFormat_ARROW, func(ctx context.Context) (any, error) {
		for refID, n := range map[string]int{"A": 500, "B": 0, "C": 1} {
			frames := NewFrames(ctx)
			for range n {
				if err := errors.Join(frames.Frame(supported), frames.Frame(unusual)); err != nil {
					return nil, err
				}
			}
			FromContext(ctx).Set(refID, frames)
		}
		return &pluginv2.QueryDataResponse{Responses: map[string]*pluginv2.DataResponse{
			"A": {Status: 200}, "B": {Status: 200}, "C": {Status: 207, Error: "partial", ErrorSource: "downstream", JsonMeta: []byte("{}")},
			"D": {Status: 500, Error: "failed"}, "__har__": {Frames: [][]byte{[]byte("file")}},
		}}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	response, ok := answer.(*Response)
	if !ok {
		t.Fatalf("got %T", answer)
	}
	pieces, size := response.Pieces()
	text := bytes.Join(pieces, nil)
	if len(text) != size {
		t.Errorf("the message has %d bytes, but Pieces returned %d", len(text), size)
	}
	decoded := &pluginv2.QueryDataResponse{}
	if err := proto.Unmarshal(text, decoded); err != nil {
		t.Fatal(err)
	}
	for refID, n := range map[string]int{"A": 1000, "B": 0, "C": 2} {
		frames, err := data.UnmarshalArrowFrames(decoded.GetResponses()[refID].GetFrames())
		if err != nil || len(frames) != n {
			t.Fatalf("%s has %d frames, %v", refID, len(frames), err)
		}
		for i, want := range []*data.Frame{supported, unusual} {
			if n > 0 {
				if diff := cmp.Diff(want, frames[i], data.FrameTestCompareOptions()...); diff != "" {
					t.Errorf("%s: %s", refID, diff)
				}
			}
		}
	}
	if c := decoded.GetResponses()["C"]; c.GetError() != "partial" || c.GetStatus() != 207 || c.GetErrorSource() != "downstream" || string(c.GetJsonMeta()) != "{}" {
		t.Errorf("got %v", c)
	}
	if h := decoded.GetResponses()["__har__"]; len(h.GetFrames()) != 1 || len(decoded.GetResponses()) != 5 {
		t.Errorf("got %v and %d responses", h, len(decoded.GetResponses()))
	}
}

// TestSDKEncodes checks when the SDK must encode the frames, and that the interceptor then
// returns the SDK's response.
func TestSDKEncodes(t *testing.T) {
	want := &pluginv2.QueryDataResponse{}
	answer, err := call(t, pluginv2.DataFrameFormat_JSON, func(ctx context.Context) (any, error) {
		if FromContext(ctx) != nil {
			t.Error("frames in JSON have an Encoded")
		}
		return want, nil
	})
	if answer != any(want) || err != nil {
		t.Errorf("got %v, %v", answer, err)
	}
	answer, err = call(t, pluginv2.DataFrameFormat_ARROW, func(context.Context) (any, error) { return want, nil })
	if answer != any(want) || err != nil {
		t.Errorf("got %v, %v", answer, err)
	}
	failed := errors.New("failed")
	if _, err := call(t, pluginv2.DataFrameFormat_ARROW, func(context.Context) (any, error) { return nil, failed }); !errors.Is(err, failed) {
		t.Errorf("got %v", err)
	}
	if FromContext(t.Context()) != nil {
		t.Error("a call without the interceptor has an Encoded")
	}
}

func TestEncodingEndsWithTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	frames, frame := NewFrames(ctx), data.NewFrame("")
	var err error
	for range encodedBetween {
		if err = frames.Frame(frame); err != nil {
			break
		}
	}
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
