package promql

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

func parseFilters(t *testing.T, text string) []Filter {
	t.Helper()
	var filters []Filter
	if err := json.Unmarshal([]byte(text), &filters); err != nil {
		t.Fatal(err)
	}
	return filters
}

func TestMatchers(t *testing.T) {
	for _, test := range []struct{ name, filters, want string }{
		{"equal", `[{"key":"env","operator":"=","value":"prod"}]`, `env="prod"`},
		{"no operator", `[{"key":"env","value":"prod"}]`, `env="prod"`},
		{"not equal", `[{"key":"env","operator":"!=","value":"prod"}]`, `env!="prod"`},
		{"regular expression", `[{"key":"env","operator":"=~","value":"p.*"}]`, `env=~"p.*"`},
		{"negated regular expression", `[{"key":"env","operator":"!~","value":"p.*"}]`, `env!~"p.*"`},
		{"one of", `[{"key":"env","operator":"=|","value":"a.b","values":["a.b","c|d"]}]`, `env=~"a\\.b|c\\|d"`},
		{"none of", `[{"key":"env","operator":"!=|","value":"a","values":["a","b"]}]`, `env!~"a|b"`},
		{"one of a single value", `[{"key":"env","operator":"=|","value":"a.b","values":["a.b"]}]`, `env="a.b"`},
		{"none of without a list", `[{"key":"env","operator":"!=|","value":"a.b"}]`, `env!="a.b"`},
		{"one of with an empty value", `[{"key":"env","operator":"=|","values":["a",""]}]`, `env=~"a|"`},
		{"values of the operator =", `[{"key":"env","operator":"=","value":"a","values":["b","c"]}]`, `env="a"`},
		{"empty value", `[{"key":"env","operator":"=","value":""}]`, `env=""`},
		{"UTF-8", `[{"key":"größe €","operator":"=","value":"\"}"}]`, `"größe €"="\"}"`},
		{"metric name", `[{"key":"__name__","operator":"=~","value":"up|down"}]`, `__name__=~"up|down"`},
		{"all of ad-hoc filters", `[{"key":"env","operator":"=~","value":".*"}]`, ``},
		{"all of variables", `[{"key":"env","operator":"=","value":"$__all"},{"key":"env","operator":"=|","values":["a","$__all"]}]`, ``},
		{"not equal to .*", `[{"key":"env","operator":"!=","value":".*"}]`, `env!=".*"`},
		{"several", `[{"key":"env","operator":"!=","value":"a"},{"key":"env","operator":"!=","value":"b"},{"key":"job","operator":"=","value":"c"}]`, `env!="a" env!="b" job="c"`},
		{"none", `[]`, ``},
	} {
		t.Run(test.name, func(t *testing.T) {
			matchers, err := Matchers(parseFilters(t, test.filters))
			if err != nil {
				t.Fatal(err)
			}
			texts := make([]string, len(matchers))
			for i, m := range matchers {
				texts[i] = m.String()
			}
			if got := strings.Join(texts, " "); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestErrorsNameTheFilter(t *testing.T) {
	for _, test := range []struct {
		name   string
		filter Filter
		want   string
	}{
		{"empty label", Filter{Operator: "=", Value: "a"}, "An ad-hoc filter has no label"},
		{"less than", Filter{Key: "load", Operator: "<", Value: "5"}, `The ad-hoc filter on "load" has the operator "<". Use =, !=, =~, !~, =| (one of) or !=| (none of).`},
		{"greater than all", Filter{Key: "load", Operator: ">", Value: "$__all"}, `The ad-hoc filter on "load" has the operator ">"`},
		{"invalid regular expression", Filter{Key: "pod", Operator: "=~", Value: "[a"}, "The ad-hoc filter \"pod\" =~ \"[a\" is not a regular expression that Prometheus supports: error parsing regexp: missing closing ]"},
		{"valid only within a group", Filter{Key: "pod", Operator: "!~", Value: "a)(b"}, `"pod" !~ "a)(b" is not a regular expression`},
		{"label that isn't UTF-8", Filter{Key: "a\xff", Operator: "=", Value: "a"}, `The label "a\xff" of an ad-hoc filter is not valid UTF-8`},
		{"value that isn't UTF-8", Filter{Key: "a", Operator: "=|", Values: []string{"b", "\xff"}}, `A value of the ad-hoc filter on "a" is not valid UTF-8`},
	} {
		t.Run(test.name, func(t *testing.T) {
			matchers, err := Matchers([]Filter{{Key: "job", Operator: "=", Value: "api"}, test.filter})
			if f := fault.As(err); matchers != nil || err == nil || f.Kind != fault.BadQuery || !strings.Contains(f.Text, test.want) {
				t.Errorf("got %v, %v, want %q", matchers, err, test.want)
			}
		})
	}
}
