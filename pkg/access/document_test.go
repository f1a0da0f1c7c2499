package access

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// parsed returns the rules of a valid text.
func parsed(t *testing.T, text string) *Rules {
	t.Helper()
	rules, problems := Parse(text)
	if len(problems) > 0 || rules == nil {
		t.Fatalf("%s\n%v", text, problems)
	}
	return rules
}

func TestProblemsHavePositions(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"not YAML", "rules: [", "line 1: Invalid YAML"},
		{"a list", "- a", "line 1: It must be keys with values, not a list."},
		{"a text", "hello", `line 1: "hello" must be keys with values.`},
		{"empty text", "", "The text has neither rules nor a policy. Write the key rules or policy. If the data source needs neither, remove the key access from jsonData."},
		{"blank text", " \n\t", "The text has neither rules nor a policy."},
		{"only a comment", "# nothing", "The text has neither rules nor a policy."},
		{"no rules and no policy", "audit: all", "line 1: The text has neither rules nor a policy."},
		{"two documents", "policy: {promql: block}\n---\npolicy: {}", "line 3: The text has 2 YAML documents."},
		{"misspelt key", "rule:\n  - deny: true", "line 1, rule: Unknown key rule. Did you mean rules?"},
		{"no rule", "rules: []", "line 1, rules: The list must not be empty."},
		{"empty rules", "rules:", "line 1, rules: The value is missing. It must be a list."},
		{"rule without effect", "rules:\n  - when: {role: Admin}", "line 2, rules[0]: The rule has none of matchers, unrestricted and deny."},
		{"rule with two effects", "rules:\n  - unrestricted: true\n    deny: true", "line 2, rules[0]: The rule has several of matchers, unrestricted and deny."},
		{"unrestricted: false", "rules:\n  - unrestricted: false", "line 2, rules[0].unrestricted: false is not one of true."},
		{"text as organization", "rules:\n  - when:\n      org: two\n    deny: true", `line 3, rules[0].when.org: "two" must be an integer or a list.`},
		{"organization 0", "rules:\n  - when: {org: [1, 0]}\n    deny: true", `line 2, rules[0].when.org[1]: 0 is less than 1.`},
		{"unknown role", "rules:\n  - when: {role: Boss}\n    deny: true", "line 2, rules[0].when.role: \"Boss\" is invalid. Write one role"},
		{"misspelt condition", "rules:\n  - when: {orgs: 1}\n    deny: true", "line 2, rules[0].when.orgs: Unknown key orgs. Did you mean org?"},
		{"alert: false", "rules:\n  - when: {alert: false}\n    deny: true", "line 2, rules[0].when.alert: false is not one of true."},
		{"alert with a role", "rules:\n  - when: {alert: true, role: Admin}\n    deny: true", "line 2, rules[0].when.alert: alert can't be combined with role or user"},
		{"user with a space", "rules:\n  - when: {user: ' alice'}\n    deny: true", `line 2, rules[0].when.user: The user " alice" begins or ends with white space.`},
		{"open expression", "rules:\n  - when: {user: [a, '/b']}\n    deny: true", `line 2, rules[0].when.user[1]: "/b" begins with a slash, but is not a regular expression between slashes.`},
		{"empty expression", "rules:\n  - when: {user: '//'}\n    deny: true", `"//" begins with a slash, but is not a regular expression between slashes.`},
		{"invalid expression", "rules:\n  - when: {user: '/(/'}\n    deny: true", `"/(/" is not a regular expression: error parsing regexp: missing closing ): `},
		{"long expression", "rules:\n  - when: {user: '/" + strings.Repeat("a", 201) + "/'}\n    deny: true", `has 201 bytes. The limit is 200.`},
		{"large expressions", "rules:\n  - when: {user: ['/" + strings.Repeat(".{1000}", 20) + "/']}\n    deny: true", `The regular expressions of the key user, and those of matchers with a template such as {{user.login}}, are too complex.`},
		{"large expressions with templates", "rules:\n  - matchers: ['a=~\"{{user.login}}" + strings.Repeat(`\\pL`, 50) + "\"']", `The regular expressions of the key user, and those of matchers with a template such as {{user.login}}, are too complex.`},
		{"name twice", "rules:\n  - {name: a, when: {org: 1}, deny: true}\n  - {name: a, deny: true}", "line 3, rules[1].name: Rule 1 already has the name a."},
		{"name of another rule's number", "rules:\n  - {name: rule 2, when: {org: 1}, deny: true}\n  - {deny: true}", "line 3, rules[1].name: Rule 1 already has the name rule 2."},
		{"name with quotes", "rules:\n  - {name: 'a\"b', deny: true}", "A name is one line without double quotes"},
		{"rule that never applies", "rules:\n  - deny: true\n  - unrestricted: true", "line 3, rules[1]: This rule never applies, because rule 1 has no conditions"},
		{"matchers as a text", "rules:\n  - matchers: 'a=\"b\"'", `line 2, rules[0].matchers: "a=\"b\"" must be a list.`},
		{"no matcher", "rules:\n  - matchers: []", "line 2, rules[0].matchers: The list must not be empty."},
		{"not a matcher", "rules:\n  - matchers: [tenant]", `rules[0].matchers[0]: tenant is not a PromQL matcher: unexpected "}" in label matching`},
		{"invalid matcher", "rules:\n  - matchers:\n      - 'a=\"b\"'\n      - 'tenant=acme'", `line 4, rules[0].matchers[1]: tenant=acme is not a PromQL matcher: unexpected identifier "acme" in label matching, expected string. Write one matcher, such as tenant="acme"`},
		{"two matchers in one text", "rules:\n  - matchers: ['a=\"b\",c=\"d\"']", `a="b",c="d" has 2 matchers.`},
		{"end of the selector", "rules:\n  - matchers: ['a=\"b\"} or {c=\"d\"']", `is not a PromQL matcher: `},
		{"invalid regular expression", "rules:\n  - matchers: ['a=~\"(\"']", `is not a PromQL matcher: `},
		{"no text excluded", "rules:\n  - matchers: ['__name__!=\"\"']", `The matcher __name__!="" matches every value`},
		{"conditions without a value", "rules:\n  - when:\n      # user: alice\n    unrestricted: true", "line 2, rules[0].when: The value is missing."},
		{"matcher of everything", "rules:\n  - matchers: ['a=~\".*\"']", `The matcher a=~".*" matches every value`},
		{"unknown template", "rules:\n  - matchers: ['a=\"{{user.name}}\"']", "There is no template {{user.name}}."},
		{"template without end", "rules:\n  - matchers: ['a=\"{{user.login}\"']", "contains {{ without a template"},
		{"template in a label", "rules:\n  - matchers: ['\"{{user.login}}\"=\"a\"']", "Only the value of a matcher can contain a template."},
		{"template in a class", "rules:\n  - matchers: ['a=~\"[{{user.login}}]\"']", "A template can't be in a character class"},
		{"template after a backslash", "rules:\n  - matchers: ['a=~\"\\\\{{user.login}}\"']", "A template can't be in a character class"},
		{"template after Q", "rules:\n  - matchers: ['a=~\"\\\\Q{{user.login}}\"']", "A template can't be in a character class"},
		{"many templates", "rules:\n  - matchers: ['a=\"" + strings.Repeat("{{org.id}}", 11) + "\"']", "has more than 10 templates"},
		{"repeated template", "rules:\n  - matchers: ['a=~\"({{user.login}}{3}){4}\"']", "A matcher repeats its templates more than 10 times"},
		{"unknown verdict", "policy:\n  promql: forbid", `line 2, policy.promql: "forbid" is not one of off, observe, block.`},
		{"limit without a maximum", "policy:\n  range: block", `line 2, policy.range: "block" is invalid. Write off, or {max: 30d, verdict: block}`},
		{"range that is no duration", "policy:\n  range: {max: long}", `line 2, policy.range: The value is invalid. Write off, or {max: 30d`},
		{"range of 0", "policy:\n  range: {max: 0d}", `line 2, policy.range.max: "0d" is not a duration of more than 0.`},
		{"points of 0", "policy:\n  points: {max: 0}", `line 2, policy.points: The value is invalid. Write off, or {max: 5000, verdict: block}`},
		{"unknown policy", "policy:\n  promq: block", `line 2, policy.promq: Unknown key promq. Did you mean promql?`},
		{"policy of a rule", "rules:\n  - deny: true\n    policy: {serie: off}", `line 3, rules[0].policy.serie: Unknown key serie. Did you mean series?`},
		{"audit", "policy: {}\naudit: none", `line 2, audit: "none" is not one of decisions, all.`},
		{"duplicate key", "policy: {promql: block}\npolicy: {}", `line 2, policy: The key policy appears twice`},
		{"long text", "# " + strings.Repeat("x", MaxTextBytes), "The text has 262146 bytes. The limit is 256 KiB."},
		{"many values", "rules: [" + strings.Repeat("{a: [b, c, d, e, f]}, ", 10_000) + "]", "it has more than 50000 values"},
	} {
		t.Run(test.name, func(t *testing.T) {
			rules, problems := Parse(test.text)
			if rules != nil || !strings.Contains(problems.Error(), test.want) {
				t.Errorf("got %.600s\nwant %s", problems.Error(), test.want)
			}
		})
	}
}

