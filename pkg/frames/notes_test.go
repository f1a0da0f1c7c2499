package frames

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/grafana/grafana-plugin-sdk-go/data"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

const (
	guess      = `PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "requests"`
	typeGuess  = `PromQL info: metric might not be a counter, __type__ label is not set to "counter" or "histogram", got "unknown": "requests"`
	otherGuess = `PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "load" (1:6)`
)

// everyShape is every format that a panel, an alert rule or an annotation uses.
var everyShape = map[string]func(*series.Result, Options) (data.Frames, error){
	"time_series":      TimeSeries,
	"time_series_wide": TimeSeriesWide,
	"numeric":          func(r *series.Result, o Options) (data.Frames, error) { return Numeric(r, o), nil },
	"table":            AsTable,
	"heatmap":          Heatmap,
	"annotations": func(r *series.Result, o Options) (data.Frames, error) {
		return Annotations(r, AnnotationOptions{Options: o}), nil
	},
	"chunked": func(r *series.Result, o Options) (data.Frames, error) {
		stream := Stream{Options: o}
		var frames data.Frames
		for _, s := range r.Series {
			frame, err := stream.Frame(s)
			if err != nil {
				return nil, err
			}
			if frame != nil {
				frames = append(frames, frame)
			}
		}
		if last := stream.Last(r); last != nil {
			frames = append(frames, last)
		}
		return frames, nil
	},
}

// must returns frames that are within the bounds.
func must(frames data.Frames, err error) data.Frames {
	if err != nil {
		panic(err)
	}
	return frames
}

// TestInfosOfPromQLMarkNoPanel: a panel marks every notice in its header. The infos of
// PromQL are for the author of the query, who sees them in the editor.
func TestInfosOfPromQLMarkNoPanel(t *testing.T) {
	one := []series.Series{{Labels: labels("job", "a"), Times: []int64{0}, Values: []float64{1}}}
	for name, shape := range everyShape {
		for _, all := range [][]series.Series{nil, one} {
			t.Run(fmt.Sprintf("%s of %d series", name, len(all)), func(t *testing.T) {
				result := &series.Result{Kind: series.Matrix, Series: all, Notes: series.Notes{Warnings: []string{"partial"}, Infos: []string{otherGuess}}}
				frames := must(shape(result, Options{}))
				if got := noticesIn(frames); !slices.Equal(got, []string{"warning: partial"}) {
					t.Errorf("notices %q", got)
				}
				if got := infosIn(frames); !slices.Equal(got, []string{otherGuess}) {
					t.Errorf("infos for the editor: %q", got)
				}
				if got := noticesIn(must(shape(result, Options{Infos: true}))); !slices.Equal(got, []string{"warning: partial", "info: " + otherGuess}) {
					t.Errorf("notices with the option: %q", got)
				}
			})
		}
	}
}

// TestDeclaredCountersAreNotDoubted: neither by name nor by type, with and without the
// position that Thanos leaves out.
func TestDeclaredCountersAreNotDoubted(t *testing.T) {
	declared := Options{Infos: true, Counters: func() []string { return []string{"requests"} }}
	doubts := []string{guess, guess + " (1:6)", typeGuess, typeGuess + " (1:6)", otherGuess}
	frames := must(TimeSeries(&series.Result{Notes: series.Notes{Infos: doubts}}, declared))
	if got := infosIn(frames); !slices.Equal(got, []string{otherGuess}) {
		t.Errorf("got %q", got)
	}
}

// TestOnlyTheLastOfManyWarningsAreListed: a tooltip has room for as many as a person
// reads. The plugin's own warnings come last.
func TestOnlyTheLastOfManyWarningsAreListed(t *testing.T) {
	var r series.Result
	for i := range 50 {
		r.Add(fmt.Sprint("warning ", i), series.Warning)
	}
	notices := must(TimeSeries(&r, Options{}))[0].Meta.Notices
	if len(notices) != 1 || !strings.HasPrefix(notices[0].Text, "30 more like these · warning 30 · ") || !strings.HasSuffix(notices[0].Text, " · warning 49") {
		t.Errorf("got %+v", notices)
	}
}

// TestTheNotesOfAVariable: its values come with the warnings of the answer.
func TestTheNotesOfAVariable(t *testing.T) {
	frames := Texts([]string{"a"}, series.Notes{Warnings: []string{"partial"}, Infos: []string{guess}})
	if diff := cmp.Diff([]string{"warning: partial"}, noticesIn(frames)); diff != "" {
		t.Error(diff)
	}
}

func noticesIn(frames data.Frames) (texts []string) {
	for _, frame := range frames {
		if frame.Meta != nil {
			for _, notice := range frame.Meta.Notices {
				texts = append(texts, notice.Severity.String()+": "+notice.Text)
			}
		}
	}
	return texts
}

func infosIn(frames data.Frames) (infos []string) {
	for _, frame := range frames {
		if c, ok := frame.Meta.Custom.(custom); ok {
			infos = append(infos, c.Infos...)
		}
	}
	return infos
}
