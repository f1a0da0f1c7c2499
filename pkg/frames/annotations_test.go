package frames

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

const minute = 60_000 // milliseconds

// steps is a series with a value a minute.
func steps(l series.Labels, values ...float64) series.Series {
	s := series.Series{Labels: l, Values: values}
	for i := range values {
		s.Times = append(s.Times, int64(i)*minute)
	}
	return s
}

func TestAnnotationShapes(t *testing.T) {
	scaled := &series.Result{Kind: series.Matrix, Notes: series.Notes{Warnings: []string{"partial"}}, Series: []series.Series{
		steps(labels("action", "scale_up", "endpoint_id", "ep_1"), 0, 2, 0, 1, 3, 1),
		steps(labels("action", "scale_down", "endpoint_id", "ep_2, ep_3"), 1, math.NaN(), -1, 0, 0, 0),
		steps(labels("endpoint_id", "ep_4"), 0, 0, 0, 0, 0, 0),
	}}
	options := AnnotationOptions{
		Options: Options{Expr: "x", Step: time.Minute},
		Title:   "{{action}}", Text: "{{endpoint_id}}: {{value}}", Tags: []string{"scaling", "{{action}}", "{{endpoint_id}}", "{{no_such_label}}"},
	}
	for name, frames := range map[string]struct {
		r *series.Result
		o AnnotationOptions
	}{
		"annotations":         {scaled, options},
		"annotations_unnamed": {scaled, AnnotationOptions{Options: options.Options}},
		"annotations_empty":   {&series.Result{Kind: series.Matrix}, options},
	} {
		t.Run(name, func(t *testing.T) { golden(t, name, Annotations(frames.r, frames.o)) })
	}
}

