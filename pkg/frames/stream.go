package frames

import (
	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// Stream shapes the series of a range query one at a time, for chunked answers. Its
// frames are those of TimeSeries, except for what depends on the complete answer:
// __auto names a series by its metric and all of its labels, and the server's notices
// and stats come with a last frame that holds nothing else.
type Stream struct {
	Options
	times      timeColumn
	frames     int
	histograms int // series that hold them
}

// Frame shapes the next series; nil where it holds nothing but native histograms. Its
// error is that of TimeSeries.
func (s *Stream) Frame(next series.Series) (*data.Frame, error) {
	if len(next.Histograms) > 0 {
		s.histograms++
	}
	if isHistogram(next) {
		return nil, nil
	}
	if err := checkTimes([]series.Series{next}); err != nil {
		return nil, err
	}
	o := s.Options
	if o.Legend == auto {
		o.Legend = "" // any shorter name may be another series' too
	}
	name := legends([]series.Series{next}, o)[0]
	frame := data.NewFrame(name, s.times.field(next.Times, s.Options), value(next.Labels, name, next.Values))
	frame.Meta = &data.FrameMeta{Type: data.FrameTypeTimeSeriesMulti, TypeVersion: version, PreferredVisualization: data.VisTypeGraph}
	if s.frames == 0 {
		frame.Meta.ExecutedQueryString = s.Expr
	}
	s.frames++
	return frame, nil
}

// Last is the frame that ends the answer: what r, its rest, has to say, or that
// there is no data. It is nil where there is nothing to add.
func (s *Stream) Last(r *series.Result) *data.Frame {
	last := conclude(data.Frames{data.NewFrame("")}, data.FrameTypeTimeSeriesMulti, r, s.Options, leftOut(s.histograms)...)[0]
	if s.frames > 0 && len(last.Meta.Notices) == 0 && len(last.Meta.Stats) == 0 && last.Meta.Custom == nil {
		return nil
	}
	return last
}
