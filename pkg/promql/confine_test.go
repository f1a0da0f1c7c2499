package promql

import (
	"strings"
	"testing"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

func TestConfine(t *testing.T) {
	for _, test := range []struct{ name, expr, want string }{
		{"a name", `up`, `up{t="a"}`},
		{"a foreign value", `up{t="b"}`, `up{t="b",t="a"}`},
		{"another regular expression", `up{t=~".*"}`, `up{t=~".*",t="a"}`},
		{"a negation", `up{t!="a"}`, `up{t!="a",t="a"}`},
		{"the empty value", `up{t=""}`, `up{t="",t="a"}`},
		{"everything", `{__name__=~".+"}`, `{__name__=~".+",t="a"}`},
		{"or", `up{t="a"} or up`, `up{t="a"} or up{t="a"}`},
		{"aggregation with a parameter", `topk(scalar(k), x)`, `topk(scalar(k{t="a"}), x{t="a"})`},
		{"subquery with @", `max_over_time(x[1h:5m] @ end()) offset 5m`, ``},
		{"subquery", `max_over_time(x[1h:5m] @ end() offset 5m)`, `max_over_time(x{t="a"}[1h:5m] @ end() offset 5m)`},
		{"absent", `absent(up{t="b"})`, `absent(up{t="b",t="a"})`},
		{"group_left", `a * on (x) group_left (t) b`, `a{t="a"} * on (x) group_left (t) b{t="a"}`},
		{"info without a selector", `info(x)`, `info(x{t="a"}, {t="a"})`},
		{"info in info", `info(info(x) ) + info((y))`, `info(info(x{t="a"}, {t="a"}) , {t="a"}) + info((y{t="a"}), {t="a"})`},
		{"info with a selector", `info(x, {k=~".+"})`, `info(x{t="a"}, {k=~".+",t="a"})`},
		{"info with an empty selector", `info(x, {})`, `info(x{t="a"}, {t="a"})`},
		{"info with a foreign value", `info(x, {t="b"})`, `info(x{t="a"}, {t="b",t="a"})`},
		{"info after a parenthesis in a comment", "info(x # )\n)", "info(x{t=\"a\"} \n, {t=\"a\"})"},
		{"info in a string", `label_replace(x, "info(", "info(x)", "", "")`, `label_replace(x{t="a"}, "info(", "info(x)", "", "")`},
		{"comments", "# {t=\"a\"}\nup # {\n", "\nup{t=\"a\"} \n"},
		{"a comment that ends with a carriage return", "up #\r{x=\"1\"}", "up \r{x=\"1\",t=\"a\"}"},
		{"a comment after the name", "up#c", `up{t="a"}`},
		{"a raw string that ends with a backslash", "label_replace(x, `\\`, \"` or y #\", \"\", \"\")", "label_replace(x{t=\"a\"}, \"\\\\\", \"` or y #\", \"\", \"\")"},
		{"a raw string in a selector", "up{x=`1`}", `up{x="1",t="a"}`},
		{"a quoted name", `{"utf8.näme"}`, `{"utf8.näme",t="a"}`},
		{"no selector", `vector(1)`, `vector(1)`},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := Confine(test.expr, []*labels.Matcher{is("t", "a")})
			if got != test.want || (err == nil) != (test.want != "") {
				t.Errorf("got %s, %v, want %s", got, err, test.want)
			}
		})
	}
}

