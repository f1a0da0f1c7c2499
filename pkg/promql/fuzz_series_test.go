package promql

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// FuzzSeriesText checks that the text of a series is a selector of its labels.
func FuzzSeriesText(f *testing.F) {
	for _, name := range []string{"up", "a.b", "1a", "", "job:up:sum", "}", "a\"b\\c\n", "\uFFFD", "\x00\x7f\u00ad", "inf", "NaN",
		"and", "or", "unless", "atan2", "sum", "topk", "count_values", "limitk", "limit_ratio", "offset", "smoothed", "anchored", "by", "without", "on",
		"ignoring", "group_left", "group_right", "fill", "fill_left", "fill_right", "bool", "start", "end", "step", "range", "max_of", "min_of", "buckets", "schema", "unknown", "rate"} {
		f.Add(name, "job", "a")
		f.Add(name, "my-label", "\"\\\n\uFFFD")
		f.Add(name, name, name)
	}
	f.Fuzz(func(t *testing.T, metric, label, value string) {
		if !utf8.ValidString(metric+label+value) || label == series.MetricName {
			return
		}
		pairs := map[string]string{series.MetricName: metric, label: value}
		for name, text := range pairs {
			if name == "" || text == "" { // no series has such a label
				delete(pairs, name)
			}
		}
		if len(pairs) == 0 {
			return
		}
		text := series.LabelsOf(pairs).String()
		tree, err := Parse(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		selector, ok := tree.(*parser.VectorSelector)
		if !ok || len(selector.LabelMatchers) != len(pairs) {
			t.Fatalf("%s is %#v", text, tree)
		}
		for name, text := range pairs {
			if !slices.ContainsFunc(selector.LabelMatchers, func(m *labels.Matcher) bool {
				return m.Type == labels.MatchEqual && m.Name == name && m.Value == text
			}) {
				t.Errorf("%q lacks %s=%q", selector, name, text)
			}
		}
		if strings.Contains(text, "\n") {
			t.Errorf("%q has several lines", text)
		}
	})
}
