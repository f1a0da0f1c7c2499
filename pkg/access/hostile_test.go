package access

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// TestHostileTextsAreBounded checks the memory that Parse allocates for texts that are
// expensive to parse. The time of Parse is roughly proportional to this memory, except for the
// complements of character classes, which would take minutes if their number weren't bounded.
func TestHostileTextsAreBounded(t *testing.T) {
	const maxAllocated = 250 << 20
	// rules returns n rules, each with as many equal items as fit, but at most maxItems.
	rules := func(n int, effect, item string, maxItems int) string {
		items := min(maxItems, (MaxTextBytes/n-60)/(len(item)+3))
		var b strings.Builder
		b.WriteString("rules:\n")
		for i := range n {
			_, _ = fmt.Fprintf(&b, effect+"\n", i+1, strings.Repeat("'"+item+"',", items))
		}
		return b.String()
	}
	users := func(n int, item string) string {
		return rules(n, "- {deny: true, when: {org: %d, user: [%s]}}", item, 1000)
	}
	matchers := func(n int, item string) string {
		return rules(n, "- {when: {org: %d}, matchers: [%s]}", item, 20)
	}
	for name, text := range map[string]string{
		"classes of users":       users(20, `/[\pL]/`),
		"long classes of users":  users(6, "/"+strings.Repeat(`\pL`, 66)+"/"),
		"repetitions of users":   users(40, "/(?i).{900}/"),
		"regular expressions":    matchers(200, `a=~"`+strings.Repeat("b.*", 13)+`"`),
		"long expressions":       matchers(3, `a=~"`+strings.Repeat("b.*", 1300)+`"`),
		"repetitions":            matchers(200, `a=~"b.{370}"`),
		"large repetitions":      matchers(5, `a=~"`+strings.Repeat(".{1000}", 14)+`"`),
		"classes":                matchers(3, `a=~"`+strings.Repeat(`\\pL`, 1000)+`"`),
		"complements of classes": matchers(3, `a=~"`+strings.Repeat("[^0]", 1000)+`"`),
		"fold of classes":        matchers(200, `a=~"(?i)[^a]"`),
		"templates":              matchers(200, `a=~"b{{org.id}}.*"`),
		"classes with templates": matchers(60, `a=~"b{{org.id}}`+strings.Repeat(`\\pL`, 40)+`"`),
		"long with templates":    matchers(3, `a=~"b{{org.id}}`+strings.Repeat("b.*", 1300)+`"`),
		"invalid matchers":       matchers(200, "a=b"),
		"many rules":             "rules: [" + strings.Repeat("a,", 49_900) + "]",
		"many organizations":     "rules: [{deny: true, when: {org: [" + strings.Repeat("0,", 49_900) + "]}}]",
		"tags":                   "rules: [" + strings.Repeat("!a b,", 49_900) + "]",
		"aliases":                "x: &x [a, b, c]\nrules: [" + strings.Repeat("*x,", 49_900) + "]",
	} {
		t.Run(name, func(t *testing.T) {
			if len(text) > MaxTextBytes {
				t.Fatalf("the text has %d bytes", len(text))
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, problems := Parse(text)
			runtime.ReadMemStats(&after)
			if allocated := after.TotalAlloc - before.TotalAlloc; allocated > maxAllocated {
				t.Errorf("%d MiB are allocated, %d problems", allocated>>20, len(problems))
			}
		})
	}
}
