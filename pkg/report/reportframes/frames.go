// Package reportframes converts reports of endpoints to Grafana data frames: a section of the
// report (package section) becomes numbers, time series or a table, with units. plugin calls
// Frames for each query with the results of package report. A value that is absent from a
// report is absent or null in the frames. A notice contains the reasons that the report gives.
package reportframes

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	dataframes "github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/frames"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/reportjson"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/section"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// Names of labels and columns.
const (
	fieldLabel = "field"
	timeColumn = "Time"
)

// Options are the options of a conversion.
type Options struct {
	Expr        string            // for the panel inspector
	Legend      string            // a template with {{endpoint_id}}, {{field}} or {{title}}; "" and __auto mean a name that distinguishes the series
	Granularity time.Duration     // time between two points
	Names       series.LabelNames // of endpoints
}

// version is the version of the data plane contract.
var version = data.FrameTypeVersion{0, 1}

// endpoint is the decoded JSON of an endpoint's report.
type endpoint struct {
	id    string
	tree  map[string]any
	notes []reportjson.Note
}

// Frames returns the frames of a section for the endpoints ids, in this order. It returns an
// error if all endpoints are unknown. If only some are unknown, it adds a warning.
//
//   - A number or boolean becomes a frame for each endpoint, without a time (numeric-multi).
//   - Points, and a field of points, become a frame for each endpoint and field
//     (timeseries-multi).
//   - An object of numbers and booleans becomes one frame with a row for each endpoint
//     (numeric-long). An object that also contains texts or times becomes a table.
//   - An object of the kind Parts becomes one frame with a row for each endpoint and part
//     (numeric-long). Only costs.breakdown has this kind, and its parts are the categories.
//   - A list, and an object of lists, become a table with a row for each element.
//   - A text becomes a table with a row for each endpoint.
//
// A number, boolean or series that is absent has no frame. Frames returns at least one frame.
func Frames(s section.Field, ids []string, results *report.Results, o Options) (data.Frames, error) {
	var known []endpoint
	var unknown []*report.UnknownError
	for _, id := range ids {
		if err, is := results.Unknown[id]; is {
			unknown = append(unknown, err)
			continue
		}
		e, err := decode(id, results.Reports[id])
		if err != nil {
			return nil, err
		}
		known = append(known, e)
	}
	if len(known) == 0 && len(unknown) > 0 {
		return nil, unknownEndpoints(unknown)
	}
	frames, kind := frames(s, known, o)
	if len(frames) == 0 {
		frames = data.Frames{data.NewFrame("")} // a typed frame without fields means no data
	}
	for _, frame := range frames {
		nameEndpoints(frame, o.Names)
		frame.Meta = &data.FrameMeta{Type: kind, TypeVersion: version, PreferredVisualization: visualizations[kind]}
	}
	frames[0].Meta.ExecutedQueryString = o.Expr
	frames[0].Meta.Notices = notices(s, known, unknown)
	return frames, nil
}

// nameEndpoints adds value mappings, which show the names of endpoints in a table.
func nameEndpoints(frame *data.Frame, names series.LabelNames) {
	if field, _ := frame.FieldByName(section.EndpointColumn); field != nil && field.Type() == data.FieldTypeString {
		ids := make([]string, field.Len())
		for i := range ids {
			ids[i], _ = field.At(i).(string)
		}
		if field.Config == nil {
			field.Config = &data.FieldConfig{}
		}
		field.Config.Mappings = dataframes.NameMappings(names, ids)
	}
}

// visualizations maps types of frames to the visualizations in which Explore shows them.
var visualizations = map[data.FrameType]data.VisType{
	data.FrameTypeTimeSeriesMulti: data.VisTypeGraph,
	data.FrameTypeNumericLong:     data.VisTypeTable,
	data.FrameTypeTable:           data.VisTypeTable,
}

func decode(id string, answer any) (endpoint, error) {
	text, err := json.Marshal(answer)
	if err != nil {
		return endpoint{}, err
	}
	e := endpoint{id: id}
	if err := json.Unmarshal(text, &e.tree); err != nil {
		return endpoint{}, err
	}
	var head struct{ Notes []reportjson.Note }
	err = json.Unmarshal(text, &head)
	e.notes = head.Notes
	return e, err
}

