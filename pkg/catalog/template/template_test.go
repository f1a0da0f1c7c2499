package template

import (
	"errors"
	"testing"

	"github.com/prometheus/prometheus/model/labels"
)

func matchers() []*labels.Matcher {
	return []*labels.Matcher{
		labels.MustNewMatcher(labels.MatchEqual, "model", `a"b`),
		labels.MustNewMatcher(labels.MatchRegexp, "tenant", "x|y"),
	}
}

func TestRender(t *testing.T) {
	for _, test := range []struct {
		name, query string
		matchers    []*labels.Matcher
		group       []string
		want        string
	}{
		{"all parameters", `sum by (__BY__) (rate(a{__PARAMS__}[$__rate_interval]))`, matchers(), []string{"model", "tenant"},
			`sum by (model, tenant) (rate(a{model="a\"b",tenant=~"x|y"}[$__rate_interval]))`},
		{"some parameters", `a{__PARAMS(tenant)__,b="c"}`, matchers(), nil, `a{tenant=~"x|y",b="c"}`},
		{"no parameters before a matcher", `a{__PARAMS__, b="c"}`, nil, nil, `a{b="c"}`},
		{"no parameters after a matcher", `a{b="c", __PARAMS__}`, nil, nil, `a{b="c"}`},
		{"no grouping", `sum by (le, __BY__) (a)`, nil, nil, `sum by (le) (a)`},
		{"a grouping that needs quotes", `sum by (__BY__) (a)`, nil, []string{"a.b"}, `sum by ("a.b") (a)`},
		{"the labels of a match", `a / on (__BY__) group_left () b`, nil, []string{"model"}, `a / on (model) group_left () b`},
	} {
		t.Run(test.name, func(t *testing.T) {
			tmpl, err := Parse(test.query)
			if err != nil {
				t.Fatal(err)
			}
			got, err := tmpl.Render(test.matchers, test.group)
			if err != nil || got != test.want {
				t.Errorf("got  %s, %v\nwant %s", got, err, test.want)
			}
		})
	}
}

func TestRenderRejectsChangedQueries(t *testing.T) {
	for _, query := range []string{
		`label_replace(a{__PARAMS__}, "b", "__BY__", "", "")`,
		`a{__modelmetrics_matchers__="0",__PARAMS__}`,
		`a{__modelmetrics_matchers__="7",__PARAMS__}`,
		`a{__modelmetrics_matchers__="-1",__PARAMS__}`,
		`a{__modelmetrics_matchers__="x",__PARAMS__}`,
	} {
		tmpl, err := Parse(query)
		if err != nil {
			t.Fatal(err)
		}
		if text, err := tmpl.Render(matchers(), []string{"model"}); !errors.Is(err, ErrChanged) {
			t.Errorf("%s: got %q, %v", query, text, err)
		}
	}
}

func TestSelectors(t *testing.T) {
	tmpl, err := Parse(`rate(a{b="c",d=~"e",__PARAMS(model)__}[5m]) / {__name__="f",__PARAMS__}`)
	if err != nil {
		t.Fatal(err)
	}
	selectors, err := tmpl.Selectors()
	if err != nil || len(selectors) != 2 {
		t.Fatalf("got %v, %v", selectors, err)
	}
	a, f := selectors[0], selectors[1]
	if a.Name() != "a" || f.Name() != "f" {
		t.Errorf("got the names %q and %q", a.Name(), f.Name())
	}
	if !a.Takes("model") || a.Takes("tenant") || !f.Takes("tenant") {
		t.Error("the selectors take the wrong parameters")
	}
	if !a.Fixes("b") || a.Fixes("d") {
		t.Error("only an equality matcher fixes a label")
	}
}