// TestParseReportsAllProblems checks that a problem of one key doesn't hide those of others.
func TestParseReportsAllProblems(t *testing.T) {
	_, problems := Parse(`
rules:
  - name: acme
    when: {org: two}
    matchers: ['tenant=acme', 'a="b"']
  - name: acme
    when: {role: Boss}
    deny: true
policy:
  range: {max: 0d}
`)
	var at []string
	for _, p := range problems {
		at = append(at, fmt.Sprintf("%d:%d %s", p.Line, p.Column, p.Path))
	}
	want := []string{"4:12 rules[0].when.org", "5:16 rules[0].matchers[0]", "6:5 rules[1].name", "7:12 rules[1].when.role", "10:11 policy.range.max"}
	slices.Sort(at)
	slices.Sort(want)
	if !slices.Equal(at, want) {
		t.Errorf("got %q, want %q\n%s", at, want, problems.Error())
	}
}

func TestProblemsAreBounded(t *testing.T) {
	_, problems := Parse("rules:\n" + strings.Repeat("  - {when: {org: x}, deny: true}\n", 200))
	if len(problems) != 101 || problems[100].Text != "There are 100 more problems." {
		t.Errorf("got %d problems, the last is %v", len(problems), problems[len(problems)-1])
	}
}

func TestSchemaIsValid(t *testing.T) {
	raw, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	meta, err := jsonschema.NewCompiler().Compile("https://json-schema.org/draft/2020-12/schema")
	if err != nil {
		t.Fatal(err)
	}
	if err := meta.Validate(raw); err != nil {
		t.Error(err)
	}
}

