package promapi

import (
	"context"
	"io"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/budget"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/promjson"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// StreamRange is like QueryRange, but calls yield with every series as soon as it is
// decoded. The returned result contains everything else. If yield returns an error,
// StreamRange ends the request and returns that error unchanged. If the Governor limits the
// number of series, yield is called after the complete result is decoded, so that a result that
// the Governor refuses is not returned in part.
func (c *Client) StreamRange(ctx context.Context, q Range, yield func(series.Series) error) (*series.Result, error) {
	if c.opts.Governor != nil && c.opts.Governor.LimitsSeries(ctx) {
		return c.yieldRange(ctx, q, yield)
	}
	permit, err := c.permitExpr(ctx, q.expression())
	if err != nil {
		return nil, err
	}
	call, err := c.govern(ctx, c.rangeCall(q))
	if err != nil {
		return nil, permit.finish(nil, 0, err)
	}
	n := 0
	result, err := c.query(ctx, call, func(r io.Reader) (*series.Result, error) {
		var yieldErr error
		result, err := promjson.Stream(r, c.opts.Limits, func(s series.Series) error {
			n++
			c.countSamples(ctx, 1, s.Samples())
			if body, ok := r.(*limitedBody); ok {
				body.decoding.End() // yield may take any time
			}
			yieldErr = yield(s)
			budget.FromContext(ctx).Drop()
			return yieldErr
		})
		if yieldErr != nil {
			return nil, &callerError{yieldErr}
		}
		return c.acceptPartial(c.allowsPartial(ctx, q.Complete), result, err)
	})
	if err != nil {
		return nil, permit.finish(nil, 0, err)
	}
	return result, permit.finish(&result.Notes, n, nil)
}

// yieldRange calls QueryRange, and then calls yield with every series of the result. The
// returned result contains everything else.
func (c *Client) yieldRange(ctx context.Context, q Range, yield func(series.Series) error) (*series.Result, error) {
	result, err := c.QueryRange(ctx, q)
	if err != nil {
		return nil, err
	}
	for _, s := range result.Series {
		if err := yield(s); err != nil {
			return nil, err
		}
	}
	result.Series = nil
	return result, nil
}

// Query evaluates an expression at one time. (Prometheus HTTP API, instant queries.)
func (c *Client) Query(ctx context.Context, q Instant) (*series.Result, error) {
	permit, err := c.permitExpr(ctx, q.expression())
	if err != nil {
		return nil, err
	}
	call, err := c.govern(ctx, c.instantCall(q))
	if err != nil {
		return nil, permit.finish(nil, 0, err)
	}
	result, err := c.query(ctx, call, c.resultDecoder(ctx, c.opts.Limits, c.allowsPartial(ctx, q.Complete)))
	return permit.finishResult(result, err)
}

// RawRange is like QueryRange, but returns the data of the answer unchanged. An answer
// over a limit is always an error, because truncated JSON is invalid.
func (c *Client) RawRange(ctx context.Context, q Range) (Raw, error) {
	return c.queryRaw(ctx, c.rangeCall(q), q.expression())
}

// RawQuery is like Query, but returns the data of the answer unchanged, as RawRange does.
func (c *Client) RawQuery(ctx context.Context, q Instant) (Raw, error) {
	return c.queryRaw(ctx, c.instantCall(q), q.expression())
}

func (c *Client) queryRaw(ctx context.Context, call apiCall, q Expression) (Raw, error) {
	permit, err := c.permitExpr(ctx, q)
	if err != nil {
		return Raw{}, err
	}
	if call, err = c.govern(ctx, call); err != nil {
		return Raw{}, permit.finish(nil, 0, err)
	}
	call.maxBytes = maxRawBytes
	n := 0
	raw, err := fetch(ctx, c, call, c.rawDecoder(ctx, &n))
	if err = permit.finish(&raw.Notes, n, err); err != nil {
		return Raw{}, err
	}
	return raw, nil
}
