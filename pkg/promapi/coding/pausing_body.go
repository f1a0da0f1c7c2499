package coding

import (
	"context"
	"io"
	"net/http"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/budget"
)

type decodingKey struct{}

// WithDecoding adds d to the context of a request, for the response of the request: see Pause.
func WithDecoding(ctx context.Context, d *budget.Decoding) context.Context {
	return context.WithValue(ctx, decodingKey{}, d)
}

// Pause makes the body of a response end its turn of decoding while it waits for the
// connection. It returns the Decoding that WithDecoding has added to the context of the
// request. If there is none, it returns nil and doesn't change the body.
func Pause(resp *http.Response) *budget.Decoding {
	ctx := resp.Request.Context()
	decoding, _ := ctx.Value(decodingKey{}).(*budget.Decoding)
	if decoding != nil {
		resp.Body = &pausingBody{resp.Body, ctx, decoding}
	}
	return decoding
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
