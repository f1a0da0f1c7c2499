// Package respond sends the frames of queries to Grafana without the copies that the SDK would
// make. The SDK encodes each frame as an Arrow file in a buffer that grows, and gRPC copies all
// files into one message. With this package, the plugin encodes its frames itself, in
// QueryData, and passes them to gRPC as pieces, most of which are the memory of the decoded
// samples.
//
// Package plugin gets the Encoded of a call with FromContext. main.go installs Intercept, and
// package receive's codec for Response. If they are not installed, or if the caller requests
// frames as JSON, FromContext returns nil, and the SDK encodes the frames.
package respond

import (
	"context"
	"sync"

	"github.com/grafana/grafana-plugin-sdk-go/genproto/pluginv2"
	"google.golang.org/grpc"
)

// Encoded contains the encoded frames of a response by refId.
type Encoded struct {
	mu      sync.Mutex
	byRefID map[string]*Frames
}

type key struct{}

// FromContext returns the Encoded of a call, or nil if the SDK must encode the frames.
func FromContext(ctx context.Context) *Encoded {
	e, _ := ctx.Value(key{}).(*Encoded)
	return e
}

// Set sets the frames of a query. The query's response in the SDK must then have no frames.
func (e *Encoded) Set(refID string, frames *Frames) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.byRefID[refID] = frames
}

// Intercept is an interceptor of gRPC calls. For a call of QueryData, it passes an Encoded to
// the plugin. If the plugin sets frames, the interceptor returns a Response instead of the
// SDK's response.
func Intercept(ctx context.Context, req any, _ *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
	query, ok := req.(*pluginv2.QueryDataRequest)
	if !ok || query.GetFormat() != pluginv2.DataFrameFormat_ARROW {
		return handler(ctx, req)
	}
	encoded := &Encoded{byRefID: map[string]*Frames{}}
	answer, err := handler(context.WithValue(ctx, key{}, encoded), req)
	if err != nil {
		return answer, err
	}
	response, ok := answer.(*pluginv2.QueryDataResponse)
	if !ok {
		return answer, nil
	}
	encoded.mu.Lock()
	defer encoded.mu.Unlock()
	if len(encoded.byRefID) == 0 {
		return answer, nil
	}
	return newResponse(response, encoded.byRefID)
}
