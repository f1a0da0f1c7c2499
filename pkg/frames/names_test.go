package frames

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// names are the names of two endpoints. A third endpoint of endpoints has none.
var names = series.Names{{Label: "id", Value: "name", ByID: map[string]string{"ep-1": "chat", "ep-2": "image"}}}

func endpoints(kind series.Kind, more ...string) *series.Result {
	r := &series.Result{Kind: kind}
	for _, id := range []string{"ep-1", "ep-2", "ep-3"} {
		r.Series = append(r.Series, series.Series{Labels: sorted(labels(append([]string{"id", id}, more...)...)), Times: []int64{0}, Values: []float64{1}})
	}
	return r
}

// TestAllFormatsShowNames: legends contain the names, but the labels, by which panels link and
// filter, contain the ids.
func TestAllFormatsShowNames(t *testing.T) {
	short := []string{"chat", "image", "ep-3"}
	floats, vector, buckets := endpoints(series.Matrix), endpoints(series.Vector), endpoints(series.Matrix, "le", "1")
	for _, test := range []struct {
		format, legend string
		want           []string
		convert        func(Options) (data.Frames, []string)
	}{
		{"time series", auto, short, func(o Options) (data.Frames, []string) {
			all := must(allTimeSeries(floats, o))
			return all, frameNames(all)
		}},
		{"time series with a legend", "{{id}} ms", []string{"chat ms", "image ms", "ep-3 ms"}, func(o Options) (data.Frames, []string) {
			all := must(allTimeSeries(floats, o))
			return all, frameNames(all)
		}},
		{"time series without a legend, whose names are selectors", "", []string{`{id="ep-1"}`, `{id="ep-2"}`, `{id="ep-3"}`}, func(o Options) (data.Frames, []string) {
			all := must(allTimeSeries(floats, o))
			return all, frameNames(all)
		}},
		{"wide time series", auto, short, func(o Options) (data.Frames, []string) {
			all := must(allTimeSeriesWide(floats, o))
			return all, fieldNames(all[0])
		}},
		{"numbers", auto, short, func(o Options) (data.Frames, []string) {
			all := must(allNumeric(vector, o))
			return all, frameNames(all)
		}},
		{"rows of a heatmap", auto, short, func(o Options) (data.Frames, []string) {
			all := must(Heatmap(floats, o))
			return nil, fieldNames(all[0])
		}},
		{"heatmaps", auto, short, func(o Options) (data.Frames, []string) { return nil, frameNames(must(Heatmap(buckets, o))) }},
		{"annotations", "", short, func(o Options) (data.Frames, []string) {
			return nil, titles(must(Annotations(floats, AnnotationOptions{Options: o})))
		}},
		{"annotations with a title", "", []string{"chat fails", "image fails", "ep-3 fails"}, func(o Options) (data.Frames, []string) {
			return nil, titles(must(Annotations(floats, AnnotationOptions{Options: o, Title: "{{id}} fails"})))
		}},
		{"chunked time series", auto, []string{`{id="chat"}`, `{id="image"}`, `{id="ep-3"}`}, func(o Options) (data.Frames, []string) { return nil, chunkNames(floats, o) }},
		{"chunked time series with a legend", "{{id}}", short, func(o Options) (data.Frames, []string) { return nil, chunkNames(floats, o) }},
	} {
		t.Run(test.format, func(t *testing.T) {
			all, got := test.convert(Options{Legend: test.legend, Names: names, Step: 15 * time.Second})
			if !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
			var ids []string
			for _, frame := range all {
				for _, field := range frame.Fields {
					if field.Labels != nil {
						ids = append(ids, field.Labels["id"])
					}
				}
			}
			if all != nil && !slices.Equal(ids, []string{"ep-1", "ep-2", "ep-3"}) {
				t.Errorf("the labels are %q", ids)
			}
		})
	}
}

// TestTablesShowNames: by default, cells contain the ids, and value mappings show the names.
func TestTablesShowNames(t *testing.T) {
	for _, test := range []struct {
		name       string
		result     *series.Result
		namedCells bool
		want       string // cells and value mappings of the column id
	}{
		{"mapped", endpoints(series.Vector), false, "ep-1 ep-2 ep-3 | ep-1=chat ep-2=image"},
		{"named cells", endpoints(series.Vector), true, "chat image ep-3 | "},
		{"the series have the names", endpoints(series.Vector, "name", "own"), false, "ep-1 ep-2 ep-3 | "},
		{"named cells, the series have the names", endpoints(series.Vector, "name", "own"), true, "ep-1 ep-2 ep-3 | "},
	} {
		t.Run(test.name, func(t *testing.T) {
			column, _ := must(Table(test.result, Options{Names: names, NamedCells: test.namedCells}))[0].FieldByName("id")
			var cells, mapped []string
			for i := range column.Len() {
				cells = append(cells, column.At(i).(string))
			}
			for _, mapping := range column.Config.Mappings {
				for id, result := range mapping.(data.ValueMapper) {
					mapped = append(mapped, fmt.Sprintf("%s=%s", id, result.Text))
				}
			}
			slices.Sort(mapped)
			if got := strings.Join(cells, " ") + " | " + strings.Join(mapped, " "); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// TestAnnotationTagsContainIDs: tags are for filtering.
func TestAnnotationTagsContainIDs(t *testing.T) {
	frame := must(Annotations(endpoints(series.Matrix), AnnotationOptions{Options: Options{Names: names, Step: time.Second}, Tags: []string{"{{id}}"}}))[0]
	field, _ := frame.FieldByName("tags")
	if got := field.At(0).(*string); *got != "ep-1" {
		t.Errorf("got the tags %q", *got)
	}
}
