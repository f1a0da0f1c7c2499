package promapi

import (
	"context"
	"io"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/budget"
)

type decodingKey struct{}

// withDecoding adds d to the context of a request, for the pausingBody of its response.
func withDecoding(ctx context.Context, d *budget.Decoding) context.Context {
	return context.WithValue(ctx, decodingKey{}, d)
}

func decodingOf(ctx context.Context) *budget.Decoding {
	d, _ := ctx.Value(decodingKey{}).(*budget.Decoding)
	return d
}

// pausingBody is a response body as received from the connection. A long response is decoded
// in turns, because package budget limits the number of long responses that are decoded
// concurrently. pausingBody ends the turn before it waits for the connection, and begins the
// next turn before the received bytes are decompressed and decoded.
type pausingBody struct {
	io.ReadCloser
	ctx      context.Context //nolint:containedctx // of the request
	decoding *budget.Decoding
}

func (b *pausingBody) Read(p []byte) (int, error) {
	b.decoding.End()
	n, err := b.ReadCloser.Read(p)
	if n > 0 {
		if ended := b.decoding.Begin(b.ctx); ended != nil {
			return 0, ended
		}
	}
	return n, err
}
