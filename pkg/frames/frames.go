// Package frames converts decoded results of the Prometheus API to Grafana data frames.
// It has one function for each format. Except for heatmaps, the frames of samples follow
// Grafana's data plane contract: they have a type, the version 0.1 and unique labels. Without
// data, there is a frame with a type and no rows. Package plugin calls the function of the
// query's format.
package frames

import (
	"fmt"
	"slices"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// Names of the fields, which panels and transformations depend on.
const (
	timeField  = "Time"
	valueField = "Value"
)

// Options are the options of a conversion.
type Options struct {
	Expr   string // the executed PromQL, for the inspector
	Legend string // __auto, a template with {{label}}, or "" for metric name and labels
	Name   string // of a series without labels
	Step   time.Duration
	Names  series.Names // shown in legends and tables in place of the values of labels
	RefID  string       // of the query; "" if fewer than two queries of the panel return tables
	Values Values       // what the values are; zero if the panel determines it

	// NamedCells replaces the values of labels in tables by their names. Without the option, the
	// cells contain the values, and value mappings show the names.
	NamedCells bool

	// Infos adds a notice with the infos of the server. A panel marks notices in its
	// header. Without the option, the infos are only in the frame's metadata, where the
	// editor reads them.
	Infos bool

	// Counters returns metrics that are known to be counters, whatever suffixes their
	// names have. If Prometheus sends the info that one of these metrics might not be a
	// counter, the info is dropped. Counters is called only for infos of this kind, and may
	// be nil.
	Counters func() []string

	// Err returns an error once the result is no longer needed, like the method Err of a
	// context. Conversions then end early and return the error. Err may be nil.
	Err func() error
}

// err calls the function Err. It returns nil if Err is nil.
func (o Options) err() error {
	if o.Err == nil {
		return nil
	}
	return o.Err()
}

// version is the version of the data plane contract. Grafana's expressions rely on the
// type of a frame only if the frame has a version.
var version = data.FrameTypeVersion{0, 1}

// visualizations maps types of frames to the visualization in which Explore shows them.
// Without a visualization, Explore shows the points of a graph in a table, too.
var visualizations = map[data.FrameType]data.VisType{
	data.FrameTypeTimeSeriesMulti: data.VisTypeGraph,
	data.FrameTypeTimeSeriesWide:  data.VisTypeGraph,
	data.FrameTypeTable:           data.VisTypeTable,
}

// TimeSeries returns one frame per series, with the fields Time and Value
// (timeseries-multi). An error of TimeSeries or another conversion is a fault.TooLarge or
// the error of Options.Err.
func TimeSeries(r *series.Result, o Options) (Answer, error) {
	if err := checkTimes(floats(r)); err != nil {
		return Answer{}, err
	}
	return framePerSeries(r, data.FrameTypeTimeSeriesMulti, o)
}

// Numeric returns one frame per series of a vector or scalar, with a single number and no
// time (numeric-multi). Alert rules evaluate such frames without a reduce expression.
func Numeric(r *series.Result, o Options) (Answer, error) {
	return framePerSeries(r, data.FrameTypeNumericMulti, o)
}

// framePerSeries returns one frame per series.
func framePerSeries(r *series.Result, kind data.FrameType, o Options) (Answer, error) {
	all := floats(r)
	var a Answer
	if len(all) > 0 {
		a.more = &more{series: all, names: legends(all, o), meta: typed(kind), options: o, isTimed: kind == data.FrameTypeTimeSeriesMulti}
	}
	var err error
	a.Frames, err = finishFloats(data.Frames{data.NewFrame("")}, kind, r, o)
	return a, err
}

// timeColumn creates time fields. Consecutive series that share their timestamps also share a
// field, to save memory: a time.Time takes three words. A shared field must not be modified.
type timeColumn struct {
	times []int64
	last  *data.Field
}

func (c *timeColumn) field(times []int64, o Options) *data.Field {
	if c.last != nil && isSame(times, c.times) {
		return c.last
	}
	c.times, c.last = times, data.NewField(timeField, nil, timestamps(times))
	c.last.Config = timeConfig(o)
	return c.last
}

func timeConfig(o Options) *data.FieldConfig {
	return &data.FieldConfig{Interval: float64(o.Step.Milliseconds())}
}

// isSame reports whether two slices share the same memory or are both empty.
func isSame(a, b []int64) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}

