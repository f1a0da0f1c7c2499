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

// formats are the conversions of this package by name.
var formats = map[string]func(*series.Result, Options) (data.Frames, error){
	"time_series":      allTimeSeries,
	"time_series_wide": allTimeSeriesWide,
	"numeric":          allNumeric,
	"table":            Table,
	"heatmap":          Heatmap,
	"annotations": func(r *series.Result, o Options) (data.Frames, error) {
		return Annotations(r, AnnotationOptions{Options: o})
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
		last, err := stream.Last(r)
		if err != nil {
			return nil, err
		}
		if last != nil {
			frames = append(frames, last)
		}
		return frames, nil
	},
}

// must panics on an error.
func must(frames data.Frames, err error) data.Frames {
	if err != nil {
		panic(err)
	}
	return frames
}

// TestInfosAreNoticesOnlyWithOption: a panel marks each notice in its header, but infos
// concern only the author of the query, who reads them in the editor.
func TestInfosAreNoticesOnlyWithOption(t *testing.T) {
	one := []series.Series{{Labels: labels("job", "a"), Times: []int64{0}, Values: []float64{1}}}
	for name, convert := range formats {
		for _, all := range [][]series.Series{nil, one} {
			t.Run(fmt.Sprintf("%s of %d series", name, len(all)), func(t *testing.T) {
				result := &series.Result{Kind: series.Matrix, Series: all, Notes: series.Notes{Warnings: []string{"partial"}, Infos: []string{otherGuess}}}
				frames := must(convert(result, Options{}))
				if got := noticesIn(frames); !slices.Equal(got, []string{"warning: partial"}) {
					t.Errorf("notices %q", got)
				}
				if got := infosIn(frames); !slices.Equal(got, []string{otherGuess}) {
					t.Errorf("custom infos: %q", got)
				}
				if got := noticesIn(must(convert(result, Options{Infos: true}))); !slices.Equal(got, []string{"warning: partial", "info: " + otherGuess}) {
					t.Errorf("notices with the option: %q", got)
				}
			})
		}
	}
}

// TestWrongGuessesOnCountersAreDropped: a server guesses from the name or the type of a metric
// that the metric might not be a counter, and returns this guess as an info. If the metric is
// known to be a counter, the info is dropped. Prometheus adds the position in the query to the
// info, such as (1:6), and Thanos doesn't.
func TestWrongGuessesOnCountersAreDropped(t *testing.T) {
	declared := Options{Infos: true, Counters: func() []string { return []string{"requests"} }}
	guesses := []string{guess, guess + " (1:6)", typeGuess, typeGuess + " (1:6)", otherGuess}
	frames := must(allTimeSeries(&series.Result{Notes: series.Notes{Infos: guesses}}, declared))
	if got := infosIn(frames); !slices.Equal(got, []string{otherGuess}) {
		t.Errorf("got %q", got)
	}
}

// TestLastWarningsAreListed: the plugin's own warnings are last.
func TestLastWarningsAreListed(t *testing.T) {
	var r series.Result
	for i := range 50 {
		r.Add(fmt.Sprint("warning ", i), series.Warning)
	}
	notices := must(allTimeSeries(&r, Options{}))[0].Meta.Notices
	if len(notices) != 1 || !strings.HasPrefix(notices[0].Text, "30 more like these · warning 30 · ") || !strings.HasSuffix(notices[0].Text, " · warning 49") {
		t.Errorf("got %+v", notices)
	}
}

func TestWarningsOfVariable(t *testing.T) {
	frames := Texts([]string{"a"}, series.LabelNames{}, series.Notes{Warnings: []string{"partial"}, Infos: []string{guess}})
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
		if c, ok := frame.Meta.Custom.(customMeta); ok {
			infos = append(infos, c.Infos...)
		}
	}
	return infos
}
