package access

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promql"
)

// complete is a text with all keys.
const complete = `
rules:
  - name: banned
    when: {user: [mallory, "mallory@acme.com"]}
    deny: true
  - name: acme
    when: {org: [2, 3], role: [Viewer, Editor]}
    matchers: ['tenant="acme"', 'env=~"prod|stage"']
    policy: {promql: block, range: {max: 7d}}
  - name: staff
    when: {user: ["alice", "/@staff\\.com$/"]}
    matchers: ['owner="{{user.login}}"']
    policy: {range: off}
  - name: own
    when: {org: 9}
    matchers: ['mail="{{user.email}}"', 'org!~"x{{ org.id }}|.*y"']
  - name: alerts of acme
    when: {org: 2, alert: true}
    matchers: ['tenant="acme"']
  - name: globex
    when: {org: 4}
    matchers: ['tenant="globex"']
  - when: {role: Admin}
    unrestricted: true
policy:
  promql: observe
  range: {max: 30d, verdict: block}
  points: {max: 5e3, verdict: observe}
  selectors_without_metric: block
  regexps_matching_everything: observe
  series: {max: 5000, verdict: block}
audit: all
`

// shown returns a decision as text.
func shown(d *Decision) string {
	texts := []string{}
	for _, m := range d.Matchers {
		texts = append(texts, promql.MatcherText(m))
	}
	switch {
	case d.Denied:
		return d.Rule + " denied"
	case len(texts) == 0:
		return d.Rule + " unrestricted"
	default:
		return d.Rule + " " + strings.Join(texts, " ")
	}
}

func TestFirstRuleThatFitsDecides(t *testing.T) {
	rules := parsed(t, complete)
	for _, test := range []struct {
		name   string
		caller Caller
		want   string
	}{
		{"organization and role", Caller{OrgID: 2, Login: "bob", Role: "Viewer"}, `acme tenant="acme" env=~"prod|stage"`},
		{"second of each list", Caller{OrgID: 3, Login: "bob", Role: "Editor"}, `acme tenant="acme" env=~"prod|stage"`},
		{"other role", Caller{OrgID: 2, Login: "bob", Role: "Admin"}, "rule 7 unrestricted"},
		{"other organization", Caller{OrgID: 5, Login: "bob", Role: "Viewer"}, " denied"},
		{"login", Caller{OrgID: 5, Login: "alice", Role: "Viewer"}, `staff owner="alice"`},
		{"email", Caller{OrgID: 5, Login: "eve", Email: "eve@staff.com", Role: "Viewer"}, `staff owner="eve"`},
		{"similar email", Caller{OrgID: 5, Login: "eve", Email: "eve@staff.com.evil.org", Role: "Viewer"}, " denied"},
		{"similar login", Caller{OrgID: 5, Login: "alice2", Role: "Viewer"}, " denied"},
		{"other case", Caller{OrgID: 5, Login: "Alice", Role: "Viewer"}, " denied"},
		{"denied by login", Caller{OrgID: 2, Login: "mallory", Role: "Viewer"}, "banned denied"},
		{"denied by email", Caller{OrgID: 2, Login: "m", Email: "mallory@acme.com", Role: "Admin"}, "banned denied"},
		{"templates", Caller{OrgID: 9, Login: "bob", Email: `a"b\c@x`, Role: "Viewer"}, `own mail="a\"b\\c@x" org!~"x(?:9)|.*y"`},
		{"template without a value", Caller{OrgID: 9, Login: "bob", Role: "Viewer"}, "own denied"},
		{"template without a value before unrestricted", Caller{OrgID: 9, Login: "bob", Role: "Admin"}, "own denied"},
		{"template with a long value", Caller{OrgID: 9, Email: strings.Repeat("a", 2000), Role: "Viewer"}, "own denied"},
		{"nobody", Caller{}, " denied"},
		{"alert rule", Caller{OrgID: 2, Login: "grafana_scheduler", Role: "Admin", Alert: true}, `alerts of acme tenant="acme"`},
		{"alert rule and a rule for an organization", Caller{OrgID: 4, Login: "grafana_scheduler", Role: "Admin", Alert: true}, `globex tenant="globex"`},
		{"alert rule of another organization", Caller{OrgID: 5, Login: "grafana_scheduler", Role: "Admin", Alert: true}, " denied"},
		{"alert rule with the login of a user", Caller{OrgID: 5, Login: "alice", Role: "Admin", Alert: true}, " denied"},
		{"alert rule and templates", Caller{OrgID: 9, Login: "alice", Email: "alice@staff.com", Alert: true}, "own denied"},
		{"user in a rule for alert rules", Caller{OrgID: 2, Login: "bob", Role: "None"}, " denied"},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := rules.Decide(test.caller)
			if got := shown(d); got != test.want {
				t.Errorf("got %s (%s)", got, d.Why)
			}
			if d.Caller.Alert && d.Caller.Login+d.Caller.Email+d.Caller.Role != "" {
				t.Errorf("caller %+v", d.Caller)
			}
		})
	}
	if !rules.AuditAll || rules.Len() != 7 {
		t.Errorf("AuditAll is %v, %d rules", rules.AuditAll, rules.Len())
	}
}

