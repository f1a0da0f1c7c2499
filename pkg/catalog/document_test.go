package catalog

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/packfile"
)

func TestLoadResolvesAliases(t *testing.T) {
	c, err := Load([]packfile.Source{{Text: []byte(`
pack: shop
title: &title Shop
owner: *title
families:
  - &orders {name: orders_total, type: counter, help: Orders., labels: &labels [model, tenant]}
  - <<: *orders
    name: returns_total
metrics:
  - &metric
    name: orders
    title: Orders
    description: Orders.
    unit: ops
    query: sum(rate(orders_total{__PARAMS__}[5m]))
    optional_params: *labels
  - <<: [*metric, {title: Never used}]
    name: returns
    query: sum(rate(returns_total{__PARAMS__}[5m]))
`)}})
	if err != nil {
		t.Fatal(err)
	}
	m, err := c.Metric("returns")
	if err != nil {
		t.Fatal(err)
	}
	if m.Title != "Orders" || m.Unit != "ops" || !slices.Equal(m.OptionalParams, []string{"model", "tenant"}) || m.Families()[0].Name != "returns_total" {
		t.Errorf("got %+v", m)
	}
}

// TestProblemsOfAliasesHaveLines checks the lines of problems of a metric that aliases repeat.
// In the metric, a problem has its own line. In a merged copy, it has the line of the alias.
func TestProblemsOfAliasesHaveLines(t *testing.T) {
	problems := problemsOf(t, `pack: shop
title: Shop
families:
  - &family {name: a_total, type: counter, help: A.}
metrics:
  - &metric
    name: one
    title: One
    description: One.
    unit: apples
    query: sum(a_total)
  - <<: *metric
    name: two
  - *metric
`)
	for _, want := range []string{
		`pack shop, line 10, one, unit: Grafana has no unit "apples".`,
		`pack shop, line 12, two, unit: Grafana has no unit "apples".`,
		`name: Pack shop already defines one on line 6. Choose another name.`,
	} {
		if !strings.Contains(problems.Error(), want) {
			t.Errorf("no %q in\n%v", want, problems)
		}
	}
}

// TestHostileYAML checks that the method With reports the expected problem of each text, or no
// problem if none is expected. It also checks that there are at most MaxProblems+1 problems:
// the last one contains the number of the problems that are left out.
func TestHostileYAML(t *testing.T) {
	bomb := "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
	for i := range 9 {
		bomb += fmt.Sprintf("a%d: &a%d [%s]\n", i+1, i+1, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i), 10), ", "))
	}
	keys := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "  k%d: v\n", i)
		}
		return b.String()
	}
	metrics := func(n int, query string) string {
		var b strings.Builder
		b.WriteString("metrics:\n")
		for i := range n {
			fmt.Fprintf(&b, "- {name: m%d, title: A, description: A., unit: s, query: '%s', optional_params: [a]}\n", i, query)
		}
		return b.String()
	}
	const head = "pack: p\ntitle: P\n"
	for _, test := range []struct{ name, text, want string }{
		{"an alias bomb", bomb + head + "metrics: *a9\n", "the contents of aliases included"},
		{"an alias to its parent", "pack: &a [*a]\n", "nested more than 40 levels deep"},
		{"a merge of itself", "pack: &a {<<: *a}\n", "is nested more than"},
		{"deep lists", "pack: " + strings.Repeat("[", 9000) + strings.Repeat("]", 9000), "nested more than 40 levels deep"},
		{"unclosed lists", strings.Repeat("[", 500_000), "exceeded max depth"},
		{"deep mappings", "pack: " + strings.Repeat("{a: ", 9000) + strings.Repeat("}", 9000), "nested more than 40 levels deep"},
		{"too many values", head + "metrics: [" + strings.Repeat("a,", 500_000) + "]", "more than 50000 values"},
		{"many entries", head + "metrics: [" + strings.Repeat("a,", 20_000) + "]", "The list has 20000 entries. The maximum is 500."},
		{"many keys", head + "labels:\n" + keys(50_000), "The value has more than 1000 keys."},
		{"many unknown keys", head + "metrics:\n- name: x\n" + keys(900), "Unknown key k10"},
		{"many documents", strings.Repeat("a\n---\n", 100_000), "more than 100 packs"},
		{"a long line", "pack: " + strings.Repeat("a", 1_000_000), "It is longer than 100 characters."},
		{"comments", strings.Repeat("# x\n", 250_000), ""},
		{"a NUL", "pack: a\x00b\n", "control characters are not allowed"},
		{"invalid UTF-8", "pack: \xff\xfe\xff\n", "Invalid YAML"},
		{"UTF-16", "\xfe\xff\x00p\x00:\x00 \x00a", "Unknown key p. The keys are "},
		{"numbers as keys", head + "1: a\n2.5: b\nmetrics: []\n", "Keys must be strings: put 1 in quotes."},
		{"null as a key", head + "~: a\nmetrics: []\n", "Keys must be strings: put ~ in quotes."},
		{"a list as a key", head + "? [a, b]\n: c\nmetrics: []\n", "Keys must be strings; see line 3."},
		{"null everywhere", "pack:\ntitle:\nowner:\nlabels:\nfamilies:\nmetrics:\nalerts:\ndashboards:\n", "The value is missing. It must be a list."},
		{"null in lists", head + "families: [~]\nmetrics: [~]\nalerts: [~]\ndashboards: [~]\n", "The value is missing. It must be keys with values."},
		{"binary", head + "owner: !!binary gIGC\nmetrics: []\n", "The tag !!binary is not supported. Remove it."},
		{"a set", "!!set {pack, title}\n", "The tag !!set is not supported. Remove it."},
		{"a number too large", head + "metrics: []\nfamilies: [{name: a, type: histogram, help: A., buckets: [1e400]}]\n", `"1e400" must be a number.`},
		{"not a number", head + "metrics: []\nfamilies: [{name: a, type: histogram, help: A., buckets: [.nan]}]\n", `".nan" must be a number.`},
		{"a date for a title", "pack: p\ntitle: 2024-01-01\nmetrics: []\nx: 1", "Unknown key x."},
		{"unclosed brackets", head + metrics(1, strings.Repeat("(", 3900)), "This is not valid PromQL"},
		{"a long query", head + metrics(1, strings.Repeat("(", 8000)), "It is longer than 4000 characters."},
		{"deep queries", head + metrics(100, strings.Repeat("(", 1900)+"1"+strings.Repeat(")", 1900)), "too long to be checked"},
		{"long queries", head + metrics(9, strings.Repeat("1+", 1900)+"1"), "The query is nested 1900 levels deep"},
		{"many signs", head + metrics(3, strings.Repeat("-", 3900)+"up"), "levels deep"},
		{"many powers", head + metrics(4, strings.Repeat("1^", 1900)+"1"), "levels deep"},
		{"many queries", head + metrics(400, strings.Repeat("1+", 120)+"1"), "No selector uses a"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, problems := validCatalog(t).With(t.Context(), test.text)
			if test.want == "" {
				if problems != nil {
					t.Errorf("got %v", problems)
				}
				return
			}
			if !slices.ContainsFunc(problems, func(p packfile.Problem) bool { return strings.Contains(p.Text, test.want) }) {
				t.Errorf("no %q in\n%v", test.want, problems[:min(len(problems), 5)])
			}
			if len(problems) > packfile.MaxProblems+1 {
				t.Errorf("%d problems", len(problems))
			}
		})
	}
}

