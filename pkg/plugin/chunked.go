package plugin

import (
	"context"
	"strconv"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/frames"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/query"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// QueryChunkedData answers what QueryData does, in pieces: a series of a range
// query goes out as soon as it is decoded, so that the answer is never in memory
// as a whole. Shapes that are made of all series at once are sent when they are
// complete.
func (d *DataSource) QueryChunkedData(ctx context.Context, req *backend.QueryChunkedDataRequest, w backend.ChunkedDataWriter) error {
	ctx, caller := d.asking(ctx, req.PluginContext, req.GetHTTPHeaders())
	amongTables := severalTables(req.Queries)
	return each(ctx, req.Queries, func(ctx context.Context, q backend.DataQuery) error {
		out := &sender{refID: q.RefID, to: w}
		err := d.run(q, caller, amongTables, func(a *asked) error { return d.stream(ctx, a, out) })
		switch {
		case out.err != nil: // whoever asked is gone
			return out.err
		case err != nil:
			answer := failed(ctx, err)
			return w.WriteError(ctx, q.RefID, answer.Status, answer.Error)
		}
		return nil
	})
}

// sender sends the frames of one query, each under an id of its own.
type sender struct {
	refID string
	to    backend.ChunkedDataWriter
	sent  int
	err   error
}

func (s *sender) send(ctx context.Context, all ...*data.Frame) error {
	for _, frame := range all {
		if s.err = s.to.WriteFrame(ctx, s.refID, strconv.Itoa(s.sent), frame); s.err != nil {
			return fault.New(fault.Canceled, "Whoever asked has gone.").Because(s.err)
		}
		s.sent++
	}
	return nil
}

// stream runs one query and sends its frames as they are made.
func (d *DataSource) stream(ctx context.Context, a *asked, out *sender) error {
	if a.isPromQL() && a.Range && a.Format == query.TimeSeries {
		streamed, err := d.streamRange(ctx, a, out)
		if err != nil {
			return err
		}
		a.Range = !streamed
	}
	rest, err := d.shape(ctx, a)
	if err != nil {
		return err
	}
	return out.send(ctx, rest...)
}

// streamRange sends the frames of a query over its range one series at a time, unless
// the answer comes in several parts that have to be joined first: then it does nothing
// and returns false.
func (d *DataSource) streamRange(ctx context.Context, a *asked, out *sender) (streamed bool, err error) {
	compiled, err := d.compile(ctx, a, false)
	if err != nil || len(compiled.Spans) > 1 {
		return false, err
	}
	shaped := frames.Stream{Options: a.options(compiled)}
	rest, err := d.client.StreamRange(ctx, a.ranges(compiled)[0], func(s series.Series) error {
		frame, err := shaped.Frame(s)
		if err != nil || frame == nil {
			return err
		}
		return out.send(ctx, frame)
	})
	if err != nil {
		return false, err
	}
	points, err := d.shapeExemplars(a, compiled.Expr, d.exemplars(ctx, a, compiled, rest), nil)
	if err != nil {
		rest.Warnings = append(rest.Warnings, noExemplars(err))
	}
	if last := shaped.Last(rest); last != nil {
		if err := out.send(ctx, last); err != nil {
			return false, err
		}
	}
	return true, out.send(ctx, points...)
}
