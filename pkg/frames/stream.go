package frames

import (
	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// Stream converts the series of a range query one at a time, for chunked responses. It
// returns the frames of TimeSeries, with two differences, because the complete result isn't
// known yet. With the legend __auto, the name of a series contains the metric name and
// all labels. The notices and the statistics are in an additional last frame.
type Stream struct {
	Options
	times      timeColumn
	frames     int
	histograms int // number of series that contain native histograms
}

// Frame converts the next series. It returns nil for a series that contains only native
// histograms. The error is a fault.TooLarge.
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
	o, named := s.Options, []series.Series{next}
	if o.Legend == auto {
		o.Legend = "" // a shorter name may be ambiguous
		named = o.Names.Series(named)
	}
	name := legends(named, o)[0]
	frame := data.NewFrame(name, s.times.field(next.Times, s.Options), o.value(next.Labels, name, next.Values))
	frame.Meta = typed(data.FrameTypeTimeSeriesMulti)
	if s.frames == 0 {
		frame.Meta.ExecutedQueryString = s.Expr
	}
	s.frames++
	return frame, nil
}

// Last returns the last frame of the response. r contains the notes and statistics of the
// response, but no series. Last returns nil if Frame has returned a frame and there are no
// notices, infos or statistics. It returns an error only if Options.Err returns one.
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
