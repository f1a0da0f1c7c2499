// Package frames shapes a decoded answer into Grafana data frames: one function
// a shape, each keeping the data plane's contract (type, version 0.1, unique
// labels, a typed frame without fields where there is no data). plugin chooses
// the shape by the query's format.
package frames

import (
	"fmt"
	"slices"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// Names of the fields, as panels and transformations know them.
const (
	timeField  = "Time"
	valueField = "Value"
)

// Options say how an answer is presented.
type Options struct {
	Expr   string // the executed PromQL, for the inspector
	Legend string // {{label}} texts, __auto, or "" for metric name and labels
	Name   string // what a series without labels is called
	Step   time.Duration
	RefID  string // the query's, where tables of other queries stand beside its own

	// Infos adds a notice for the infos of the server. A panel marks each notice in its
	// header, so without it infos are in the frame's metadata only, for the editor.
	Infos bool

	// Counters lists metrics known to be counters, whatever their names end in.
	// Prometheus's guess that they might be none isn't worth a mark on a panel. It
	// is asked where there is such a guess; nil knows of none.
	Counters func() []string
}

// version of the data plane's contract; Grafana's expressions trust frames that
// name one.
var version = data.FrameTypeVersion{0, 1}

// shownAs says where Explore shows a kind of frames, which would otherwise repeat
// a graph's points in its table.
var shownAs = map[data.FrameType]data.VisType{
	data.FrameTypeTimeSeriesMulti: data.VisTypeGraph,
	data.FrameTypeTimeSeriesWide:  data.VisTypeGraph,
	data.FrameTypeTable:           data.VisTypeTable,
}

// TimeSeries shapes a result into one frame per series: Time and Value
// (timeseries-multi). The error of a shape is a fault.TooLarge.
func TimeSeries(r *series.Result, o Options) (data.Frames, error) {
	all := floats(r)
	if len(all) == 0 {
		return finish(data.Frames{data.NewFrame("")}, data.FrameTypeTimeSeriesMulti, r, o), nil
	}
	if err := checkTimes(all); err != nil {
		return nil, err
	}
	names := legends(all, o)
	frames := make(data.Frames, len(all))
	var times timeColumn
	for i, s := range all {
		frames[i] = data.NewFrame(names[i], times.field(s.Times, o), value(s.Labels, names[i], s.Values))
	}
	return finish(frames, data.FrameTypeTimeSeriesMulti, r, o), nil
}

// Numeric shapes a vector or scalar into one frame per series with a single
// number and no time (numeric-multi), the form that alert rules take as it is.
func Numeric(r *series.Result, o Options) data.Frames {
	all := floats(r)
	if len(all) == 0 {
		return finish(data.Frames{data.NewFrame("")}, data.FrameTypeNumericMulti, r, o)
	}
	names := legends(all, o)
	frames := make(data.Frames, len(all))
	for i, s := range all {
		frames[i] = data.NewFrame(names[i], value(s.Labels, names[i], s.Values))
	}
	return finish(frames, data.FrameTypeNumericMulti, r, o)
}

// timeColumn makes time fields. Series that share a column of times share a
// field too: fields are only read from here on, and a time takes three words.
type timeColumn struct {
	of   []int64
	made *data.Field
}

func (c *timeColumn) field(times []int64, o Options) *data.Field {
	if c.made != nil && isSame(times, c.of) {
		return c.made
	}
	c.of, c.made = times, data.NewField(timeField, nil, timestamps(times))
	c.made.Config = &data.FieldConfig{Interval: float64(o.Step.Milliseconds())}
	return c.made
}

// isSame reports whether two columns are the same memory.
func isSame(a, b []int64) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}

// checkTimes refuses series that have too many timestamps of their own.
func checkTimes(all []series.Series) error {
	count := 0
	var last []int64
	for _, s := range all {
		if !isSame(s.Times, last) {
			last = s.Times
			count += len(last)
		}
	}
	if count > maxTimes {
		return tooLarge("The series of the answer have more than %s timestamps that they don't share. Ask for fewer series, a shorter range or a larger step.", grouped(maxTimes))
	}
	return nil
}

