package promql

import "testing"

func TestUnquoteNames(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"a metric", `{"my.metric"}`, `{__name__="my.metric"}`},
		{"a metric after a label", `{job="a", 'my.metric'}`, `{job="a", __name__='my.metric'}`},
		{"labels", `up{"my-label"="x",'a/b' !~ "y", "1st"!="z", "a\"b"=~"."}`, `up{my\-label="x",a\/b !~ "y", \1st!="z", a\"b=~"."}`},
		{"groupings", `sum by ("k8s.pod", job) (x / on("a b") group_left ("c:d", e) y)`, `sum by (k8s\.pod, job) (x / on(a\ b) group_left (c:d, e) y)`},
		{"grouping after the aggregation", `sum(up{a="by"}) without("a.b")`, `sum(up{a="by"}) without(a\.b)`},
		{"values and arguments", `label_replace(up{a="my-label"}, "a.b", "$1", "c", "(.*)") + count_values("d.e", x)`,
			`label_replace(up{a="my-label"}, "a.b", "$1", "c", "(.*)") + count_values("d.e", x)`},
		{"comments", "up{\"a.b\" # \"c.d\"\n=\"x\"}", "up{a\\.b # \"c.d\"\n=\"x\"}"},
		{"names beyond ASCII", `{"größe"="x", "\U0001f600"="y"}`, "{gr\\ö\\ße=\"x\", \\\U0001f600=\"y\"}"},
		{"names with control characters", `{"a\nb"="x", "\tx\x7f"!="y"}`, `{a\x0ab="x", \x09x\x7f!="y"}`},
		{"names with invisible characters", "sum by (\"a\u00a0b\", \"\u202ec\") (x)", `sum by (a\xa0b, \u202ec) (x)`},
		{"names that can't be escaped", `{"a\ufffd"="x", "\U000e0001"="y", "a.b"="z"}`, `{"a�"="x", "\U000e0001"="y", a\.b="z"}`},
		{"no names", `rate(up[5m])`, `rate(up[5m])`},
		{"text after MetricsQL syntax", `up{"a.b"="x"} default {a\.b="y"}`, `up{a\.b="x"} default {a\.b="y"}`},
		{"unclosed literal", `up{"a.b"="x`, `up{a\.b="x`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := UnquoteNames(test.text); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}
