package frames

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// AnnotationOptions are the options of Annotations. Title, Text and Tags are templates like
// legends. In these templates, the placeholders {{value}} and {{__value__}} stand for the
// highest value of the event, unless the series has a label of that name.
type AnnotationOptions struct {
	Options
	Title, Text string   // if both are empty, the title is the name of the series
	Tags        []string // empty tags are dropped
	ValueIsTime bool     // a value is the time of an event in Unix milliseconds
}

// Annotations returns the frame from which Grafana creates annotations. It has a row for each
// of the latest maxAnnotations events, in order of time. An event is a sequence of consecutive
// steps at which a series is above 0. With ValueIsTime, the time of a step is the value of the
// series. The field timeEnd is null for an event that begins and ends at the same time, and
// tags is null for an event without tags.
func Annotations(r *series.Result, o AnnotationOptions) (data.Frames, error) {
	o.Legend = cmp.Or(o.Legend, auto)
	all := floats(r)
	latest := latestEvents{since: math.MinInt64}
	for i, s := range all {
		if err := o.err(); err != nil {
			return nil, err
		}
		latest.addSeries(i, s, o)
	}
	latest.truncate()
	notices := droppedHistograms(countHistogramSeries(r))
	if len(latest.events) < latest.total {
		notices = append(notices, data.Notice{Severity: data.NoticeSeverityInfo,
			Text: "The latest " + grouped(maxAnnotations) + " of " + grouped(latest.total) + " annotations are shown. To get fewer, narrow the query or shorten the time range."})
	}
	return finish(data.Frames{annotationFrame(latest.events, all, o)}, data.FrameTypeTable, r, o.Options, notices...)
}

// event is a sequence of consecutive steps of one series. Times are Unix milliseconds;
// both ends are included.
type event struct {
	series   int // index of the series in the result of floats
	from, to int64
	highest  float64
}

// latestEvents keeps the latest maxAnnotations events of all added events, because each of
// the millions of samples of a result may be an event.
type latestEvents struct {
	events []event
	total  int   // number of events that were added
	since  int64 // an event that begins earlier is not one of the latest
}

func (l *latestEvents) add(e event) {
	l.total++
	if e.from >= l.since {
		l.events = append(l.events, e)
	}
	if len(l.events) > 2*maxAnnotations {
		l.truncate()
	}
}

// truncate sorts the events by time and drops all but the latest maxAnnotations.
func (l *latestEvents) truncate() {
	slices.SortStableFunc(l.events, func(a, b event) int { return cmp.Compare(a.from, b.from) })
	if excess := len(l.events) - maxAnnotations; excess > 0 {
		l.events = slices.Delete(l.events, 0, excess)
		l.since = l.events[0].from
	}
}

// addSeries adds the events of a series. index becomes event.series.
func (l *latestEvents) addSeries(index int, s series.Series, o AnnotationOptions) {
	distance := o.Step
	if distance > time.Hour && !o.ValueIsTime {
		distance += time.Hour // steps follow the local time, which repeats an hour when daylight saving time ends
	}
	var last event
	isOpen := false // whether the next step may extend last
	for i, value := range s.Values {
		if !(value > 0) { // false for NaN too
			continue
		}
		at := s.Times[i]
		if o.ValueIsTime {
			if value > latestTime {
				continue
			}
			at = int64(value)
		}
		switch {
		case isOpen && at >= last.from && at <= last.to+distance.Milliseconds():
			last.to, last.highest = max(last.to, at), max(last.highest, value)
			continue
		case isOpen:
			l.add(last)
		}
		last, isOpen = event{index, at, at, value}, true
	}
	if isOpen {
		l.add(last)
	}
}

// latestTime is a time in the year 2200, in Unix milliseconds. With ValueIsTime, later values
// are ignored, because time fields count nanoseconds, which overflow in the year 2262.
const latestTime = 7_258_118_400_000

// annotationFrame returns the frame of events. It returns early if Options.Err returns an
// error.
func annotationFrame(events []event, all []series.Series, o AnnotationOptions) *data.Frame {
	var names []string
	if o.Title == "" && o.Text == "" {
		names = legends(all, o.Options)
	}
	title, text := series.ParseTemplate(o.Title), series.ParseTemplate(o.Text)
	tags := make([]series.Template, len(o.Tags))
	for i, tag := range o.Tags {
		tags[i] = series.ParseTemplate(tag)
	}
	times, ends := make([]time.Time, len(events)), make([]*time.Time, len(events))
	titles, texts, tagLists := make([]string, len(events)), make([]string, len(events)), make([]*string, len(events))
	for i, e := range events {
		if o.err() != nil {
			break
		}
		times[i] = time.UnixMilli(e.from).UTC()
		if e.to > e.from {
			end := time.UnixMilli(e.to).UTC()
			ends[i] = &end
		}
		labels, value := all[e.series].Labels, readable(e.highest)
		named := o.Names.Labels(labels)
		titles[i], texts[i], tagLists[i] = fill(title, named, value), fill(text, named, value), tagList(tags, labels, value)
		if names != nil {
			titles[i] = fault.ClipBytes(names[e.series], maxFilled)
		}
	}
	// Grafana requires these field names.
	return data.NewFrame("", data.NewField("time", nil, times), data.NewField("timeEnd", nil, ends),
		data.NewField("title", nil, titles), data.NewField("text", nil, texts), data.NewField("tags", nil, tagLists))
}

// tagList fills in tags and joins them with commas, at which Grafana splits them. A tag
// that contains commas becomes several tags. tagList keeps the first maxTags different tags.
func tagList(tags []series.Template, labels series.Labels, value string) *string {
	var filled []string
	for _, tag := range tags {
		for text := range strings.SplitSeq(fill(tag, labels, value), ",") {
			if text = strings.TrimSpace(text); text != "" && len(filled) < maxTags && !slices.Contains(filled, text) {
				filled = append(filled, text)
			}
		}
	}
	if len(filled) == 0 {
		return nil
	}
	list := strings.Join(filled, ",")
	return &list
}

// readable formats a positive number with four significant digits. It rounds a number from
// 1000 to 1e15 to an integer instead.
func readable(value float64) string {
	const maxExact = 1e15 // a float64 represents all integers up to here
	if value >= 1000 && value < maxExact {
		return strconv.FormatFloat(math.Round(value), 'f', -1, 64)
	}
	short, err := strconv.ParseFloat(strconv.FormatFloat(value, 'g', 4, 64), 64)
	if err != nil {
		short = value
	}
	return strconv.FormatFloat(short, 'g', -1, 64)
}
