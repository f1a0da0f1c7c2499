package main

import (
	"strings"
	"testing"
)

func TestEscape(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"plain":                      {"Failed requests over all, in percent (see error_type).", "Failed requests over all, in percent (see error_type)."},
		"emphasis":                   {"*all* of __them__ and _one_", `\*all\* of \_\_them\_\_ and \_one\_`},
		"an underscore at an edge":   {"_total and le_", `\_total and le\_`},
		"letters beyond ASCII":       {"Größe_über µ", "Größe_über µ"},
		"code":                       {"a `b` c", "a \\`b\\` c"},
		"HTML":                       {"<script>alert(1)</script> & &lt;", `\<script>alert(1)\</script> \& \&lt;`},
		"a comment's end":            {"--> <!-- x", `\--> \<!-- x`},
		"a link":                     {"[here](javascript:alert(1))", `\[here\](javascript:alert(1))`},
		"a picture":                  {"![x](y)", `!\[x\](y)`},
		"a backslash":                {`a\b`, `a\\b`},
		"a heading":                  {"# Not a heading #", `\# Not a heading \#`},
		"a quotation":                {"> 2 s is red", `\> 2 s is red`},
		"a comparison":               {"red where > 2 s", "red where > 2 s"},
		"a list":                     {"- one", `\- one`},
		"a numbered list":            {"12. one", `12\. one`},
		"a numbered list's sibling":  {"1) one", `1\) one`},
		"an underlining":             {"===", `\===`},
		"a number":                   {"95 of 100 requests", "95 of 100 requests"},
		"lines":                      {"one\n\n# two\n", `one \# two`},
		"mathematics":                {"costs $5 and $6", `costs \$5 and \$6`},
		"text that is struck out":    {"~~gone~~", `\~\~gone\~\~`},
		"nothing":                    {"", ""},
		"an escape that is there":    {`\*`, `\\\*`},
		"what closes a block":        {"</details>", `\</details>`},
		"a fence":                    {"```", "\\`\\`\\`"},
		"a template of an alert":     {"{{ $labels.model }}", `{{ \$labels.model }}`},
		"a reference to a footnote":  {"[^1]: x", `\[^1\]: x`},
		"a name between parentheses": {"(model_name)", "(model_name)"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := escape(c.text); got != c.want {
				t.Errorf("escape(%q) is %q, want %q", c.text, got, c.want)
			}
		})
	}
}

func TestCode(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"plain":                {`up{job="a"}`, "`up{job=\"a\"}`"},
		"a backtick":           {"{a=`b`}", "``{a=`b`}``"},
		"backticks":            {"a``b", "```a``b```"},
		"a backtick at an end": {"`a", "`` `a ``"},
		"lines":                {"a\n\nb", "`a b`"},
		"HTML":                 {"<b>", "`<b>`"},
		"nothing":              {" ", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := code(c.text); got != c.want {
				t.Errorf("code(%q) is %q, want %q", c.text, got, c.want)
			}
		})
	}
}

func TestFence(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"plain":   {"up\n", "```promql\nup\n```\n"},
		"a fence": {"up # ```\n```\n", "````promql\nup # ```\n```\n````\n"},
		"ending":  {"up\n\n\n", "```promql\nup\n```\n"},
	} {
		t.Run(name, func(t *testing.T) {
			var m markdown
			m.fence("promql", c.text)
			if got := string(m.bytes()); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestTable(t *testing.T) {
	var m markdown
	m.table([]string{"A", "B"}, [][]string{{"a|b", code(`x=~"1|2"`)}, {"", code(`\|`)}})
	want := "| A | B |\n| --- | --- |\n| a\\|b | `x=~\"1\\|2\"` |\n|  | `\\\\|` |\n"
	if got := string(m.bytes()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	var empty markdown
	empty.table([]string{"A"}, nil)
	if got := strings.TrimSpace(string(empty.bytes())); got != "" {
		t.Errorf("a table without rows is %q", got)
	}
}