// checkTimes returns an error if the series have more than maxTimes timestamps.
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
		return tooLarge("The result has more than %s timestamps. Series with the same timestamps count once. Request fewer series, a shorter range or a larger step.", grouped(maxTimes))
	}
	return nil
}

// floats returns the series, except those that contain only native histograms.
func floats(r *series.Result) []series.Series {
	if !slices.ContainsFunc(r.Series, isHistogram) {
		return r.Series
	}
	return slices.DeleteFunc(slices.Clone(r.Series), isHistogram)
}

func isHistogram(s series.Series) bool { return len(s.Values) == 0 && len(s.Histograms) > 0 }

func timestamps(ms []int64) []time.Time {
	times := make([]time.Time, len(ms))
	for i, t := range ms {
		times[i] = time.UnixMilli(t).UTC()
	}
	return times
}

// finishFloats calls finish for a format that doesn't show native histograms. If the result
// contains some, it adds a notice.
func finishFloats(frames data.Frames, kind data.FrameType, r *series.Result, o Options) (data.Frames, error) {
	return finish(frames, kind, r, o, droppedHistograms(countHistogramSeries(r))...)
}

// finish sets the type of the frames that have no type. It adds the metadata of the complete
// result to the first frame: the executed query, its statistics, the notes of the server, and
// the notices of the format. It returns the error of Options.Err, because the frames may then
// be incomplete.
func finish(frames data.Frames, kind data.FrameType, r *series.Result, o Options, notices ...data.Notice) (data.Frames, error) {
	if err := o.err(); err != nil {
		return nil, err
	}
	for _, frame := range frames {
		if frame.Meta == nil {
			frame.Meta = typed(kind)
		}
	}
	first := frames[0].Meta
	first.ExecutedQueryString = o.Expr
	o.addNotes(first, r.Notes, notices...)
	first.Stats = stats(r.Stats)
	return frames, nil
}

// typed returns the metadata of a frame of the given type.
func typed(kind data.FrameType) *data.FrameMeta {
	return &data.FrameMeta{Type: kind, TypeVersion: version, PreferredVisualization: visualizations[kind]}
}

// countHistogramSeries returns the number of series that contain native histograms,
// possibly in addition to floats.
func countHistogramSeries(r *series.Result) int {
	n := 0
	for _, s := range r.Series {
		if len(s.Histograms) > 0 {
			n++
		}
	}
	return n
}

// droppedHistograms returns the notice that the native histograms of n series are not
// shown.
func droppedHistograms(n int) []data.Notice {
	if n == 0 {
		return nil
	}
	return []data.Notice{{Severity: data.NoticeSeverityWarning, Text: fmt.Sprintf(
		"%s native histograms, which only the format Heatmap shows. To get numbers, use histogram_quantile, histogram_avg, histogram_count or histogram_sum.", seriesContain(n))}}
}

// seriesContain returns the beginning of a sentence about what n series contain.
func seriesContain(n int) string {
	if n == 1 {
		return "1 series contains"
	}
	return fmt.Sprintf("%d series contain", n)
}

// stats returns the statistics of a query for the panel's inspector.
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

// Texts returns the frame from which Grafana reads the options of a variable. It has a
// text field with a row per value. If a value has a name, the text is the name, and the frame
// also has a field with the values.
func Texts(values []string, names series.LabelNames, notes series.Notes) data.Frames {
	texts := make([]string, len(values))
	for i, value := range values {
		texts[i] = names.Of(value)
	}
	frame := data.NewFrame("", data.NewField("text", nil, texts))
	if !slices.Equal(texts, values) {
		frame.Fields = append(frame.Fields, data.NewField("value", nil, append([]string{}, values...)))
	}
	frame.Meta = &data.FrameMeta{}
	Options{}.addNotes(frame.Meta, notes)
	return data.Frames{frame}
}
