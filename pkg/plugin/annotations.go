package plugin

import (
	"context"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/frames"
)

// annotations answers a query for the events that a dashboard marks on its graphs.
func (d *DataSource) annotations(ctx context.Context, a *asked) (data.Frames, error) {
	compiled, result, err := d.overRange(ctx, a)
	if err != nil {
		return nil, err
	}
	return frames.Annotations(result, frames.AnnotationOptions{
		Options: a.options(compiled), Title: a.Annotation.Title, Text: a.Annotation.Text, Tags: a.Annotation.Tags, ValueIsTime: a.Annotation.ValueIsTime,
	}), nil
}
