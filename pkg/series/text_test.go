package series

import "testing"

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
