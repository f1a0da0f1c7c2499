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
		Options: a.options(compiled), Title: a.Marks.Title, Text: a.Marks.Text, Tags: a.Marks.Tags, ValueIsTime: a.Marks.ValueIsTime,
	}), nil
}