// TestSchemaListsPolicies checks that a policy has the same keys in the schema and the code.
func TestSchemaListsPolicies(t *testing.T) {
	var schema struct {
		Defs struct {
			Policy struct{ Properties map[string]any } `json:"policy"`
		} `json:"$defs"`
	}
	if err := json.Unmarshal(Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	for _, key := range policyKeys {
		if schema.Defs.Policy.Properties[key.name] == nil {
			t.Errorf("the schema has no policy %s", key.name)
		}
		delete(schema.Defs.Policy.Properties, key.name)
	}
	if len(schema.Defs.Policy.Properties) > 0 {
		t.Errorf("the code has no policies %v", schema.Defs.Policy.Properties)
	}
}

// FuzzParse checks that Parse returns either rules or problems. It also checks that a decision
// has a reason if and only if it denies access.
func FuzzParse(f *testing.F) {
	for _, text := range []string{"", "rules: [{deny: true}]", complete, "policy: {range: off}", "rules:\n  - <<: *a", "a: &a [*a]", "rules: [{matchers: ['a=~\"{{user.login}}.*\"']}]"} {
		f.Add(text, "alice")
	}
	f.Fuzz(func(t *testing.T, text, login string) {
		rules, problems := Parse(text)
		if (rules == nil) == (len(problems) == 0) {
			t.Fatalf("%v and %v", rules, problems)
		}
		if rules == nil {
			return
		}
		for _, c := range []Caller{{}, {OrgID: 1, Login: login, Email: login, Role: "Viewer"}, {OrgID: 1, Alert: true}} {
			d := rules.Decide(c)
			if d.Denied != (d.Why != "") || d.Denied && len(d.Matchers) > 0 {
				t.Errorf("%+v", d)
			}
			_ = rules.Explain(c)
		}
	})
}