func TestRuleWithoutConditionsFitsAll(t *testing.T) {
	for _, text := range []string{"rules: [{unrestricted: true}]", "rules: [{when: {}, unrestricted: true}]"} {
		for _, c := range []Caller{{}, {OrgID: 3, Alert: true}, {Login: "a"}} {
			if d := parsed(t, text).Decide(c); d.Denied || len(d.Matchers) > 0 || d.Rule != "rule 1" {
				t.Errorf("%s, %+v: %+v", text, c, d)
			}
		}
	}
}

func TestPolicyWithoutRulesRestrictsNobody(t *testing.T) {
	d := parsed(t, "policy: {promql: block}").Decide(Caller{})
	if d.Denied || len(d.Matchers) > 0 || d.Rule != "" || d.Policy != (Policy{PromQL: Block}) {
		t.Errorf("%+v", d)
	}
}

func TestPolicyOfRuleReplacesKeys(t *testing.T) {
	rules := parsed(t, complete)
	base := Policy{
		PromQL: Observe, Range: Block, MaxRange: 30 * 24 * time.Hour, Points: Observe, MaxPoints: 5000,
		SelectorsWithout: Block, MatchEverything: Observe, Series: Block, MaxSeries: 5000,
	}
	acme, staff := base, base
	acme.PromQL, acme.MaxRange = Block, 7*24*time.Hour
	staff.Range = Off
	for _, test := range []struct {
		caller Caller
		want   Policy
	}{{Caller{OrgID: 4}, base}, {Caller{OrgID: 2, Role: "Viewer"}, acme}, {Caller{OrgID: 1, Login: "alice"}, staff}} {
		if diff := cmp.Diff(test.want, rules.Decide(test.caller).Policy); diff != "" {
			t.Errorf("%+v: %s", test.caller, diff)
		}
	}
}