// TestAnnotationsAreStretchesOfSteps: where an annotation begins and ends, in
// minutes.
func TestAnnotationsAreStretchesOfSteps(t *testing.T) {
	gap := steps(nil, 1, 1, 1, 1)
	gap.Times = []int64{0, minute, 5 * minute, 6 * minute}
	for _, test := range []struct {
		name        string
		series      []series.Series
		valueIsTime bool
		want        string
	}{
		{"one step is a point", []series.Series{steps(nil, 0, 1, 0)}, false, "1"},
		{"more are a region", []series.Series{steps(nil, 0, 1, 0.1, 1)}, false, "1-3"},
		{"from beginning to end", []series.Series{steps(nil, 1, 1)}, false, "0-1"},
		{"zero ends one", []series.Series{steps(nil, 1, 0, 1)}, false, "0 2"},
		{"so does what is no number", []series.Series{steps(nil, 1, math.NaN(), 1)}, false, "0 2"},
		{"what is below zero is none", []series.Series{steps(nil, -1, 1, -1)}, false, "1"},
		{"infinity is one", []series.Series{steps(nil, 0, math.Inf(1))}, false, "1"},
		{"a gap in the series ends one", []series.Series{gap}, false, "0-1 5-6"},
		{"each series has its own, in order of time", []series.Series{steps(labels("a", "1"), 0, 1, 1), steps(labels("a", "2"), 1, 1, 0)}, false, "0-1 1-2"},
		{"a value as a time", []series.Series{steps(nil, 2*minute, 2*minute, 9*minute, 9*minute)}, true, "2 9"},
		{"times that are a step apart are a region", []series.Series{steps(nil, 2*minute, 3*minute)}, true, "2-3"},
		{"an earlier time is another", []series.Series{steps(nil, 9*minute, 2*minute, 0, math.NaN())}, true, "2 9"},
		{"what is no time is left out", []series.Series{steps(nil, math.Inf(1), 1e300)}, true, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			frame := Annotations(&series.Result{Series: test.series}, AnnotationOptions{Options: Options{Step: time.Minute}, ValueIsTime: test.valueIsTime})[0]
			var got []string
			for i := range frame.Rows() {
				at, _ := frame.Fields[0].ConcreteAt(i)
				text := fmt.Sprint(at.(time.Time).UnixMilli() / minute)
				if end, ok := frame.Fields[1].ConcreteAt(i); ok {
					text += fmt.Sprint("-", end.(time.Time).UnixMilli()/minute)
				}
				got = append(got, text)
			}
			if strings.Join(got, " ") != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestTextsOfAnnotations(t *testing.T) {
	for _, test := range []struct {
		title string
		of    series.Labels
		value float64
		want  string
	}{
		{"{{ model }} fails", labels("model", "churn"), 1, "churn fails"},
		{"{{missing}}nothing", nil, 1, "nothing"},
		{"a label comes first: {{value}}, {{__value__}}", labels("value", "high"), 2, "a label comes first: high, 2"},
		{"a label's {{text}} is no template", labels("text", "{{value}}"), 2, "a label's {{value}} is no template"},
		{"{{value}}", nil, 1.0 / 3, "0.3333"},
		{"{{value}}", nil, 0.00001234567, "1.235e-05"},
		{"{{value}}", nil, 999.96, "1000"},
		{"{{value}}", nil, 1234567.8, "1234568"},
		{"{{value}}", nil, 1.23456e20, "1.235e+20"},
		{"{{value}}", nil, math.Inf(1), "+Inf"},
	} {
		s := steps(test.of, test.value)
		frame := Annotations(&series.Result{Series: []series.Series{s}}, AnnotationOptions{Title: test.title})[0]
		if got := frame.Fields[2].At(0); got != test.want {
			t.Errorf("%s of %v and %v: got %q, want %q", test.title, test.of, test.value, got, test.want)
		}
	}
}

func TestAnnotationsAreLimited(t *testing.T) {
	many := make([]float64, 2*maxAnnotations+4)
	for i := range many {
		many[i] = float64(i % 2)
	}
	frame := Annotations(&series.Result{Series: []series.Series{steps(nil, many...)}}, AnnotationOptions{Options: Options{Step: time.Minute}})[0]
	if got := frame.Rows(); got != maxAnnotations {
		t.Fatalf("%d are shown", got)
	}
	if first := frame.Fields[0].At(0).(time.Time).UnixMilli(); first != 5*minute {
		t.Errorf("the first is at %d: it must be the earliest of the latest", first)
	}
	if got := frame.Meta.Notices; len(got) != 1 || !strings.HasPrefix(got[0].Text, "1,000 of 1,002 annotations are shown, the latest.") {
		t.Errorf("it says %+v", got)
	}
}

// Millions of events are never sorted as a whole; what is left is as if they were.
func TestTheLatestAnnotationsOfManySeriesAreShown(t *testing.T) {
	const each, many = 500, 20
	random := rand.New(rand.NewPCG(1, 2))
	times := random.Perm(each * many)
	var all []series.Series
	for i := range many {
		s := steps(labels("n", fmt.Sprint(i)))
		for _, at := range times[i*each : (i+1)*each] {
			s.Times, s.Values = append(s.Times, int64(len(s.Times))*minute), append(s.Values, float64(at+1))
		}
		all = append(all, s)
	}
	frame := Annotations(&series.Result{Series: all}, AnnotationOptions{ValueIsTime: true})[0]
	for i := range frame.Rows() {
		if got, want := frame.Fields[0].At(i).(time.Time).UnixMilli(), int64(each*many-maxAnnotations+i+1); got != want {
			t.Fatalf("number %d is at %d, want %d", i, got, want)
		}
	}
	if got := frame.Meta.Notices; frame.Rows() != maxAnnotations || len(got) != 1 || !strings.HasPrefix(got[0].Text, "1,000 of 10,000 ") {
		t.Errorf("%d are shown, and it says %+v", frame.Rows(), got)
	}
}

func TestAnnotationsBefore1970(t *testing.T) {
	s := series.Series{Times: []int64{-5 * minute}, Values: []float64{1}}
	if frame := Annotations(&series.Result{Series: []series.Series{s}}, AnnotationOptions{})[0]; frame.Rows() != 1 {
		t.Errorf("%d are shown", frame.Rows())
	}
}

// A range in steps of days has one of 25 hours where daylight saving ends, and one of
// 23 where it begins.
func TestAStretchGoesOnThroughDaylightSaving(t *testing.T) {
	const hour = 60 * minute
	s := series.Series{Times: []int64{0, 24 * hour, 49 * hour, 72 * hour, 120 * hour}, Values: []float64{1, 1, 1, 1, 1}}
	frame := Annotations(&series.Result{Series: []series.Series{s}}, AnnotationOptions{Options: Options{Step: 24 * time.Hour}})[0]
	var got []time.Duration
	for i := range frame.Rows() {
		got = append(got, time.Duration(frame.Fields[0].At(i).(time.Time).UnixMilli())*time.Millisecond)
	}
	if want := []time.Duration{0, 120 * time.Hour}; !slices.Equal(got, want) {
		t.Errorf("they begin at %v, want %v: a day without a value ends one", got, want)
	}
}
