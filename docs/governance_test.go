package docs

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/access"
)

// TestReasonsAreDocumented compares the reasons in pkg/access with the table of governance.md.
func TestReasonsAreDocumented(t *testing.T) {
	page := governance(t)
	_, table, _ := strings.Cut(page, "| reason | meaning |\n")
	table, _, _ = strings.Cut(table, "\n\n")
	var documented []access.Reason
	for line := range strings.Lines(table) {
		name, is := strings.CutPrefix(line, "| `")
		if name, _, ends := strings.Cut(name, "` |"); is && ends {
			documented = append(documented, access.Reason(name))
		}
	}
	if diff := cmp.Diff(access.Reasons(), documented); diff != "" {
		t.Errorf("reasons of the code (-) and of docs/governance.md (+):\n%s", diff)
	}
}

// TestExampleOfRulesIsValid parses the first YAML example of governance.md, and checks which
// of its rules apply to some callers.
func TestExampleOfRulesIsValid(t *testing.T) {
	_, example, _ := strings.Cut(governance(t), "```yaml\n")
	example, _, _ = strings.Cut(example, "```")
	rules, problems := access.Parse(example)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for _, test := range []struct {
		caller access.Caller
		rule   string
	}{
		{access.Caller{OrgID: 3, Role: "Editor"}, "acme"},
		{access.Caller{OrgID: 2, Alert: true}, "alerts of acme"},
		{access.Caller{OrgID: 1, Login: "ada", Email: "ada@globex.com", Role: "Viewer"}, "rule 3"},
		{access.Caller{OrgID: 1, Login: "root", Role: "Admin"}, "rule 4"},
		{access.Caller{OrgID: 1, Login: "eve", Role: "Viewer"}, ""},
	} {
		if d := rules.Decide(test.caller); d.Rule != test.rule {
			t.Errorf("%+v: %q", test.caller, d.Rule)
		}
	}
	var names []string
	for _, setting := range (access.Policy{}).Settings() {
		names = append(names, setting.Name)
	}
	if slices.ContainsFunc(names, func(name string) bool { return !strings.Contains(example, "\n  "+name+":") }) {
		t.Errorf("the example lacks some of %v", names)
	}
}

func governance(t *testing.T) string {
	t.Helper()
	page, err := os.ReadFile("governance.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}