// floats are the series that hold plain numbers. One that holds nothing but
// native histograms has no place in these shapes; leftOut says so.
func floats(r *series.Result) []series.Series {
	if !slices.ContainsFunc(r.Series, isHistogram) {
		return r.Series
	}
	return slices.DeleteFunc(slices.Clone(r.Series), isHistogram)
}

func isHistogram(s series.Series) bool { return len(s.Values) == 0 && len(s.Histograms) > 0 }

// value makes the field that holds a series' values.
func value(labels series.Labels, name string, values []float64) *data.Field {
	field := data.NewField(valueField, labels.Map(), values)
	field.Config = &data.FieldConfig{DisplayNameFromDS: name}
	return field
}

func timestamps(ms []int64) []time.Time {
	times := make([]time.Time, len(ms))
	for i, t := range ms {
		times[i] = time.UnixMilli(t).UTC()
	}
	return times
}

// finish ends a shape that has no place for native histograms: it types every
// frame, and puts what concerns the whole answer on the first.
func finish(frames data.Frames, kind data.FrameType, r *series.Result, o Options) data.Frames {
	return conclude(frames, kind, r, o, leftOut(withHistograms(r))...)
}

// conclude types the frames that have no type of their own, and puts on the
// first, once: the executed query, what it cost, the server's notes and the notices
// of the shape.
func conclude(frames data.Frames, kind data.FrameType, r *series.Result, o Options, own ...data.Notice) data.Frames {
	for _, frame := range frames {
		if frame.Meta == nil {
			frame.Meta = &data.FrameMeta{Type: kind, TypeVersion: version, PreferredVisualization: shownAs[kind]}
		}
	}
	first := frames[0].Meta
	first.ExecutedQueryString = o.Expr
	o.note(first, r.Notes, own...)
	first.Stats = stats(r.Stats)
	return frames
}

// withHistograms is how many series of a result hold native histograms, mixed ones
// included.
func withHistograms(r *series.Result) int {
	n := 0
	for _, s := range r.Series {
		if len(s.Histograms) > 0 {
			n++
		}
	}
	return n
}

// leftOut says of how many series the native histograms aren't shown.
func leftOut(left int) []data.Notice {
	if left == 0 {
		return nil
	}
	return []data.Notice{{Severity: data.NoticeSeverityWarning, Text: fmt.Sprintf(
		"%s native histograms, which only the format Heatmap shows. For numbers use histogram_quantile, histogram_avg, histogram_count or histogram_sum.", holds(left))}}
}

// holds begins a sentence about a number of series.
func holds(n int) string {
	if n == 1 {
		return "1 series holds"
	}
	return fmt.Sprintf("%d series hold", n)
}

// stats are what the query cost the server, as the panel's inspector lists them.
func stats(s *series.Stats) []data.QueryStat {
	if s == nil {
		return nil
	}
	return []data.QueryStat{
		{FieldConfig: data.FieldConfig{DisplayName: "Samples read", Unit: "short"}, Value: s.Samples},
		{FieldConfig: data.FieldConfig{DisplayName: "Peak samples in memory", Unit: "short"}, Value: s.PeakSamples},
		{FieldConfig: data.FieldConfig{DisplayName: "Execution time on the server", Unit: "s"}, Value: s.Seconds},
	}
}

// Texts shapes a variable's values into the one frame that Grafana takes for
// options: a text field, with no rows where there is nothing to choose.
func Texts(values []string, notes series.Notes) data.Frames {
	frame := data.NewFrame("", data.NewField("text", nil, append([]string{}, values...)))
	frame.Meta = &data.FrameMeta{}
	Options{}.note(frame.Meta, notes)
	return data.Frames{frame}
}
