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

// AnnotationOptions say what an annotation reads like. Title, text and tags are
// filled as legends are: {{label}} is a label of the series, and {{value}}, or
// {{__value__}} where there is such a label, the highest value of the stretch.
type AnnotationOptions struct {
	Options
	Title, Text string   // where both are empty, the title is what a legend would be
	Tags        []string // those that come out empty are left out
	ValueIsTime bool     // a value is the time of an event in Unix milliseconds
}

// Annotations shapes the answer of a range query into the one frame that Grafana
// makes annotations of, with a row for each stretch of consecutive steps at which a
// series is above 0, in order of time. timeEnd is null where that is one step alone,
// tags where there are none. Series that are never above 0 leave no row.
func Annotations(r *series.Result, o AnnotationOptions) data.Frames {
	o.Legend = cmp.Or(o.Legend, auto)
	all := floats(r)
	shown := latest{since: math.MinInt64}
	for i, s := range all {
		addEvents(&shown, i, s, o)
	}
	shown.cut()
	own := leftOut(withHistograms(r))
	if len(shown.events) < shown.of {
		own = append(own, data.Notice{Severity: data.NoticeSeverityInfo,
			Text: grouped(maxAnnotations) + " of " + grouped(shown.of) + " annotations are shown, the latest. A narrower query or a shorter time range has fewer."})
	}
	return conclude(data.Frames{annotationFrame(shown.events, all, o)}, data.FrameTypeTable, r, o.Options, own...)
}

// event is a stretch of steps of one series. Times are Unix milliseconds, both ends
// are included.
type event struct {
	series   int
	from, to int64
	highest  float64
}

// latest keeps the maxAnnotations latest of the events added to it, in order of
// time: each of an answer's millions of samples may be one.
type latest struct {
	events []event
	of     int   // how many were added
	since  int64 // what began before can't be one of them
}

func (l *latest) add(e event) {
	l.of++
	if e.from >= l.since {
		l.events = append(l.events, e)
	}
	if len(l.events) > 2*maxAnnotations {
		l.cut()
	}
}

func (l *latest) cut() {
	slices.SortStableFunc(l.events, func(a, b event) int { return cmp.Compare(a.from, b.from) })
	if left := len(l.events) - maxAnnotations; left > 0 {
		l.events = slices.Delete(l.events, 0, left)
		l.since = l.events[0].from
	}
}

// addEvents adds the events of one series.
func addEvents(to *latest, index int, s series.Series, o AnnotationOptions) {
	apart := o.Step
	if apart > time.Hour && !o.ValueIsTime {
		apart += time.Hour // steps keep to local times, of which one comes twice where daylight saving ends
	}
	var last event
	isOpen := false // last is one that later steps may belong to
	for i, value := range s.Values {
		if !(value > 0) { // NaN isn't either
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
		case isOpen && at >= last.from && at <= last.to+apart.Milliseconds():
			last.to, last.highest = max(last.to, at), max(last.highest, value)
			continue
		case isOpen:
			to.add(last)
		}
		last, isOpen = event{index, at, at, value}, true
	}
	if isOpen {
		to.add(last)
	}
}

// latestTime is in the year 2200: time fields count nanoseconds, and can't go on for
// much longer.
const latestTime = 7_258_118_400_000

func annotationFrame(events []event, all []series.Series, o AnnotationOptions) *data.Frame {
	var names []string
	if o.Title == "" && o.Text == "" {
		names = legends(all, o.Options)
	}
	title, text := parseTemplate(o.Title), parseTemplate(o.Text)
	tags := make([]template, len(o.Tags))
	for i, tag := range o.Tags {
		tags[i] = parseTemplate(tag)
	}
	times, ends := make([]time.Time, len(events)), make([]*time.Time, len(events))
	titles, texts, tagLists := make([]string, len(events)), make([]string, len(events)), make([]*string, len(events))
	for i, e := range events {
		times[i] = time.UnixMilli(e.from).UTC()
		if e.to > e.from {
			end := time.UnixMilli(e.to).UTC()
			ends[i] = &end
		}
		labels, value := all[e.series].Labels, readable(e.highest)
		titles[i], texts[i], tagLists[i] = title.fill(labels, value), text.fill(labels, value), tagList(tags, labels, value)
		if names != nil {
			titles[i] = fault.ClipBytes(names[e.series], maxFilled)
		}
	}
	// Grafana finds the fields by these names.
	return data.NewFrame("", data.NewField("time", nil, times), data.NewField("timeEnd", nil, ends),
		data.NewField("title", nil, titles), data.NewField("text", nil, texts), data.NewField("tags", nil, tagLists))
}

// tagList joins tags as Grafana splits them: at commas, which a tag can't have. It
// keeps the first maxTags.
func tagList(tags []template, labels series.Labels, value string) *string {
	var filled []string
	for _, tag := range tags {
		for text := range strings.SplitSeq(tag.fill(labels, value), ",") {
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

// readable writes a number as a person says it: with four digits, and all those
// before the point.
func readable(value float64) string {
	const exact = 1e15 // floats up to here hold every whole number
	if value >= 1000 && value < exact {
		return strconv.FormatFloat(math.Round(value), 'f', -1, 64)
	}
	short, err := strconv.ParseFloat(strconv.FormatFloat(value, 'g', 4, 64), 64)
	if err != nil {
		short = value
	}
	return strconv.FormatFloat(short, 'g', -1, 64)
}
