package plugin

import (
	"context"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/frames"
)

// annotations runs an annotation query.
func (d *DataSource) annotations(ctx context.Context, r *request) (data.Frames, error) {
	compiled, err := d.compile(ctx, r, false)
	if err != nil {
		return nil, err
	}
	result, err := d.client.QueryRanges(ctx, r.ranges(compiled))
	if err != nil {
		return nil, err
	}
	return frames.Annotations(result, frames.AnnotationOptions{
		Options: r.options(ctx, compiled, d.namesIn(ctx, r, result)), Title: r.Annotation.Title, Text: r.Annotation.Text, Tags: r.Annotation.Tags, ValueIsTime: r.Annotation.ValueIsTime,
	})
}
