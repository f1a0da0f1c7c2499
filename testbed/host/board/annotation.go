package board

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/provision"
)

// screenWidth is the number of points that Grafana requests for an annotation on a screen of
// 1,920 pixels.
const screenWidth = 1920

// AnnotationResult is the result of an annotation query.
type AnnotationResult struct {
	Annotation provision.Annotation
	Events     []Event // in the order of the frame
	Took       time.Duration
	Err        error
}

// Event is one annotation on a graph. If it is a point in time, From and To are equal.
type Event struct {
	From, To    time.Time
	Title, Text string
	Tags        []string
}

// QueryAnnotation runs an annotation's query.
func (b *Board) QueryAnnotation(ctx context.Context, annotation provision.Annotation) AnnotationResult {
	began := time.Now()
	events, err := b.events(ctx, annotation)
	return AnnotationResult{Annotation: annotation, Events: events, Took: time.Since(began), Err: err}
}

func (b *Board) events(ctx context.Context, annotation provision.Annotation) ([]Event, error) {
	interval, err := b.resolution(provision.Panel{MaxDataPoints: screenWidth})
	if err != nil {
		return nil, err
	}
	defaults := host.Defaults{Interval: interval.Interval, MaxDataPoints: screenWidth}
	frames, err := b.runQuery(ctx, annotation.Target, annotation.DataSource, defaults)
	if err != nil {
		return nil, err
	}
	return readEvents(frames)
}

// readEvents reads the frame of an annotation query by the names of its fields, as
// Grafana does.
func readEvents(frames data.Frames) ([]Event, error) {
	if len(frames) != 1 {
		return nil, fmt.Errorf("an annotation query must return one frame, not %d", len(frames))
	}
	frame := frames[0]
	fields := map[string]*data.Field{}
	for _, field := range frame.Fields {
		fields[field.Name] = field
	}
	for _, name := range []string{"time", "timeEnd", "title", "text", "tags"} {
		if fields[name] == nil {
			return nil, fmt.Errorf("the frame of an annotation query has no field %s", name)
		}
	}
	if from, to := fields["time"].Type(), fields["timeEnd"].Type(); !from.Time() || !to.Time() {
		return nil, fmt.Errorf("time and timeEnd of an annotation query have the types %s and %s, not times", from, to)
	}
	events := make([]Event, frame.Rows())
	for i := range events {
		text := func(name string) string {
			value, _ := fields[name].ConcreteAt(i)
			text, _ := value.(string)
			return text
		}
		from, _ := fields["time"].ConcreteAt(i)
		to, isRegion := fields["timeEnd"].ConcreteAt(i)
		if !isRegion {
			to = from
		}
		tags := slices.DeleteFunc(strings.Split(text("tags"), ","), func(tag string) bool { return tag == "" })
		events[i] = Event{From: from.(time.Time), To: to.(time.Time), Title: text("title"), Text: text("text"), Tags: tags}
	}
	return events, nil
}
