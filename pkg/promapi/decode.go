package promapi

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"io"
	"slices"
	"strconv"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/promjson"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// Answer is a list that a metadata endpoint returns, with the server's notes.
type Answer[T any] struct {
	Data T
	series.Notes
}

// Raw is an answer of query or query_range whose data is unchanged, byte for byte: one
// JSON object with resultType and result.
type Raw struct {
	Data json.RawMessage
	series.Notes
}

// TruncatedWarning is the warning of Prometheus, Thanos and Mimir for a list that they
// truncated at the limit of the request. This package adds the same warning to the lists that
// it truncates itself.
const TruncatedWarning = "results truncated due to limit"

// Truncate adds TruncatedWarning, unless the server has sent it already. It doesn't
// change Data: the caller shortens the list.
func (a *Answer[T]) Truncate() {
	if !slices.Contains(a.Warnings, TruncatedWarning) {
		a.Warnings = append(slices.Clip(a.Warnings), TruncatedWarning)
	}
}

// listLimit returns the maximum length of a list: the caller's limit, but at most
// MaxListed, which is also the default.
func listLimit(limit int) int { return min(cmp.Or(max(limit, 0), MaxListed), MaxListed) }

// requestLimit returns the limit to send to the server. It is larger by one than
// listLimit, so that a longer list can be recognized.
func requestLimit(limit int) string { return strconv.Itoa(listLimit(limit) + 1) }

// listDecoder returns a decoder that truncates a list at the limit.
func listDecoder[T any](read func(r io.Reader, limit int) (promjson.List[T], error), limit int) func(io.Reader) (Answer[T], error) {
	return func(r io.Reader) (Answer[T], error) {
		list, err := read(r, listLimit(limit))
		answer := Answer[T]{list.Data, list.Notes}
		if list.Truncated {
			answer.Truncate()
		}
		return answer, err
	}
}

// resultDecoder returns a decoder of an answer of query or query_range. If allowPartial is
// true, the decoder truncates an answer over a limit.
func (c *Client) resultDecoder(ctx context.Context, limits promjson.Limits, allowPartial bool) func(io.Reader) (*series.Result, error) {
	return func(r io.Reader) (*series.Result, error) {
		result, err := promjson.Decode(r, limits)
		if result != nil {
			c.countSamples(ctx, len(result.Series), result.Samples())
		}
		return c.acceptPartial(allowPartial, result, err)
	}
}

// rawDecoder returns a decoder of an answer of query or query_range. The decoder returns the
// JSON of the data unchanged, and adds the number of series to count. It returns the same
// errors as the decoder of resultDecoder, but never truncates an answer.
func (c *Client) rawDecoder(ctx context.Context, count *int) func(io.Reader) (Raw, error) {
	return func(r io.Reader) (Raw, error) {
		var text bytes.Buffer
		result, from, to, err := promjson.Locate(io.TeeReader(r, &text), c.opts.Limits, func(s series.Series) error {
			*count++
			c.countSamples(ctx, 1, s.Samples())
			return nil
		})
		if err != nil {
			return Raw{}, err
		}
		return Raw{text.Bytes()[from:to:to], result.Notes}, nil
	}
}
