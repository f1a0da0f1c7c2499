package promql

import (
	"testing"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// TestConfineCasesOfLabelProxy covers cases from the tests of prom-label-proxy, which also
// adds a tenant's matchers to queries. If an expression selects another value of a label,
// prom-label-proxy replaces the matcher or returns an error. Confine keeps the matcher in
// addition to its own, so the selector selects nothing.
func TestConfineCasesOfLabelProxy(t *testing.T) {
	one := []*labels.Matcher{is("ns", "a")}
	two := []*labels.Matcher{is("ns", "a"), is("pod", "p")}
	either := []*labels.Matcher{matches("ns", "a|b")}
	for _, test := range []struct {
		name, expr string
		matchers   []*labels.Matcher
		want       string
	}{
		{"name", `m`, one, `m{ns="a"}`},
		{"name, several values", `m`, either, `m{ns=~"a|b"}`},
		{"value with a metacharacter", `m`, []*labels.Matcher{is("ns", "a|b")}, `m{ns="a|b"}`},
		{"escaped metacharacter", `m`, []*labels.Matcher{matches("ns", `a\|b|c`)}, `m{ns=~"a\\|b|c"}`},
		{"function", `round(m{x="1"},3)`, two, `round(m{x="1",ns="a",pod="p"},3)`},
		{"aggregation by the label", `sum by (pod) (m{x="1"})`, two, `sum by (pod) (m{x="1",ns="a",pod="p"})`},
		{"binary expression", `m{} + sum by (pod)(n{x="1"})`, two, `m{ns="a",pod="p"} + sum by (pod)(n{x="1",ns="a",pod="p"})`},
		{"vector matching", `m{} + on(pod,ns) sum by (pod) (n{x="1"})`, two, `m{ns="a",pod="p"} + on(pod,ns) sum by (pod) (n{x="1",ns="a",pod="p"})`},
		{"function, own values", `round(m{x="1",pod="p",ns="a"},3)`, two, `round(m{x="1",pod="p",ns="a"},3)`},
		{"aggregation, own values", `sum by (pod) (m{x="1",pod="p",ns="a"})`, two, `sum by (pod) (m{x="1",pod="p",ns="a"})`},
		{"binary expression, own values", `m{pod="p"} + sum by (pod)(n{x="1",ns="a",pod="p"})`, two, `m{pod="p",ns="a"} + sum by (pod)(n{x="1",ns="a",pod="p"})`},
		{"one of several values", `m{ns="b"}`, either, `m{ns="b"}`},
		{"function, foreign value", `round(m{x="1",pod="p",ns="z"},3)`, two, `round(m{x="1",pod="p",ns="z",ns="a"},3)`},
		{"aggregation, foreign values", `sum by (pod) (m{pod="z",ns="z"})`, two, `sum by (pod) (m{pod="z",ns="z",ns="a",pod="p"})`},
		{"binary expression, foreign values", `m{pod="z"} + sum by (pod)(n{pod="y",ns="z"})`, two, `m{pod="z",ns="a",pod="p"} + sum by (pod)(n{pod="y",ns="z",ns="a",pod="p"})`},
		{"vector matching, foreign value", `m{pod="z"} + on(pod,ns) sum by (pod) (n{ns="z"})`, one, `m{pod="z",ns="a"} + on(pod,ns) sum by (pod) (n{ns="z",ns="a"})`},
		{"none of several values", `m{ns="z"}`, either, `m{ns="z",ns=~"a|b"}`},
		{"scalar", `1`, one, `1`},
		{"function without a selector", `time()`, one, `time()`},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := Confine(test.expr, test.matchers)
			if got != test.want || err != nil {
				t.Errorf("got %s, %v, want %s", got, err, test.want)
			}
		})
	}
	if got, err := Confine(`m +`, one); got != "" || fault.As(err).Kind != fault.BadPromQL {
		t.Errorf("an invalid expression: %s %v", got, err)
	}
}