// TestPrefixesOfPacks checks that the problems of every prefix of the YAML text of user packs
// have texts and valid lines. The settings page checks the text while a user types.
func TestPrefixesOfPacks(t *testing.T) {
	builtin := validCatalog(t)
	for end := range userPacks {
		_, problems := builtin.With(t.Context(), userPacks[:end])
		lines := strings.Count(userPacks[:end], "\n") + 1
		for _, problem := range problems {
			if problem.Text == "" || problem.Line < 1 || problem.Line > lines {
				t.Errorf("of %d lines: %+v", lines, problem)
			}
		}
		incomplete := strings.Contains(userPacks[:end], "\np") && !strings.Contains(userPacks[:end], "query:")
		if incomplete && len(problems) == 0 {
			t.Errorf("no problems of %q", userPacks[:end])
		}
	}
}

// FuzzLoad checks that the method With returns a catalog for any text of user packs. It also
// checks that the problems are short and have valid lines.
func FuzzLoad(f *testing.F) {
	for _, text := range []string{
		validPack, userPacks, testPack, searchPack,
		"pack: a\ntitle: A\nmetrics: [{name: a, title: A, description: A, unit: s, query: 'sum by (__BY__) (up{__PARAMS__})', optional_params: [job], group_by: [job], legend: '{{job}}'}]",
		"a: &a [*a]", "<<: [{a: 1}, {b: 2}]", "? {a: b}\n: c", "!!binary gIGC", "pack: p\n---\n", "metrics: {a: {b: 1, b: 2}}", "metrics: [{<<: *x}]", "- - - -", "%YAML 1.1\n---\nx", "\ufeffpack: x",
	} {
		f.Add(text)
	}
	builtin := validCatalog(f)
	f.Fuzz(func(t *testing.T, text string) {
		c, problems := builtin.With(t.Context(), text)
		if c == nil {
			t.Fatal("no catalog")
		}
		lines := strings.Count(text, "\n") + strings.Count(text, "\r") + strings.Count(text, "\u0085") + strings.Count(text, "\u2028") + strings.Count(text, "\u2029") + 1
		for _, problem := range problems {
			if problem.Text == "" || len(problem.Text) > 4000 || problem.Line < 0 || problem.Line > lines+1 {
				t.Errorf("of %d lines: %+v", lines, problem)
			}
		}
		if len(problems) > packfile.MaxProblems+1 {
			t.Errorf("%d problems", len(problems))
		}
		for _, name := range c.Names() {
			m, err := c.Metric(name)
			if err != nil {
				if problems == nil {
					t.Errorf("%s has an error without a problem: %v", name, err)
				}
				continue
			}
			if _, err := m.Preview(); err != nil {
				t.Errorf("%s has no preview: %v", name, err)
			}
		}
		c.Search(Search{Text: text})
	})
}
