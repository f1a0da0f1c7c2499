package frames

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

func TestLegends(t *testing.T) {
	two := []series.Series{{Labels: labels("__name__", "up", "env", "x", "job", "a")}, {Labels: labels("__name__", "up", "env", "x", "job", "b")}}
	for _, test := range []struct {
		name, legend string
		series       []series.Series
		want         []string
	}{
		{"templates", "{{job}} in {{ env }}{{nowhere}}", two, []string{"a in x", "b in x"}},
		{"a label's value is not a template", "{{job}}", []series.Series{{Labels: labels("env", "x", "job", "{{env}}")}}, []string{"{{env}}"}},
		{"plain text", "total", two[:1], []string{"total"}},
		{"metric and labels", "", two, []string{`up{env="x", job="a"}`, `up{env="x", job="b"}`}},
		{"no labels", "", []series.Series{{}}, []string{"Query"}},
		{"auto, one label differs", auto, two, []string{"a", "b"}},
		{"auto, several labels differ", auto, []series.Series{{Labels: labels("a", "1", "b", "1")}, {Labels: labels("a", "2", "b", "2")}}, []string{`{a="1", b="1"}`, `{a="2", b="2"}`}},
		{"auto, one series", auto, two[:1], []string{`{env="x", job="a"}`}},
		{"auto, one series with one label", auto, []series.Series{{Labels: labels("job", "a")}}, []string{"a"}},
		{"auto, no labels", auto, []series.Series{{}}, []string{"Query"}},
		{"auto, metric name differs", auto, []series.Series{{Labels: labels("__name__", "up")}, {Labels: labels("__name__", "down")}}, []string{"up", "down"}},
		{"auto, one metric without labels", auto, []series.Series{{Labels: labels("__name__", "up")}}, []string{"up"}},
		{"auto, metric name and label differ", auto,
			[]series.Series{{Labels: labels("__name__", "a_x", "job", "1")}, {Labels: labels("__name__", "a_x", "job", "2")}, {Labels: labels("__name__", "a_y", "job", "1")}},
			[]string{`a_x{job="1"}`, `a_x{job="2"}`, `a_y{job="1"}`}},
		{"auto, metric name differs and one has a label", auto,
			[]series.Series{{Labels: labels("__name__", "a_x", "env", "e")}, {Labels: labels("__name__", "a_y", "env", "e", "job", "1")}}, []string{"a_x", `a_y{job="1"}`}},
		{"auto, names that are not identifiers", auto,
			[]series.Series{{Labels: labels("__name__", "a.x", "my-label", "1")}, {Labels: labels("__name__", "a.y", "my-label", "2")}},
			[]string{`{"a.x", "my-label"="1"}`, `{"a.y", "my-label"="2"}`}},
		{"auto, same value of different labels", auto,
			[]series.Series{{Labels: labels("a", "x")}, {Labels: labels("b", "x")}}, []string{`{a="x"}`, `{b="x"}`}},
		{"auto, value that looks like PromQL", auto,
			[]series.Series{{Labels: labels("a", `{b="1", c="2"}`)}, {Labels: labels("a", "{id}")}, {Labels: labels("b", "1", "c", "2")}},
			[]string{`{a="{b=\"1\", c=\"2\"}"}`, "{id}", `{b="1", c="2"}`}},
		{"auto, series without the label", auto,
			[]series.Series{{Labels: labels("env", "e")}, {Labels: labels("env", "e", "job", "1")}}, []string{"Query", "1"}},
		{"auto, value equals the query's name", auto,
			[]series.Series{{Labels: labels("env", "e")}, {Labels: labels("env", "e", "job", "Query")}, {Labels: labels("env", "e", "job", "{}")}},
			[]string{"{}", `{job="Query"}`, `{job="{}"}`}},
		{"auto, metric name equals the query's name", auto,
			[]series.Series{{Labels: labels("a", "1")}, {Labels: labels("__name__", "Query", "a", "1")}, {Labels: labels("__name__", "b", "a", "1", "c", "2")}},
			[]string{"{}", "Query", `b{c="2"}`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := legends(test.series, Options{Legend: test.legend, Name: "Query"})
			if strings.Join(got, "|") != strings.Join(test.want, "|") {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// FuzzLegends checks that names are deterministic, that those of the legend __auto are
// distinct, that a template is filled in regardless of the other series, and that label values
// are not expanded.
func FuzzLegends(f *testing.F) {
	f.Add("{{job}} in {{ env }}", "job", "a", "env", "x", "env", "y")
	f.Add("__auto", "job", "{{env}}", "env", "{{job}}", "job", "{{{{job}}}}")
	f.Add("__auto", "__name__", "a_x", "job", "a", "__name__", "a_y")
	f.Add("__auto", "a", "Query", "a", "Query", "b", "Query")
	f.Add("__auto", "__name__", "Query", "a", "{}", "b", "{}")
	f.Add("", "__name__", "up", "job", "\"", "a.b", "\xff")
	f.Add("{{a}}{{b}}{{", "a", "{{b}}", "b", "}}", "a", "{{")
	f.Add("{{ }}{{\n}}{{}}", " ", "1", "\n", "2", "", "3")
	f.Fuzz(func(t *testing.T, legend, name1, value1, name2, value2, name3, value3 string) {
		one := sorted(labels(name1, value1, name2, value2))
		two := sorted(labels(name1, value1, name3, value3))
		all := []series.Series{{Labels: one}, {Labels: two}, {}}
		o := Options{Legend: legend, Name: "Query"}
		names := legends(all, o)
		if again := legends(all, o); !slices.Equal(names, again) {
			t.Fatalf("%q, then %q", names, again)
		}
		if valid := utf8.ValidString(name1 + value1 + name2 + value2 + name3 + value3); legend == auto && valid {
			checkDistinct(t, all, names)
		}
		if legend == "" || legend == auto {
			return
		}
		for i, s := range all {
			if alone := legends([]series.Series{s}, o)[0]; alone != names[i] {
				t.Errorf("%q, for the series alone %q", names[i], alone)
			}
			if want := replaced(legend, s.Labels); len(want) <= maxFilled && names[i] != want {
				t.Errorf("got %q, want %q", names[i], want)
			}
			valid := !slices.ContainsFunc([]string{legend, value1, value2, value3}, func(text string) bool { return !utf8.ValidString(text) })
			if valid && !utf8.ValidString(names[i]) {
				t.Errorf("%q is not valid UTF-8", names[i])
			}
		}
	})
}

// checkDistinct fails the test if different series have the same name.
func checkDistinct(t *testing.T, all []series.Series, names []string) {
	t.Helper()
	for i, s := range all {
		for j, other := range all[:i] {
			if names[i] == names[j] && s.Labels.Key() != other.Labels.Key() {
				t.Errorf("%v and %v have the same name %q", s.Labels, other.Labels, names[i])
			}
		}
	}
}

// replaced is a simpler implementation of legends for a template and one series.
func replaced(legend string, labels series.Labels) string {
	return series.LegendLabel.ReplaceAllStringFunc(legend, func(text string) string {
		return labels.Get(series.LegendLabel.FindStringSubmatch(text)[1])
	})
}

// sorted sorts labels by name. Of several labels with the same name, it keeps the first.
func sorted(l series.Labels) series.Labels {
	slices.SortStableFunc(l, func(a, b series.Label) int { return strings.Compare(a.Name, b.Name) })
	return slices.CompactFunc(l, func(a, b series.Label) bool { return a.Name == b.Name })
}

func BenchmarkLegends(b *testing.B) {
	all := make([]series.Series, 10_000)
	for i := range all {
		all[i].Labels = labels("__name__", "http_requests_total", "cluster", "eu-1", "code", "200", "container", "api", "instance", fmt.Sprintf("10.0.%d.%d:9090", i/250, i%250),
			"job", "api", "method", "GET", "namespace", "prod", "pod", fmt.Sprintf("api-%d", i), "zone", fmt.Sprintf("z%d", i%3))
	}
	for name, legend := range map[string]string{"auto": auto, "all labels": "", "template": "{{pod}} {{code}} in {{zone}}"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				legends(all, Options{Legend: legend, Name: "Query"})
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(all)), "ns/series")
		})
	}
}

// TestSeriesNamesAreBounded: a frame contains the name of a series several times, and the
// server chooses the length of label values.
func TestSeriesNamesAreBounded(t *testing.T) {
	long := strings.Repeat("日", 100_000)
	r := &series.Result{Kind: series.Matrix}
	for _, end := range []string{"a", "b"} {
		r.Series = append(r.Series, series.Series{Labels: series.Labels{{Name: "job", Value: end}, {Name: "text", Value: long + end}}, Times: []int64{1}, Values: []float64{1}})
	}
	for _, legend := range []string{"", "__auto", "{{text}}"} {
		frames := must(allTimeSeries(r, Options{Legend: legend}))
		first, second := frames[0].Name, frames[1].Name
		if len(first) > 2*maxFilled || !utf8.ValidString(first) || !strings.Contains(first, "…") {
			t.Errorf("legend %q: name of %d bytes, %.60q", legend, len(first), first)
		}
		if isDistinct := first != second; isDistinct != (legend != "{{text}}") {
			t.Errorf("legend %q: names are distinct: %t", legend, isDistinct)
		}
	}
}
