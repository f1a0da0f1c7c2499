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

// repeated returns an expression that compiles to about n thousand instructions.
func repeated(n int) string { return strings.Repeat(".{1000}", n) }

// words returns an alternation of n names, such as the values of a variable.
func words(n int) string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf("model-%06d-replica-of-some-service-in-some-region", i)
	}
	return strings.Join(all, "|")
}

// TestRegexpsAreBounded checks that regular expressions are rejected if they are too large or
// too complex.
func TestRegexpsAreBounded(t *testing.T) {
	const complex, long = "is too complex", "makes the regular expressions of the query longer than 1536 KiB"
	for _, test := range []struct{ name, expr, want string }{
		{"thousand names in twenty selectors", strings.Repeat(`sum(x{a=~"`+words(1000)+`"}) + `, 20) + "1", ""},
		{"small repetition", `x{a=~"[0-9]{1,3}(\\.[0-9]{1,3}){3}"}`, ""},
		{"letters of every script", `x{a=~"\\pL+"}`, ""},
		{"repetitions", `x{a=~"` + repeated(8) + `"}`, ""},
		{"too many repetitions", `x{a=~"` + repeated(9) + `"}`, complex},
		{"more than a million instructions", `x{a=~"` + repeated(1600) + `"}`, complex},
		{"too large for Go's parser", `x{a=~"` + repeated(30_000) + `"}`, complex},
		{"nested too deeply for Go's parser", `x{a=~"` + strings.Repeat("(", 2000) + strings.Repeat(")", 2000) + `"}`, complex},
		{"several expressions", `x{a=~"` + repeated(3) + `",b!~"` + repeated(3) + `"} + y{c=~"` + repeated(3) + `"}`, complex},
		{"nested repetitions", `x{a=~"` + strings.Repeat("((a{10}){10}){10}", 800) + `"}`, complex},
		{"many complements of classes", `x{a=~"` + strings.Repeat(`\\D`, 500) + `"}`, "has too many character classes that match most characters, such as [^a] or \\D. The limit for all regular expressions together is 256."},
		{"some complements of classes", `x{a=~"` + strings.Repeat(`[^0].*`, 100) + `"}`, ""},
		{"many character classes", `x{a=~"` + strings.Repeat(`\\pL`, 2000) + `"}`, complex},
		{"after a comment", "x{a=~ # here\n\"" + repeated(1600) + `"}`, complex},
		{"in single quotes", `x{a=~'` + repeated(1600) + `'}`, complex},
		{"in backquotes", "x{a=~`" + repeated(1600) + "`}", complex},
		{"with escapes", `x{a=~"` + strings.Repeat(`\x2e\u007b1000}`, 1600) + `"}`, complex},
		{"long text", `x{a=~"` + words(33_000) + `"}`, long},
		{"in a string that isn't a regular expression", `x{a="` + repeated(1600) + `"}`, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Parse(test.expr)
			if test.want == "" && err != nil || test.want != "" && (err == nil || fault.As(err).Kind != fault.BadQuery || !strings.Contains(err.Error(), test.want)) {
				t.Errorf("got %.300v, want %q", err, test.want)
			}
		})
	}
}

func TestErrorOfInvalidRegexpHasPosition(t *testing.T) {
	_, err := Parse(`x{a=~"b",c=~"("}`)
	if err == nil || fault.As(err).Kind != fault.BadPromQL || !strings.Contains(err.Error(), "line 1, column") {
		t.Errorf("got %v", err)
	}
}

func TestFiltersShareRegexpBudget(t *testing.T) {
	var filters []Filter
	for range 5 {
		filters = append(filters, Filter{Key: "a", Operator: "=~", Value: repeated(2)})
	}
	if _, err := Matchers(filters); err == nil || !strings.Contains(err.Error(), "is too complex") {
		t.Errorf("got %.300v", err)
	}
	if _, err := Matchers(filters[:4]); err != nil {
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

// TestImplicationsAreBounded: if matching the values of the selectors with a filter's regular
// expression would take too many steps, the filter is added without matching all values.
func TestImplicationsAreBounded(t *testing.T) {
	value := strings.Repeat("a", 1000)
	expr := strings.Repeat(`x{a="`+value+`"} + `, 100) + "1"
	slow := labels.MustNewMatcher(labels.MatchRegexp, "a", strings.Repeat("(a?)", 500)+strings.Repeat("a*", 500)+"b?")
	text, err := AddMatchers(expr, []*labels.Matcher{slow})
	if err != nil || !strings.Contains(text, "=~") {
		t.Errorf("got %.100q, %v", text, err)
	}
	quick := labels.MustNewMatcher(labels.MatchRegexp, "a", "a+")
	if text, err := AddMatchers(`x{a="aaa"}`, []*labels.Matcher{quick}); err != nil || text != `x{a="aaa"}` {
		t.Errorf("got %q, %v", text, err)
	}
}

// TestCompiledSize checks that a compiled program has at most about twice as many instructions
// as estimated.
func TestCompiledSize(t *testing.T) {
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
		const overhead = 4 // instructions at the beginning and the end of a program
		if real := len(program.Inst); real > 2*estimate+overhead {
			t.Errorf("%s: %d instructions, estimated at %d", expr, real, estimate)
		}
	}
}

func TestMatcherRejectsInvalidRegexp(t *testing.T) {
	for _, expr := range []string{"(", "a)(b", "[", `\C`} {
		_, err := new(RegexpBudget).Matcher(labels.MatchRegexp, "a", expr, "Parameter a")
		if err == nil || !strings.HasPrefix(err.Error(), "Parameter a is not a regular expression that Prometheus supports: ") {
			t.Errorf("%s: got %v", expr, err)
		}
		if _, invalid := errors.AsType[*syntax.Error](err); !invalid {
			t.Errorf("%s: the cause is missing", expr)
		}
	}
}
