package promql

import (
	"errors"
	"fmt"
	"regexp/syntax"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// repeated compiles to n thousands of instructions.
func repeated(n int) string { return strings.Repeat(".{1000}", n) }

// words is an alternation of n names, as a variable of several values makes it.
func words(n int) string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf("model-%06d-replica-of-some-service-in-some-region", i)
	}
	return strings.Join(all, "|")
}

// TestRegularExpressionsOfAQuery: what people write passes in any of the places
// where a query has regular expressions; what would take gigabytes is refused
// before it is compiled.
func TestRegularExpressionsOfAQuery(t *testing.T) {
	const complex, long = "is too complex", "is too long"
	for _, test := range []struct{ name, expr, want string }{
		{"a thousand names in twenty selectors", strings.Repeat(`sum(x{a=~"`+words(1000)+`"}) + `, 20) + "1", ""},
		{"a small repetition", `x{a=~"[0-9]{1,3}(\\.[0-9]{1,3}){3}"}`, ""},
		{"letters of every script", `x{a=~"\\pL+"}`, ""},
		{"one of a million instructions and more", `x{a=~"` + repeated(1600) + `"}`, complex},
		{"one of many millions, which Go's parser refuses", `x{a=~"` + repeated(30_000) + `"}`, complex},
		{"one that is nested too deeply for Go's parser", `x{a=~"` + strings.Repeat("(", 2000) + strings.Repeat(")", 2000) + `"}`, complex},
		{"several that are so together", `x{a=~"` + repeated(500) + `",b!~"` + repeated(500) + `"} + y{c=~"` + repeated(600) + `"}`, complex},
		{"nested repetitions", `x{a=~"` + strings.Repeat("((a{10}){10}){10}", 800) + `"}`, complex},
		{"many classes of characters", `x{a=~"` + strings.Repeat(`\\pL`, 2000) + `"}`, complex},
		{"behind a comment", "x{a=~ # here\n\"" + repeated(1600) + `"}`, complex},
		{"in single quotes", `x{a=~'` + repeated(1600) + `'}`, complex},
		{"in backquotes", "x{a=~`" + repeated(1600) + "`}", complex},
		{"written with escapes", `x{a=~"` + strings.Repeat(`\x2e\u007b1000}`, 1600) + `"}`, complex},
		{"a long text", `x{a=~"` + words(33_000) + `"}`, long},
		{"in a text that is no regular expression", `x{a="` + repeated(1600) + `"}`, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Parse(test.expr)
			if test.want == "" && err != nil || test.want != "" && (err == nil || fault.As(err).Kind != fault.BadQuery || !strings.Contains(err.Error(), test.want)) {
				t.Errorf("got %.300v, want %q", err, test.want)
			}
		})
	}
}

func TestAFaultyRegularExpressionKeepsItsPlace(t *testing.T) {
	_, err := Parse(`x{a=~"b",c=~"("}`)
	if err == nil || fault.As(err).Kind != fault.BadPromQL || !strings.Contains(err.Error(), "line 1, column") {
		t.Errorf("got %v", err)
	}
}

func TestFiltersShareABudget(t *testing.T) {
	var filters []Filter
	for range 4 {
		filters = append(filters, Filter{Key: "a", Operator: "=~", Value: repeated(450)})
	}
	if _, err := Matchers(filters); err == nil || !strings.Contains(err.Error(), "is too complex") {
		t.Errorf("got %.300v", err)
	}
	if _, err := Matchers(filters[:3]); err != nil {
		t.Errorf("got %.300v", err)
	}
}

func TestFiltersAreBounded(t *testing.T) {
	filters := make([]Filter, maxFilters+1)
	for i := range filters {
		filters[i] = Filter{Key: "a", Operator: "=", Value: "b"}
	}
	if _, err := Matchers(filters); err == nil || err.Error() != "The query has more than 100 ad-hoc filters. Remove some." {
		t.Errorf("got %v", err)
	}
	if matchers, err := Matchers(filters[1:]); err != nil || len(matchers) != maxFilters {
		t.Errorf("got %d matchers, %v", len(matchers), err)
	}
}

// TestImpliedFiltersTakeBoundedTime: a filter that would be compared with long
// values for hours is written into the selectors, where it changes nothing.
func TestImpliedFiltersTakeBoundedTime(t *testing.T) {
	value := strings.Repeat("a", 1000)
	expr := strings.Repeat(`x{a="`+value+`"} + `, 100) + "1"
	slow := labels.MustNewMatcher(labels.MatchRegexp, "a", "(a?){500}"+strings.Repeat("a*", 500)+"b?")
	text, err := AddMatchers(expr, []*labels.Matcher{slow})
	if err != nil || !strings.Contains(text, "=~") {
		t.Errorf("got %.100q, %v", text, err)
	}
	quick := labels.MustNewMatcher(labels.MatchRegexp, "a", "a+")
	if text, err := AddMatchers(`x{a="aaa"}`, []*labels.Matcher{quick}); err != nil || text != `x{a="aaa"}` {
		t.Errorf("got %q, %v", text, err)
	}
}

// TestCompiledSizeIsNoLessThanReal holds the estimate against what the compiler
// makes of an expression.
func TestCompiledSizeIsNoLessThanReal(t *testing.T) {
	for _, expr := range []string{"", "abc", "a|b|cd", "(?i)model", "[a-z]+", ".*x.*", "a{3,}", "(ab){2,5}c?", "(?:(a{3}){4}|b){5}", `\pL{100}`, "^$", "(x{10}){100}"} {
		tree, err := syntax.Parse(expr, syntax.Perl|syntax.DotNL)
		if err != nil {
			t.Fatal(err)
		}
		estimate := compiledSize(tree)
		program, err := syntax.Compile(tree.Simplify())
		if err != nil {
			t.Fatal(err)
		}
		const around = 4 // for the program's beginning and end
		if real := len(program.Inst); real > 2*estimate+around {
			t.Errorf("%s: %d instructions, estimated at %d", expr, real, estimate)
		}
	}
}

func TestMatchersOfFaultyExpressions(t *testing.T) {
	for _, expr := range []string{"(", "a)(b", "[", `\C`} {
		_, err := new(RegexpBudget).Matcher(labels.MatchRegexp, "a", expr, "Parameter a")
		if err == nil || !strings.HasPrefix(err.Error(), "Parameter a is not a regular expression that Prometheus understands: ") {
			t.Errorf("%s: got %v", expr, err)
		}
		if _, invalid := errors.AsType[*syntax.Error](err); !invalid {
			t.Errorf("%s: the cause is lost", expr)
		}
	}
}