// TestTemplatesInsertData checks that the value of a template in a regular expression is
// matched as a text.
func TestTemplatesInsertData(t *testing.T) {
	for _, pattern := range []string{`{{user.login}}`, `{{user.login}}|shared`, `a{{user.login}}*`, `(?i){{user.login}}`, `{{user.login}}{2}`, `a{{{user.login}}}`} {
		rules := parsed(t, fmt.Sprintf("rules: [{matchers: ['owner=~%q']}]", pattern))
		for _, login := range []string{"alice", ".*", "a|b", "(", ")|.*|(", `\E.*`, `\`, "[a-z]", "{1000}", "a\nb", `"} or {a="b`, "$__all", "ä", "*"} {
			d := rules.Decide(Caller{Login: login, Role: "Viewer"})
			if d.Denied {
				t.Errorf("%s, %q: %s", pattern, login, d.Why)
				continue
			}
			m := d.Matchers[0]
			if m.Matches("other") || m.Matches("b") || m.Matches("") || pattern == `{{user.login}}` && !m.Matches(login) {
				t.Errorf("%s, %q: %s", pattern, login, m)
			}
			again, err := promql.ParseMatcher(promql.MatcherText(m), new(promql.RegexpBudget))
			if err != nil || again.String() != m.String() {
				t.Errorf("%s, %q: %s is parsed as %v, %v", pattern, login, m, again, err)
			}
		}
	}
}

// TestTemplatesAreNotInClasses checks that a template is rejected where its value would not be
// matched as a text, even if other groups or unusual characters precede it.
func TestTemplatesAreNotInClasses(t *testing.T) {
	for _, misplaced := range []string{`[{{user.login}}]`, `[^{{user.login}}]`, `[a-z{{user.login}}]+`, `\{{user.login}}`, `\Q{{user.login}}\E`, `\Q{{user.login}}`} {
		for _, beside := range []string{``, `\x{F0000}\x{F0001}`, "\U000F0000\U000F0001", `{{user.login}}|`, `x`, `(?P<template0>x)`, `(?P<template1>x)(?P<template_1>x)`} {
			for _, op := range []string{"=~", "!~"} {
				rules, problems := Parse(fmt.Sprintf("rules: [{matchers: ['owner%s%q']}]", op, beside+misplaced))
				if rules != nil || !strings.Contains(problems.Error(), "A template can't be in a character class") {
					t.Errorf("%s%s is accepted: %s", beside, misplaced, problems.Error())
				}
			}
		}
	}
	for _, pattern := range []string{`(?P<template0>x){{user.login}}`, `(?P<template_1>x){{user.login}}(?P<template>y)`, "\U000F0000{{user.login}}", `\\Q{{user.login}}`, `[a]{{user.login}}[b]`, `\Qa\E{{user.login}}`} {
		parsed(t, fmt.Sprintf("rules: [{matchers: ['owner=~%q']}]", pattern))
	}
}

// TestRulesOfLongLoginsAreCheap checks the memory that a decision allocates for a caller with a
// long login, if the rules repeat the login as often as possible.
func TestRulesOfLongLoginsAreCheap(t *testing.T) {
	const maxAllocated = 100 << 20
	rules := parsed(t, "rules: [{matchers: ["+strings.Repeat(`'a=~"({{user.login}}{2}){5}"',`, 20)+"]}]")
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	d := rules.Decide(Caller{Login: strings.Repeat("k", maxIdentityBytes)})
	runtime.ReadMemStats(&after)
	if allocated := after.TotalAlloc - before.TotalAlloc; d.Denied || allocated > maxAllocated {
		t.Errorf("%d MiB are allocated, denied: %v", allocated>>20, d.Denied)
	}
}

// TestNegationsOfNothingAreRejected checks matchers with negative operators that exclude at
// most the empty value.
func TestNegationsOfNothingAreRejected(t *testing.T) {
	for _, matcher := range []string{`__name__!=""`, `tenant!=""`, `tenant!~""`, `tenant!~"^$"`, `tenant!~"(|)*"`, `tenant!~"[^\\x00-\\x{10FFFF}]"`} {
		rules, problems := Parse(fmt.Sprintf("rules: [{matchers: ['%s']}]", matcher))
		if rules != nil || !strings.Contains(problems.Error(), "matches every value, so it restricts nothing") {
			t.Errorf("%s: %s", matcher, problems.Error())
		}
	}
	for _, matcher := range []string{`tenant!~"a|"`, `tenant!~".*x"`, `tenant!~"{{user.login}}?"`, `tenant=""`, `tenant=~"|shared"`} {
		parsed(t, fmt.Sprintf("rules: [{matchers: ['%s']}]", matcher))
	}
}

// TestMatchersOfEverythingAreRejected checks that a template doesn't hide that a matcher restricts
// nothing.
func TestMatchersOfEverythingAreRejected(t *testing.T) {
	for _, pattern := range []string{`.*`, `.+|x`, `.*|{{user.login}}`, `{{user.login}}|.+`, `{{user.login}}?.*`, `(.|{{user.login}})*`, `.*{{user.login}}{0,1}`, `{{user.login}}|{{org.id}}|[^x].*|x.*`} {
		rules, problems := Parse(fmt.Sprintf("rules: [{matchers: ['owner=~%q']}]", pattern))
		if rules != nil || !strings.Contains(problems.Error(), "matches every value, so it restricts nothing") {
			t.Errorf("%s: %s", pattern, problems.Error())
		}
	}
	for _, matcher := range []string{`owner=~"a|{{user.login}}"`, `owner=~".*{{user.login}}"`, `owner=~"{{user.login}}.*"`, `owner!="{{user.login}}"`, `owner!~"{{user.login}}|.*x"`, `owner!="x"`} {
		parsed(t, fmt.Sprintf("rules: [{matchers: ['%s']}]", matcher))
	}
}

func TestExplain(t *testing.T) {
	rules := parsed(t, complete)
	got := rules.Explain(Caller{OrgID: 2, Login: "bob", Role: "Viewer"})
	want := Explanation{
		Rule: "acme", Message: `The access rules (rule "acme") restrict the caller to series with tenant="acme", env=~"prod|stage".`,
		Matchers: []string{`tenant="acme"`, `env=~"prod|stage"`},
		Policy: []Setting{
			{"promql", "block", ""}, {"range", "block", "1w"}, {"points", "observe", "5000"}, {"selectors_without_metric", "block", ""},
			{"regexps_matching_everything", "observe", ""}, {"series", "block", "5000"},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := rules.Explain(Caller{OrgID: 9}); !got.Denied || got.Reason != "access_denied" || !strings.Contains(got.Message, "they contain user.email") || len(got.Matchers) != 0 {
		t.Errorf("%+v", got)
	}
	if got := (*Rules)(nil).Explain(Caller{}); got.Denied || got.Message == "" || got.Matchers == nil || len(got.Policy) != len(policyKeys) {
		t.Errorf("%+v", got)
	}
}

// TestStateHasNoMatchers checks that a viewer doesn't see the matchers.
func TestStateHasNoMatchers(t *testing.T) {
	rules := parsed(t, complete)
	got := rules.Decide(Caller{OrgID: 2, Role: "Viewer"}).State()
	want := State{Restricted: true, Rule: "acme", PromQL: "block", Message: `The access rules (rule "acme") restrict which series you see. Only metrics of the catalog may be queried (promql_not_allowed).`}
	if got != want {
		t.Errorf("%+v", got)
	}
	if got := rules.Decide(Caller{OrgID: 5}).State(); !got.Restricted || !got.Denied || !strings.HasPrefix(got.Message, "access_denied: no access rule") {
		t.Errorf("%+v", got)
	}
	if got := (*Decision)(nil).State(); got.Restricted || got.PromQL != "off" || got.Message == "" {
		t.Errorf("%+v", got)
	}
}

func TestRefusal(t *testing.T) {
	r := Refuse(RangeTooLong, "acme", "the range is too long.")
	f := fault.As(r)
	if f.Kind != fault.Forbidden || f.Status != 403 || f.Text != `range_too_long (rule "acme"): the range is too long.` {
		t.Errorf("%+v", f)
	}
	if got := Refuse(Denied, "", "no.").Error(); got != "access_denied: no." {
		t.Error(got)
	}
	if all := Reasons(); len(all) != len(slices.Compact(slices.Sorted(slices.Values(all)))) {
		t.Errorf("duplicates in %v", all)
	}
}
