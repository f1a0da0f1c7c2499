package promql

import (
	"fmt"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/model/labels"
)

func TestMatchesEverything(t *testing.T) {
	for _, test := range []struct {
		expr string
		want bool
	}{
		{".*", true},
		{".+", true},
		{"(.*)", true},
		{"(?:.+)?", true},
		{"^.*$", true},
		{".*.*", true},
		{".*.+", true},
		{".{0,}", true},
		{".{1,}", true},
		{"(.*)*", true},
		{"a?.*", true},
		{".*|", true},
		{"x|.+", true},
		{`[\s\S]*`, true},
		{"[a-z].*|[^a-z].*", true},
		{".{0,1000}", true},
		{"^^.+$$", true},
		{"a?^.*$b?", true},
		{".*$.*", true},
		{".*^.*", true},
		{"", false},
		{".", false},
		{".*^", false},
		{"$.*", false},
		{"$.*^", false},
		{"(.*^)", false},
		{".+^", false},
		{"(?:x|.*^)", false},
		{".+.+$a", false},
		{"..*", true},
		{"(?:.*){0}", false},
		{"(?:.*){0,0}", false},
		{"(?:.*){0}|a", false},
		{"(?:.*){0,1}", true},
		{"(?:.+){1,3}", true},
		{"(?:.*){0}.*", true},
		{"a.*", false},
		{".*a", false},
		{"a|b", false},
		{"[^/]*", false},
		{"[a-z]+", false},
		{".{2,}", false},
		{`\w+`, false},
	} {
		m := labels.MustNewMatcher(labels.MatchRegexp, "a", test.expr)
		if got := new(RegexpBudget).MatchesEverything(m); got != test.want {
			t.Errorf("%s: %v", test.expr, got)
		}
	}
	for _, op := range []labels.MatchType{labels.MatchEqual, labels.MatchNotEqual, labels.MatchNotRegexp} {
		if new(RegexpBudget).MatchesEverything(labels.MustNewMatcher(op, "a", ".*")) {
			t.Errorf("%v", op)
		}
	}
}

// TestMatchesEverythingIsBounded checks that MatchesEverything matches no samples after the
// budget is spent, and that .* doesn't need the budget.
func TestMatchesEverythingIsBounded(t *testing.T) {
	var budget RegexpBudget
	large := labels.MustNewMatcher(labels.MatchRegexp, "a", "[a-z]{0,1000}.{0,1000}")
	for range 10_000 {
		budget.MatchesEverything(large)
	}
	if budget.MatchesEverything(labels.MustNewMatcher(labels.MatchRegexp, "a", "[^x].*|x.*")) {
		t.Error("the budget isn't spent")
	}
	if !budget.MatchesEverything(labels.MustNewMatcher(labels.MatchRegexp, "a", ".*")) {
		t.Error(".* needs the budget")
	}
}

func TestMatchesEveryName(t *testing.T) {
	for text, want := range map[string]bool{
		"[a-z].*": true, "[a-zA-Z_:][a-zA-Z0-9_:]*": true, "(?i)[A-Z].*": true, ".+": true,
		"up": false, "go_.*|up": false, ".*_total": false, "[a-m].*": false, ".{2,}": false,
	} {
		if got := new(RegexpBudget).MatchesEveryName(labels.MustNewMatcher(labels.MatchRegexp, "__name__", text)); got != want {
			t.Errorf("%s: %t", text, got)
		}
	}
}

func TestParseMatcher(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{`tenant="acme"`, `tenant="acme"`},
		{` tenant = 'ac"me' , `, `tenant="ac\"me"`},
		{`tenant=~"a|b"`, `tenant=~"a|b"`},
		{`"k8s.ns"!="a"`, `"k8s.ns"!="a"`},
		{`tenant=""`, `tenant=""`},
		{`"up"`, `__name__="up"`},
	} {
		m, err := ParseMatcher(test.text, new(RegexpBudget))
		if err != nil || fmt.Sprint(m) != test.want {
			t.Errorf("%s: %v, %v", test.text, m, err)
		}
	}
	for _, text := range []string{
		"", "a", "a=b", `a="b",c="d"`, `a="b"} or {c="d"`, `a="b"} offset 5m #`, `a="b"}[5m] #`, `a="b" #`, `a=~"("`, `a=~"` + strings.Repeat(".{1000}", 3000) + `"`,
		`a="` + strings.Repeat("b", maxBytes) + `"`,
	} {
		if m, err := ParseMatcher(text, new(RegexpBudget)); err == nil {
			t.Errorf("%.50s: %.50v", text, m)
		}
	}
}
