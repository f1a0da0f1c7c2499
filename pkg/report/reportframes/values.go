package reportframes

import (
	"fmt"
	"slices"
	"strings"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/policy"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/reportjson"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/section"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// at returns the value at a path, or nil if it is absent.
func (e endpoint) at(path string) any {
	var value any = e.tree
	for name := range strings.SplitSeq(path, ".") {
		members, _ := value.(map[string]any)
		value = members[name]
	}
	return value
}

func (e endpoint) list(path string) []any {
	list, _ := e.at(path).([]any)
	return list
}

func (e endpoint) number(path string) *float64 { return numberOf(e.at(path)) }

// numberOf returns a number. It returns 1 or 0 for a boolean, so that alert rules can compare
// it, and nil for any other value.
func numberOf(value any) *float64 {
	switch v := value.(type) {
	case float64:
		return &v
	case bool:
		if v {
			return new(1.0)
		}
		return new(0.0)
	}
	return nil
}

// configOf returns the unit of a field, and the texts for the values of a boolean.
func configOf(f section.Field) *data.FieldConfig {
	config := &data.FieldConfig{Unit: string(f.Unit)}
	if f.Kind == section.Boolean {
		config.Mappings = data.ValueMappings{data.ValueMapper{"0": {Text: "no"}, "1": {Text: "yes"}}}
	}
	return config
}

// name returns the name of a series: the filled-in legend, or else the endpoint's id, the
// field's title, or both, so that the name distinguishes the series.
func (o Options) name(labels data.Labels, f section.Field, severalEndpoints, severalFields bool) string {
	id := o.Names.Of(labels[section.EndpointColumn])
	switch {
	case o.Legend != "" && o.Legend != "__auto":
		all := series.Labels{{Name: section.EndpointColumn, Value: id}, {Name: fieldLabel, Value: f.Name()}, {Name: "title", Value: f.Title}}
		return string(series.ParseTemplate(o.Legend).Append(nil, all, "", maxName))
	case severalEndpoints && severalFields:
		return id + " " + f.Title
	case severalEndpoints:
		return id
	default:
		return f.Title
	}
}

// notices returns a warning for unknown endpoints, and an info with the reports' notes about
// the section. The header of a panel shows only the last notice of a severity, so each
// severity has at most one notice.
func notices(s section.Field, endpoints []endpoint, unknown []*report.UnknownError) (all []data.Notice) {
	if len(unknown) > 0 {
		var texts []string
		for _, err := range unknown {
			texts = append(texts, err.Error()+nearest(err.Nearest))
		}
		all = append(all, data.Notice{Severity: data.NoticeSeverityWarning, Text: joined(texts)})
	}
	var texts []string
	for _, e := range endpoints {
		for _, note := range e.notes {
			if !concerns(note, s) {
				continue
			}
			text := note.Field + ": " + note.Reason
			if len(endpoints) > 1 && strings.Contains(note.Field, ".") {
				text = e.id + ", " + text
			}
			if !slices.Contains(texts, text) {
				texts = append(texts, text)
			}
		}
	}
	if len(texts) > 0 {
		all = append(all, data.Notice{Severity: data.NoticeSeverityInfo, Text: joined(texts)})
	}
	return all
}

// concerns reports whether a note is about a section. A note about a dotted path is about the
// sections at, above and below the path. A note about a value of the parameter metrics is about
// the sections that need the value. A note about any other parameter, such as granularity, is
// about all points.
func concerns(note reportjson.Note, s section.Field) bool {
	switch {
	case slices.Contains(policy.Sections(), policy.Section(note.Field)):
		return slices.Contains(s.Metrics(), note.Field)
	case !strings.Contains(note.Field, "."):
		_, isPoint := s.Points()
		return isPoint || s.Kind == section.Points
	}
	return s.Contains(note.Field) || section.Field{Path: note.Field}.Contains(s.Path)
}

func joined(texts []string) string {
	if more := len(texts) - maxNotices; more > 0 {
		texts = append(texts[:maxNotices:maxNotices], fmt.Sprintf("%d more like these", more))
	}
	return strings.Join(texts, " · ")
}

// nearest returns a sentence with similar ids, or "" if there are none.
func nearest(ids []string) string {
	if len(ids) == 0 {
		return ""
	}
	clipped := make([]string, len(ids))
	for i, id := range ids {
		clipped[i] = fault.Clip(id, report.MaxIDBytes)
	}
	return " Did you mean " + strings.Join(clipped, ", ") + "?"
}
