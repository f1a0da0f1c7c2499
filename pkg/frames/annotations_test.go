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

// steps returns a series with a value per minute.
func steps(l series.Labels, values ...float64) series.Series {
	s := series.Series{Labels: l, Values: values}
	for i := range values {
		s.Times = append(s.Times, int64(i)*minute)
	}
	return s
}

func TestAnnotations(t *testing.T) {
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
		t.Run(name, func(t *testing.T) { golden(t, name, must(Annotations(frames.r, frames.o))) })
	}
}

// TestEvents compares the first and last minute of each event.
func TestEvents(t *testing.T) {
	gap := steps(nil, 1, 1, 1, 1)
	gap.Times = []int64{0, minute, 5 * minute, 6 * minute}
	for _, test := range []struct {
		name        string
		series      []series.Series
		valueIsTime bool
		want        string
	}{
		{"one step", []series.Series{steps(nil, 0, 1, 0)}, false, "1"},
		{"consecutive steps", []series.Series{steps(nil, 0, 1, 0.1, 1)}, false, "1-3"},
		{"complete range", []series.Series{steps(nil, 1, 1)}, false, "0-1"},
		{"zero ends an event", []series.Series{steps(nil, 1, 0, 1)}, false, "0 2"},
		{"NaN ends an event", []series.Series{steps(nil, 1, math.NaN(), 1)}, false, "0 2"},
		{"negative values", []series.Series{steps(nil, -1, 1, -1)}, false, "1"},
		{"infinity", []series.Series{steps(nil, 0, math.Inf(1))}, false, "1"},
		{"gap ends an event", []series.Series{gap}, false, "0-1 5-6"},
		{"events of two series in order of time", []series.Series{steps(labels("a", "1"), 0, 1, 1), steps(labels("a", "2"), 1, 1, 0)}, false, "0-1 1-2"},
		{"values are times", []series.Series{steps(nil, 2*minute, 2*minute, 9*minute, 9*minute)}, true, "2 9"},
		{"values are times a step apart", []series.Series{steps(nil, 2*minute, 3*minute)}, true, "2-3"},
		{"values are times in descending order", []series.Series{steps(nil, 9*minute, 2*minute, 0, math.NaN())}, true, "2 9"},
		{"values are not times", []series.Series{steps(nil, math.Inf(1), 1e300)}, true, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			frame := must(Annotations(&series.Result{Series: test.series}, AnnotationOptions{Options: Options{Step: time.Minute}, ValueIsTime: test.valueIsTime}))[0]
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

func TestAnnotationTemplates(t *testing.T) {
	for _, test := range []struct {
		title  string
		labels series.Labels
		value  float64
		want   string
	}{
		{"{{ model }} fails", labels("model", "churn"), 1, "churn fails"},
		{"{{missing}}nothing", nil, 1, "nothing"},
		{"a label comes first: {{value}}, {{__value__}}", labels("value", "high"), 2, "a label comes first: high, 2"},
		{"a label's {{text}} is not a template", labels("text", "{{value}}"), 2, "a label's {{value}} is not a template"},
		{"{{value}}", nil, 1.0 / 3, "0.3333"},
		{"{{value}}", nil, 0.00001234567, "1.235e-05"},
		{"{{value}}", nil, 999.96, "1000"},
		{"{{value}}", nil, 1234567.8, "1234568"},
		{"{{value}}", nil, 1.23456e20, "1.235e+20"},
		{"{{value}}", nil, math.Inf(1), "+Inf"},
	} {
		s := steps(test.labels, test.value)
		frame := must(Annotations(&series.Result{Series: []series.Series{s}}, AnnotationOptions{Title: test.title}))[0]
		if got := frame.Fields[2].At(0); got != test.want {
			t.Errorf("%s of %v and %v: got %q, want %q", test.title, test.labels, test.value, got, test.want)
		}
	}
}

func TestAnnotationsAreBounded(t *testing.T) {
	many := make([]float64, 2*maxAnnotations+4)
	for i := range many {
		many[i] = float64(i % 2)
	}
	frame := must(Annotations(&series.Result{Series: []series.Series{steps(nil, many...)}}, AnnotationOptions{Options: Options{Step: time.Minute}}))[0]
	if got := frame.Rows(); got != maxAnnotations {
		t.Fatalf("%d annotations", got)
	}
	if first := frame.Fields[0].At(0).(time.Time).UnixMilli(); first != 5*minute {
		t.Errorf("the first annotation is at %d, want 300000", first)
	}
	if got := frame.Meta.Notices; len(got) != 1 || !strings.HasPrefix(got[0].Text, "The latest 1,000 of 1,002 annotations are shown.") {
		t.Errorf("notices %+v", got)
	}
}

// TestLatestAnnotationsAreShown adds events in random order. The latest events are shown,
// although latestEvents drops old events before all events are added.
func TestLatestAnnotationsAreShown(t *testing.T) {
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
	frame := must(Annotations(&series.Result{Series: all}, AnnotationOptions{ValueIsTime: true}))[0]
	for i := range frame.Rows() {
		if got, want := frame.Fields[0].At(i).(time.Time).UnixMilli(), int64(each*many-maxAnnotations+i+1); got != want {
			t.Fatalf("annotation %d is at %d, want %d", i, got, want)
		}
	}
	if got := frame.Meta.Notices; frame.Rows() != maxAnnotations || len(got) != 1 || !strings.HasPrefix(got[0].Text, "The latest 1,000 of 10,000 ") {
		t.Errorf("%d annotations, notices %+v", frame.Rows(), got)
	}
}

func TestAnnotationsBefore1970(t *testing.T) {
	s := series.Series{Times: []int64{-5 * minute}, Values: []float64{1}}
	if frame := must(Annotations(&series.Result{Series: []series.Series{s}}, AnnotationOptions{}))[0]; frame.Rows() != 1 {
		t.Errorf("%d annotations", frame.Rows())
	}
}

// TestEventIsNotSplitByDaylightSavingTime: in a range with steps of one day, a step takes 25
// hours when daylight saving time ends, and 23 when it begins.
func TestEventIsNotSplitByDaylightSavingTime(t *testing.T) {
	const hour = 60 * minute
	s := series.Series{Times: []int64{0, 24 * hour, 49 * hour, 72 * hour, 120 * hour}, Values: []float64{1, 1, 1, 1, 1}}
	frame := must(Annotations(&series.Result{Series: []series.Series{s}}, AnnotationOptions{Options: Options{Step: 24 * time.Hour}}))[0]
	var got []time.Duration
	for i := range frame.Rows() {
		got = append(got, time.Duration(frame.Fields[0].At(i).(time.Time).UnixMilli())*time.Millisecond)
	}
	if want := []time.Duration{0, 120 * time.Hour}; !slices.Equal(got, want) {
		t.Errorf("the events begin at %v, want %v", got, want)
	}
}

// TestOldEventsTakeNoMemory checks that old events are dropped before all events are known.
func TestOldEventsTakeNoMemory(t *testing.T) {
	r := one(evenTimes(1_000_000, 0))
	for i := range r.Series[0].Values {
		r.Series[0].Values[i] = float64(i % 2)
	}
	allocated := allocatedMiB(func() {
		if frame := must(Annotations(r, AnnotationOptions{Title: "{{value}}"}))[0]; frame.Rows() != maxAnnotations {
			t.Errorf("%d rows", frame.Rows())
		}
	})
	if allocated > 5 {
		t.Errorf("%d MiB allocated", allocated)
	}
}

// TestAnnotationTitleIsBounded: a series can have many events, each with the name of the series
// as title.
func TestAnnotationTitleIsBounded(t *testing.T) {
	r := one([]int64{0}, series.Label{Name: "a", Value: strings.Repeat("ä", maxFilled)})
	r.Series[0].Values[0] = 1
	field, _ := must(Annotations(r, AnnotationOptions{}))[0].FieldByName("title")
	if title := field.At(0).(string); len(title) > maxFilled+len("…") || !strings.HasSuffix(title, "ä…") {
		t.Errorf("%d bytes", len(title))
	}
}
