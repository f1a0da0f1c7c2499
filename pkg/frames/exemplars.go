package frames

import (
	"cmp"
	"slices"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// ExemplarOptions say which exemplars are shown, and how.
type ExemplarOptions struct {
	Expr    string        // the executed PromQL, for the inspector
	Step    time.Duration // of the graph
	Sampler series.Sampler
	Links   []TraceLink
	// Over are the frames that the exemplars are drawn over; nil where they are not
	// at hand. A heatmap finds an exemplar's place by the label of its rows, which
	// every exemplar then gets. The first frame gets the notice that exemplars are
	// left out as well, since a panel's header shows none of an annotation.
	Over data.Frames
}

// TraceLink says where a label's value, such as a trace's id, leads: to a URL, in
// which ${__value.raw} stands for it, to a tracing data source, or to both. The
// keys are those of exemplarTraceIdDestinations in the settings of Grafana's
// Prometheus data source.
type TraceLink struct {
	Label         string `json:"name"`
	URL           string `json:"url"`
	Title         string `json:"urlDisplayLabel"` // "" is a default
	DatasourceUID string `json:"datasourceUid"`
}

// Exemplars shapes exemplars into the one frame that Grafana draws as points over
// a graph: Time and Value first, rows in order of time, then a text field for each
// label in alphabetical order. Where there are none there is no frame. The error is a
// fault.TooLarge.
func Exemplars(all []series.ExemplarSeries, o ExemplarOptions) (data.Frames, error) {
	points := flatten(all)
	if len(points) == 0 {
		return nil, nil
	}
	shown, how := sample(o.Sampler, points, o.Step)
	times := make([]time.Time, len(shown))
	values := make([]float64, len(shown))
	for i, p := range shown {
		times[i] = time.UnixMilli(p.Time).UTC()
		values[i] = p.Value
	}
	rows := drawnRows(o.Over)
	ofRows := 0
	if len(rows) > 0 {
		ofRows = len(rows[0].Labels)
	}
	columns, err := labelColumns(shown, ofRows)
	if err != nil {
		return nil, err
	}
	columns.link(o.Links)
	columns.place(values, rows)
	frame := data.NewFrame("exemplar", data.NewField(timeField, nil, times), data.NewField(valueField, nil, values))
	frame.Fields = append(frame.Fields, columns.fields()...)
	frame.Meta = &data.FrameMeta{
		Custom:              map[string]string{"resultType": "exemplar"},
		DataTopic:           data.DataTopicAnnotations,
		ExecutedQueryString: o.Expr,
	}
	if left := len(points) - len(shown); left > 0 {
		notice := data.Notice{Severity: data.NoticeSeverityInfo,
			Text: grouped(len(shown)) + " of " + grouped(len(points)) + " exemplars are shown: " + how + "."}
		frame.Meta.Notices = []data.Notice{notice}
		addNotice(o.Over, notice)
	}
	return data.Frames{frame}, nil
}

// Warn adds a warning to the first of some frames.
func Warn(frames data.Frames, text string) {
	addNotice(frames, data.Notice{Severity: data.NoticeSeverityWarning, Text: text})
}

func addNotice(frames data.Frames, notice data.Notice) {
	if len(frames) > 0 && frames[0].Meta != nil {
		frames[0].Meta.Notices = bySeverity(append(frames[0].Meta.Notices, notice))
	}
}

// point is an exemplar with the labels of its series.
type point struct {
	series.Exemplar
	of series.Labels
}

// flatten lists the exemplars of all series in order of time.
func flatten(all []series.ExemplarSeries) []point {
	var points []point
	for _, s := range all {
		for _, e := range s.Exemplars {
			points = append(points, point{e, s.Labels})
		}
	}
	slices.SortStableFunc(points, byTime)
	return points
}

func byTime(a, b point) int { return cmp.Compare(a.Time, b.Time) }
