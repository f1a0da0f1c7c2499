package query

import (
	"reflect"
	"testing"
	"time"
)

func TestAnnotationIsRangeQuery(t *testing.T) {
	q := parse(t, `{"queryType":"annotation","expr":"up == 0","instant":true,"format":"heatmap","exemplar":true,"interval":"1m",
		"title":"{{job}}","text":"is down","tags":["outage","{{job}}"],"useValueForTime":true}`, source())
	if !q.Range || q.Instant || q.Format != TimeSeries || q.Exemplar || q.Step != time.Minute {
		t.Errorf("got %+v", q)
	}
	if want := (AnnotationTexts{Title: "{{job}}", Text: "is down", Tags: []string{"outage", "{{job}}"}, ValueIsTime: true}); !reflect.DeepEqual(q.Annotation, want) {
		t.Errorf("got %+v, want %+v", q.Annotation, want)
	}
}

// TestTagsOfOtherQueriesAreIgnored: panels can contain fields of other data sources, such as a
// list of objects in tags.
func TestTagsOfOtherQueriesAreIgnored(t *testing.T) {
	if q := parse(t, `{"expr":"up","tags":[{"key":"host"}],"title":1}`, source()); q.Annotation.Title != "" {
		t.Errorf("got %+v", q.Annotation)
	}
}