func frames(s section.Field, endpoints []endpoint, o Options) (data.Frames, data.FrameType) {
	list, isPoint := s.Points()
	switch {
	case isPoint:
		return points(list, []section.Field{s}, endpoints, o), data.FrameTypeTimeSeriesMulti
	case s.Kind == section.Points:
		return points(s, s.Fields(), endpoints, o), data.FrameTypeTimeSeriesMulti
	case s.Kind == section.Number || s.Kind == section.Boolean:
		return numbers(s, endpoints, o), data.FrameTypeNumericMulti
	case s.Kind == section.Parts:
		return parts(s, endpoints), data.FrameTypeNumericLong
	case s.Kind == section.Rows || s.Kind == section.Groups || s.Kind == section.Texts:
		return rows(s, endpoints), data.FrameTypeTable
	case s.Kind == section.Object && !slices.ContainsFunc(s.Values(), isText):
		return object(s, endpoints), data.FrameTypeNumericLong
	default:
		return object(s, endpoints), data.FrameTypeTable
	}
}

func isText(f section.Field) bool { return f.Kind == section.Text || f.Kind == section.Time }

// numbers returns one frame for each endpoint whose report contains the number or boolean.
func numbers(s section.Field, endpoints []endpoint, o Options) (frames data.Frames) {
	for _, e := range endpoints {
		value := e.number(s.Path)
		if value == nil {
			continue
		}
		name := o.name(data.Labels{section.EndpointColumn: e.id}, s, len(endpoints) > 1, false)
		field := data.NewField("Value", data.Labels{section.EndpointColumn: e.id}, []float64{*value})
		field.Config = configOf(s)
		field.Config.DisplayNameFromDS = name
		frames = append(frames, data.NewFrame(name, field))
	}
	return frames
}

// points returns a frame for each endpoint and number field, with the field's values in the
// points of the endpoint. The parameter list is the section with the points. Absent values and
// frames without values are omitted.
func points(list section.Field, fields []section.Field, endpoints []endpoint, o Options) (frames data.Frames) {
	for _, e := range endpoints {
		elements, _ := e.at(list.Path).([]any)
		for _, f := range fields {
			if f.Kind != section.Number {
				continue
			}
			times, values := make([]time.Time, 0, len(elements)), make([]float64, 0, len(elements))
			for _, element := range elements {
				point, _ := element.(map[string]any)
				value, isNumber := point[f.Name()].(float64)
				at, hasTime := timeOf(point)
				if isNumber && hasTime {
					times, values = append(times, at), append(values, value)
				}
			}
			if len(times) == 0 {
				continue
			}
			labels := data.Labels{section.EndpointColumn: e.id}
			if len(fields) > 1 {
				labels[fieldLabel] = f.Name()
			}
			name := o.name(labels, f, len(endpoints) > 1, len(fields) > 1)
			value := data.NewField("Value", labels, values)
			value.Config = configOf(f)
			value.Config.DisplayNameFromDS = name
			time := data.NewField(timeColumn, nil, times)
			time.Config = &data.FieldConfig{Interval: float64(o.Granularity.Milliseconds())}
			frames = append(frames, data.NewFrame(name, time, value))
		}
	}
	return frames
}

// timeOf returns the time of a point. The field with the time is named timestamp, or hour in a
// reportjson.HourPoint.
func timeOf(point map[string]any) (time.Time, bool) {
	text, _ := point["timestamp"].(string)
	if text == "" {
		text, _ = point["hour"].(string)
	}
	at, err := time.Parse(time.RFC3339, text)
	return at.UTC(), err == nil
}

// unknownEndpoints returns the error of a query whose endpoints are all unknown.
func unknownEndpoints(unknown []*report.UnknownError) error {
	first := unknown[0]
	text := first.Error() + nearest(first.Nearest)
	if len(unknown) > 1 {
		return fault.New(fault.NotFound, "%s All %d endpoints of the query are unknown.", text, len(unknown))
	}
	return fault.New(fault.NotFound, "%s", text)
}