func TestConfineWithSeveralMatchers(t *testing.T) {
	for _, test := range []struct {
		name, expr string
		matchers   []*labels.Matcher
		want       string
	}{
		{"none, not even PromQL", ` rate(x[5m)`, nil, ` rate(x[5m)`},
		{"several, with a duplicate", `x`, []*labels.Matcher{matches("t", "a|b"), is("e", "p"), is("e", "p")}, `x{e="p",t=~"a|b"}`},
		{"a value that the user restricts further", `absent(x{t="a"})`, []*labels.Matcher{matches("t", "a|b")}, `absent(x{t="a"})`},
		{"a value that breaks out", `x`, []*labels.Matcher{is("t", `"} or y{t="`)}, `x{t="\"} or y{t=\""}`},
		{"names", `x or {a="1"}`, []*labels.Matcher{matches("__name__", "x_.*")}, `{__name__="x",__name__=~"x_.*"} or {a="1",__name__=~"x_.*"}`},
		{"names of info metrics", `info(y)`, []*labels.Matcher{matches("__name__", "y|z")}, `info(y, {__name__="target_info",__name__=~"y|z"})`},
		{"names of chosen info metrics", `info(y, {__name__="b_info"})`, []*labels.Matcher{isNot("__name__", "z")}, `info(y, {__name__="b_info"})`},
		{"names of excluded info metrics", `info(y, {__name__!="b_info"})`, []*labels.Matcher{matches("__name__", "y|z")}, `info(y, {__name__!="b_info",__name__=~".+_info",__name__=~"y|z"})`},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := Confine(test.expr, test.matchers)
			if got != test.want || err != nil {
				t.Errorf("got %s, %v, want %s", got, err, test.want)
			}
		})
	}
}

func TestConfineFails(t *testing.T) {
	long := []*labels.Matcher{is("t", strings.Repeat("a", maxBytes/2))}
	for _, test := range []struct {
		name, expr string
		matchers   []*labels.Matcher
		kind       fault.Kind
	}{
		{"MetricsQL", `x default 0`, []*labels.Matcher{is("t", "a")}, fault.BadPromQL},
		{"a selector that isn't closed", `x{`, []*labels.Matcher{is("t", "a")}, fault.BadPromQL},
		{"an empty expression", ` `, []*labels.Matcher{is("t", "a")}, fault.BadPromQL},
		{"too large", `x + x + x`, long, fault.BadQuery},
		{"too large in info()", `info(info(1 * vector(1)))`, long, fault.BadQuery},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := Confine(test.expr, test.matchers)
			if got != "" || err == nil || fault.As(err).Kind != test.kind {
				t.Errorf("got %.100s, %v, want an error of the kind %s", got, err, test.kind)
			}
		})
	}
}

func TestIsConfined(t *testing.T) {
	for _, test := range []struct {
		expr string
		want bool
	}{
		{`x{t="a"} + y{t="a",b="c"}`, true},
		{`x{t="a"} + y`, false},
		{`x{t=~"a"}`, false},
		{`info(x{t="a"})`, false},
		{`info(x{t="a"}, {b="c"})`, false},
		{`info(x{t="a"}, {t="a"})`, true},
		{`rate(x[5m])`, false},
		{`topk(scalar(x), y{t="a"})`, false},
	} {
		tree, err := Parse(test.expr)
		if err != nil {
			t.Fatal(err)
		}
		if got := isConfined(tree, []*labels.Matcher{is("t", "a")}); got != test.want {
			t.Errorf("%s: %v", test.expr, got)
		}
	}
}

func TestConfineSelector(t *testing.T) {
	for _, test := range []struct {
		text     string
		matchers []*labels.Matcher
		want     string // "" for an error
	}{
		{`up`, nil, `up`},
		{``, []*labels.Matcher{is("t", "a")}, `{t="a"}`},
		{``, []*labels.Matcher{isNot("t", "a")}, `{__name__!="",t!="a"}`},
		{`up`, []*labels.Matcher{is("t", "a")}, `{__name__="up",t="a"}`},
		{`{t=~".*",t="b"}`, []*labels.Matcher{is("t", "a")}, `{t="a",t="b",t=~".*"}`},
		{"{x=`\\`} # or", []*labels.Matcher{is("t", "a")}, `{t="a",x="\\"}`},
		{`{"utf8.näme"}`, []*labels.Matcher{is("t", "a")}, `{__name__="utf8.näme",t="a"}`},
		{`up or down`, []*labels.Matcher{is("t", "a")}, ``},
		{`up[5m]`, []*labels.Matcher{is("t", "a")}, ``},
		{`up{a="1" or b="2"}`, []*labels.Matcher{is("t", "a")}, ``},
		{`{}`, []*labels.Matcher{is("t", "a")}, ``},
		{` `, []*labels.Matcher{is("t", "a")}, ``},
	} {
		got, err := ConfineSelector(test.text, test.matchers, new(RegexpBudget))
		if got != test.want || (err != nil) != (test.want == "") {
			t.Errorf("%s: got %s, %v, want %s", test.text, got, err, test.want)
		}
	}
}
