package plugin

import (
	"context"
	"strconv"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/budget"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/frames"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/query"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// QueryChunkedData returns the results of QueryData in chunks. In the format time_series, it
// sends each series of a range query as soon as the series is decoded, so that the complete
// result isn't kept in memory. It sends other frames when they are complete, such as those of
// other formats, of instant queries, and of ranges that are split into several requests.
func (d *DataSource) QueryChunkedData(ctx context.Context, req *backend.QueryChunkedDataRequest, w backend.ChunkedDataWriter) error {
	ctx, caller := d.withCaller(ctx, req.PluginContext, queryHeaders(req.Headers))
	return forEachQuery(ctx, d.parseAll(ctx, req.PluginContext.User, req.Queries), func(ctx context.Context, q parsedQuery) error {
		ctx = d.budget.Begin(ctx, d.settings.MaxBytes)
		out := &sender{refID: q.RefID, to: w}
		err := d.run(ctx, q, caller, func(ctx context.Context, r *request) error { return d.stream(ctx, r, out) })
		switch {
		case out.err != nil: // the caller has closed the connection
			return out.err
		case err != nil:
			answer := errorResponse(ctx, err)
			return w.WriteError(ctx, q.RefID, answer.Status, answer.Error)
		}
		return nil
	})
}

// sender sends the frames of a query, each with its own frame id.
type sender struct {
	refID   string
	to      backend.ChunkedDataWriter
	sent    int
	counted bool // addMemory has counted the memory for sending
	err     error
}

func (s *sender) send(ctx context.Context, all ...*data.Frame) error {
	for _, frame := range all {
		if err := s.addMemory(ctx, frame); err != nil {
			return err
		}
		if s.err = s.to.WriteFrame(ctx, s.refID, strconv.Itoa(s.sent), frame); s.err != nil {
			return fault.New(fault.Canceled, "The caller closed the connection.").Because(s.err)
		}
		s.sent++
	}
	return nil
}

// addMemory acquires memory from the budget for sending the chunks of the response. It does
// this once, before the first large chunk is sent.
func (s *sender) addMemory(ctx context.Context, frame *data.Frame) error {
	const small = 32 << 10 / 16 // rows of a time and a value in a chunk of 32 KiB
	if s.counted || frame.Rows() < small {
		return nil
	}
	s.counted = true
	return budget.FromContext(ctx).AddMemory(ctx, budget.ChunkMemory, func() {})
}

// stream runs a query and sends its frames, one series at a time where that is possible.
func (d *DataSource) stream(ctx context.Context, r *request, out *sender) error {
	if r.returnsSamples() && r.Range && r.Format == query.TimeSeries {
		streamed, err := d.streamRange(ctx, r, out)
		if err != nil {
			return err
		}
		r.Range = !streamed
	}
	rest, err := d.execute(ctx, r)
	if err != nil {
		return err
	}
	return out.send(ctx, rest.All()...)
}

// streamRange runs a range query and sends its frames series by series. If the range is split
// into several requests, whose results must be joined first, streamRange sends nothing and
// returns false.
func (d *DataSource) streamRange(parent context.Context, r *request, out *sender) (streamed bool, err error) {
	compiled, err := d.compile(parent, r, false)
	if err != nil || len(compiled.Spans) > 1 {
		return false, err
	}
	stream := frames.Stream{Options: r.options(parent, compiled, d.namesIn(parent, r, nil))}
	var (
		rest      *series.Result
		exemplars exemplarResult
	)
	requests := []func(context.Context) error{func(ctx context.Context) (err error) {
		rest, err = d.client.StreamRange(ctx, r.ranges(compiled)[0], func(s series.Series) error {
			frame, err := stream.Frame(s)
			if err != nil || frame == nil {
				return err
			}
			return out.send(ctx, frame)
		})
		return err
	}}
	if wantsExemplars(parent, r) {
		requests = append(requests, func(ctx context.Context) error {
			exemplars = d.exemplars(ctx, r, compiled)
			return nil
		})
	}
	if err := concurrently(parent, requests...); err != nil {
		return false, err
	}
	exemplars.addNotes(rest)
	points, err := d.exemplarFrames(r, compiled.Expr, exemplars, nil)
	if err != nil {
		rest.Warnings = append(rest.Warnings, noExemplars(err))
	}
	last, err := stream.Last(rest)
	if err != nil {
		return false, err
	}
	if last != nil {
		if err := out.send(parent, last); err != nil {
			return false, err
		}
	}
	return true, out.send(parent, points...)
}
