package query

import "github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/stored"

// Marks says what the annotations of a query read like. Title, text and tags are
// texts with {{label}}s in them, as legends are.
type Marks struct {
	Title string
	Text  string
	Tags  []string

	// ValueIsTime takes a value for the time of an event in Unix milliseconds, as
	// annotations of Grafana's Prometheus data source can.
	ValueIsTime bool
}

// markText is the JSON of Marks.
type markText struct {
	Title       stored.Text `json:"title"`
	Text        stored.Text `json:"text"`
	Tags        stored.List `json:"tags"`
	ValueIsTime stored.Bool `json:"useValueForTime"`
}

// annotate reads what an annotation query holds besides. It asks for every step of
// the range, whatever a panel that it was copied from asked for.
func (q *Query) annotate(data []byte) error {
	q.Range, q.Instant, q.Format, q.Exemplar = true, false, TimeSeries, false
	var m markText
	if err := read(data, &m); err != nil {
		return err
	}
	q.Marks = Marks{Title: string(m.Title), Text: string(m.Text), Tags: m.Tags, ValueIsTime: bool(m.ValueIsTime)}
	return q.Marks.check()
}

// FromCatalog reports whether the query names a metric of the catalog. An annotation
// does where it has no expression.
func (q *Query) FromCatalog() bool {
	return q.Type == Catalog || q.Type == Annotation && q.Expr == ""
}
