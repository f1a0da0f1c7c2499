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
		{"full", "", two, []string{`up{env="x", job="a"}`, `up{env="x", job="b"}`}},
		{"full without labels is the query's name", "", []series.Series{{}}, []string{"Query"}},
		{"auto keeps what differs", auto, two, []string{"a", "b"}},
		{"auto keeps several", auto, []series.Series{{Labels: labels("a", "1", "b", "1")}, {Labels: labels("a", "2", "b", "2")}}, []string{`{a="1", b="1"}`, `{a="2", b="2"}`}},
		{"auto for one series", auto, two[:1], []string{`{env="x", job="a"}`}},
		{"auto for one label", auto, []series.Series{{Labels: labels("job", "a")}}, []string{"a"}},
		{"auto without labels is the query's name", auto, []series.Series{{}}, []string{"Query"}},
		{"auto keeps the metric's name where nothing else differs", auto, []series.Series{{Labels: labels("__name__", "up")}, {Labels: labels("__name__", "down")}}, []string{"up", "down"}},
		{"auto for a metric without labels", auto, []series.Series{{Labels: labels("__name__", "up")}}, []string{"up"}},
		{"auto keeps different metrics apart", auto,
			[]series.Series{{Labels: labels("__name__", "a_x", "job", "1")}, {Labels: labels("__name__", "a_x", "job", "2")}, {Labels: labels("__name__", "a_y", "job", "1")}},
			[]string{`a_x{job="1"}`, `a_x{job="2"}`, `a_y{job="1"}`}},
		{"auto names a metric without other labels of its own by its name", auto,
			[]series.Series{{Labels: labels("__name__", "a_x", "env", "e")}, {Labels: labels("__name__", "a_y", "env", "e", "job", "1")}}, []string{"a_x", `a_y{job="1"}`}},
		{"auto writes metrics whose names aren't identifiers as PromQL", auto,
			[]series.Series{{Labels: labels("__name__", "a.x", "my-label", "1")}, {Labels: labels("__name__", "a.y", "my-label", "2")}},
			[]string{`{"a.x", "my-label"="1"}`, `{"a.y", "my-label"="2"}`}},
		{"auto names the label where the same value is of different ones", auto,
			[]series.Series{{Labels: labels("a", "x")}, {Labels: labels("b", "x")}}, []string{`{a="x"}`, `{b="x"}`}},
		{"auto keeps a value that looks like labels apart from labels", auto,
			[]series.Series{{Labels: labels("a", `{b="1", c="2"}`)}, {Labels: labels("a", "{id}")}, {Labels: labels("b", "1", "c", "2")}},
			[]string{`{a="{b=\"1\", c=\"2\"}"}`, "{id}", `{b="1", c="2"}`}},
		{"auto names a series without the label like the query", auto,
			[]series.Series{{Labels: labels("env", "e")}, {Labels: labels("env", "e", "job", "1")}}, []string{"Query", "1"}},
		{"auto names the label where a value is the query's name", auto,
			[]series.Series{{Labels: labels("env", "e")}, {Labels: labels("env", "e", "job", "Query")}, {Labels: labels("env", "e", "job", "{}")}},
			[]string{"{}", `{job="Query"}`, `{job="{}"}`}},
		{"auto doesn't take a metric's name for the query's", auto,
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

// FuzzLegends: whatever the legend and the labels hold, series are named without
// a panic, the same way each time and whatever else is asked, and a name is as
// long as its template and its values at most: a value is text, never a template.
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
				t.Errorf("%q alone is %q", names[i], alone)
			}
			if want := replaced(legend, s.Labels); len(want) <= maxFilled && names[i] != want {
				t.Errorf("got %q, want %q", names[i], want)
			}
			whole := !slices.ContainsFunc([]string{legend, value1, value2, value3}, func(text string) bool { return !utf8.ValidString(text) })
			if whole && !utf8.ValidString(names[i]) {
				t.Errorf("%q is cut inside a character", names[i])
			}
		}
	})
}

// checkDistinct wants different names for series of different labels.
func checkDistinct(t *testing.T, all []series.Series, names []string) {
	t.Helper()
	for i, s := range all {
		for j, other := range all[:i] {
			if names[i] == names[j] && s.Labels.Key() != other.Labels.Key() {
				t.Errorf("%v and %v are both called %q", s.Labels, other.Labels, names[i])
			}
		}
	}
}

// replaced fills a legend as its definition reads: each {{label}} of the legend's
// own text, once.
func replaced(legend string, of series.Labels) string {
	return series.LegendLabel.ReplaceAllStringFunc(legend, func(text string) string {
		return of.Get(series.LegendLabel.FindStringSubmatch(text)[1])
	})
}

// sorted makes labels that a series can have: names are unique and in order.
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
	for name, legend := range map[string]string{"auto": auto, "full": "", "template": "{{pod}} {{code}} in {{zone}}"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				legends(all, Options{Legend: legend, Name: "Query"})
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(all)), "ns/series")
		})
	}
}

// TestNamesOfLongLabelsAreShort: a frame holds a series' name several times, and a
// server chooses how long labels are.
func TestNamesOfLongLabelsAreShort(t *testing.T) {
	long := strings.Repeat("日", 100_000)
	r := &series.Result{Kind: series.Matrix}
	for _, end := range []string{"a", "b"} {
		r.Series = append(r.Series, series.Series{Labels: series.Labels{{Name: "job", Value: end}, {Name: "text", Value: long + end}}, Times: []int64{1}, Values: []float64{1}})
	}
	for _, legend := range []string{"", "__auto", "{{text}}"} {
		frames := must(TimeSeries(r, Options{Legend: legend}))
		first, second := frames[0].Name, frames[1].Name
		if len(first) > 2*maxFilled || !utf8.ValidString(first) || !strings.Contains(first, "…") {
			t.Errorf("legend %q: a name of %d bytes, %.60q", legend, len(first), first)
		}
		if distinct := first != second; distinct != (legend != "{{text}}") {
			t.Errorf("legend %q: names are distinct: %t", legend, distinct)
		}
	}
}
