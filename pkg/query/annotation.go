package query

import "github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/stored"

// AnnotationTexts are the texts of the annotations that a query returns. Title, Text and
// Tags are templates with {{label}} placeholders, like legends.
type AnnotationTexts struct {
	Title string
	Text  string
	Tags  []string

	// ValueIsTime means that a sample's value is the time of the event in Unix
	// milliseconds, as in annotations of Grafana's Prometheus data source.
	ValueIsTime bool
}

// annotationJSON is the JSON of AnnotationTexts.
type annotationJSON struct {
	Title       stored.Text `json:"title"`
	Text        stored.Text `json:"text"`
	Tags        stored.List `json:"tags"`
	ValueIsTime stored.Bool `json:"useValueForTime"`
}

// parseAnnotation reads the fields of an annotation query. The query is always a range
// query, even if it is a copy of a panel's instant query.
func (q *Query) parseAnnotation(data []byte) error {
	q.Range, q.Instant, q.Format, q.Exemplar = true, false, TimeSeries, false
	var m annotationJSON
	if err := unmarshal(data, &m); err != nil {
		return err
	}
	q.Annotation = AnnotationTexts{Title: string(m.Title), Text: string(m.Text), Tags: m.Tags, ValueIsTime: bool(m.ValueIsTime)}
	return q.Annotation.check()
}

// FromCatalog reports whether the query's PromQL is that of a catalog metric. This is so for a
// catalog query, and for an annotation query without an expression.
func (q *Query) FromCatalog() bool {
	return q.Type == Catalog || q.Type == Annotation && q.Expr == ""
}
