package promapi

import (
	"bytes"
	"context"
	"encoding/json"
	"io"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/promjson"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// Raw is an answer of query or query_range whose data stay as the server wrote
// them, byte for byte: one JSON object with resultType and result.
type Raw struct {
	Data json.RawMessage
	series.Notes
}

// RawRange is QueryRange whose data stay as they came. An answer over a limit is
// refused even where others are cut: a part of a JSON text is none.
func (c *Client) RawRange(ctx context.Context, q Range) (Raw, error) {
	return ask(ctx, c, c.rangeCall(q).verbatim(), c.decodeRaw(ctx))
}

// RawQuery is Query whose data stay as they came, as those of RawRange.
func (c *Client) RawQuery(ctx context.Context, q Instant) (Raw, error) {
	return ask(ctx, c, c.instantCall(q).verbatim(), c.decodeRaw(ctx))
}

// verbatim bounds a call whose answer is kept as it is written.
func (what call) verbatim() call {
	what.maxBytes = maxRawBytes
	return what
}

// decodeRaw reads an answer the way that panels do, so that whoever is handed the
// data as they came is promised no less, and keeps the text.
func (c *Client) decodeRaw(ctx context.Context) func(io.Reader) (Raw, error) {
	return func(r io.Reader) (Raw, error) {
		var text bytes.Buffer
		result, from, to, err := promjson.Locate(io.TeeReader(r, &text), c.opts.Limits, func(s series.Series) error {
			c.countSamples(ctx, 1, s.Samples())
			return nil
		})
		if err != nil {
			return Raw{}, err
		}
		return Raw{text.Bytes()[from:to:to], result.Notes}, nil
	}
}
