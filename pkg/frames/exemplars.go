package frames

import (
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/frames/sampling"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// ExemplarOptions are the options of Exemplars.
type ExemplarOptions struct {
	Expr    string        // the executed PromQL, for the inspector
	Step    time.Duration // of the graph
	Sampler series.Sampler
	Links   []TraceLink
	// Graph contains the frames of the graph in which the exemplars are drawn; nil if
	// the frames have been sent already. In a heatmap, each exemplar needs the label of the
	// row that it belongs to. The notice that not all exemplars are shown is also added to
	// the first frame of the graph, because a panel doesn't show notices of exemplars.
	Graph data.Frames
}

// TraceLink is the link of a label whose value identifies a trace. It leads to a URL, to a
// tracing data source, or to both. In the URL, Grafana replaces ${__value.raw} by the value.
// The JSON keys are those of exemplarTraceIdDestinations in the settings of Grafana's
// Prometheus data source.
type TraceLink struct {
	Label         string `json:"name"`
	URL           string `json:"url"`
	Title         string `json:"urlDisplayLabel"` // "" means a default
	DatasourceUID string `json:"datasourceUid"`
}

// Exemplars returns the frame that Grafana draws as points over a graph, with a row for
// each selected exemplar in order of time. The fields are Time, Value, and a text field for
// each label in alphabetical order. Exemplars returns no frame if there are no exemplars.
// The error is a fault.TooLarge.
func Exemplars(all []series.ExemplarSeries, o ExemplarOptions) (data.Frames, error) {
	points := sampling.Points(all)
	if len(points) == 0 {
		return nil, nil
	}
	selected, selection := sampling.Select(o.Sampler, points, o.Step)
	times := make([]time.Time, len(selected))
	values := make([]float64, len(selected))
	for i, p := range selected {
		times[i] = time.UnixMilli(p.Time).UTC()
		values[i] = p.Value
	}
	rows := drawnRows(o.Graph)
	rowLabels := 0
	if len(rows) > 0 {
		rowLabels = len(rows[0].Labels)
	}
	columns, err := labelColumns(selected, rowLabels)
	if err != nil {
		return nil, err
	}
	columns.addLinks(o.Links)
	columns.addRowLabels(values, rows)
	frame := data.NewFrame("exemplar", data.NewField(timeField, nil, times), data.NewField(valueField, nil, values))
	frame.Fields = append(frame.Fields, columns.fields()...)
	frame.Meta = &data.FrameMeta{
		Custom:              map[string]string{"resultType": "exemplar"},
		DataTopic:           data.DataTopicAnnotations,
		ExecutedQueryString: o.Expr,
	}
	if len(selected) < len(points) {
		notice := data.Notice{Severity: data.NoticeSeverityInfo,
			Text: grouped(len(selected)) + " of " + grouped(len(points)) + " exemplars are shown: " + selection + "."}
		frame.Meta.Notices = []data.Notice{notice}
		addNotice(o.Graph, notice)
	}
	return data.Frames{frame}, nil
}

// Warn adds a warning to the first frame.
func Warn(frames data.Frames, text string) {
	addNotice(frames, data.Notice{Severity: data.NoticeSeverityWarning, Text: text})
}

func addNotice(frames data.Frames, notice data.Notice) {
	if len(frames) > 0 && frames[0].Meta != nil {
		frames[0].Meta.Notices = bySeverity(append(frames[0].Meta.Notices, notice))
	}
}
