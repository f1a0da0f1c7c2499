package frames

import (
	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// Stream converts the series of a range query one at a time, for chunked responses. Its
// frames are those of TimeSeries, except for what depends on the complete result: __auto
// names a series by its metric and all labels, and the notices and statistics of the
// server are in an additional last frame.
type Stream struct {
	Options
	times      timeColumn
	frames     int
	histograms int // number of series that contain native histograms
}

// Frame converts the next series. It returns nil for a series that consists of native
// histograms only. The error is a fault.TooLarge.
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
		o.Legend = "" // a shorter name may be ambiguous
	}
	name := legends([]series.Series{next}, o)[0]
	frame := data.NewFrame(name, s.times.field(next.Times, s.Options), valueOf(next.Labels, name, next.Values))
	frame.Meta = &data.FrameMeta{Type: data.FrameTypeTimeSeriesMulti, TypeVersion: version, PreferredVisualization: data.VisTypeGraph}
	if s.frames == 0 {
		frame.Meta.ExecutedQueryString = s.Expr
	}
	s.frames++
	return frame, nil
}

// Last returns the last frame of the response. It contains the notes and statistics of r,
// which has no series, or represents an empty result. Last returns nil if the frame would
// contain nothing new. The error is that of Options.Err.
func (s *Stream) Last(r *series.Result) (*data.Frame, error) {
	all, err := finish(data.Frames{data.NewFrame("")}, data.FrameTypeTimeSeriesMulti, r, s.Options, droppedHistograms(s.histograms)...)
	if err != nil {
		return nil, err
	}
	last := all[0]
	if s.frames > 0 && len(last.Meta.Notices) == 0 && len(last.Meta.Stats) == 0 && last.Meta.Custom == nil {
		return nil, nil
	}
	return last, nil
}
