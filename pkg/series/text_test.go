package series

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/prometheus/prometheus/promql/parser"
)

// TestMetricNames reads a table that the tests of the frontend use too.
func TestMetricNames(t *testing.T) {
	body, err := os.ReadFile("../../tests/testdata/metricnames.json")
	if err != nil {
		t.Fatal(err)
	}
	var table struct {
		Names []struct{ Name, Selector string }
	}
	if err := json.Unmarshal(body, &table); err != nil {
		t.Fatal(err)
	}
	if len(table.Names) == 0 {
		t.Fatal("the table is empty")
	}
	promQL := parser.NewParser(parser.Options{})
	for _, row := range table.Names {
		if got := (Labels{{MetricName, row.Name}}).String(); got != row.Selector {
			t.Errorf("the selector of %s is %s, want %s", row.Name, got, row.Selector)
		}
		if matchers, err := promQL.ParseMetricSelector(row.Selector); err != nil || len(matchers) != 1 || matchers[0].Value != row.Name {
			t.Errorf("Prometheus parses %s as %v, %v", row.Selector, matchers, err)
		}
	}
}

func TestLabelsString(t *testing.T) {
	for _, test := range []struct {
		name   string
		labels Labels
		want   string
	}{
		{"a metric and labels", Labels{{MetricName, "up"}, {"env", "x"}, {"job", "a"}}, `up{env="x", job="a"}`},
		{"a metric alone", Labels{{MetricName, "job:up:sum"}}, `job:up:sum`},
		{"labels alone", Labels{{"job", "a"}}, `{job="a"}`},
		{"no labels", nil, `{}`},
		{"a metric with dots", Labels{{MetricName, "http.requests"}, {"job", "a"}}, `{"http.requests", job="a"}`},
		{"a metric with dots alone", Labels{{MetricName, "http.requests"}}, `{"http.requests"}`},
		{"a metric whose name looks like a selector", Labels{{MetricName, `a{b="c"}`}}, `{"a{b=\"c\"}"}`},
		{"a metric named like a number", Labels{{MetricName, "Inf"}, {"job", "a"}}, `{"Inf", job="a"}`},
		{"a metric named like a keyword", Labels{{MetricName, "on"}}, `{"on"}`},
		{"labels that aren't identifiers", Labels{{MetricName, "up"}, {"1st", "a"}, {"a:b", "b"}, {"größe", "c"}, {"my-label", "d"}},
			`up{"1st"="a", "a:b"="b", "größe"="c", "my-label"="d"}`},
		{"quotes, backslashes and line ends", Labels{{"a", "\"\\\n"}, {"b\"\\\n", "x"}}, `{a="\"\\\n", "b\"\\\n"="x"}`},
		{"unprintable characters", Labels{{"a", "\x00\x7f\u00ad\U000e0001"}}, `{a="\x00\x7f\u00ad\U000e0001"}`},
		{"a replacement character", Labels{{"a", "\uFFFD"}}, `{a="\ufffd"}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := test.labels.String(); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}
