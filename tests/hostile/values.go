// Package hostile tests the plugin with label values that resemble PromQL, regular
// expressions, URLs or variables. It also tests the plugin with queries, settings and server
// responses that can exhaust its memory or CPU time, while background queries run.
package hostile

import (
	"strconv"
	"strings"
)

// Values returns two hundred different label values. A program without correct quoting would
// interpret most of them as syntax. All of them are valid UTF-8. The values that mean all
// values to the plugin, such as $__all, aren't included.
func Values() []string {
	bases := []string{
		// PromQL
		`"`, `'`, "`", `\`, `\\`, `\"`, `"}`, `"} or up{job="`, `"}) or vector(42) or (up{a="`, `",__name__="up`, `",model_code!="`,
		`x"} or total_invocations{model_code=~".+`, `}`, `{`, `{}`, `)`, `(`, `[5m]`, `{a="b"}`, `,`, `,,`, `=`, `=~`, `!~`, `# comment`, "\n# comment\n",
		`offset 1d`, `@ 0`, `or vector(1)`, `unless on () vector(1)`, `__name__`, `__PARAMS__`, `__PARAMS(status)__`, `__BY__`, `__modelmetrics_matchers__`,
		// regular expressions
		`.`, `.+`, `.*x`, `a|b`, `|`, `^`, `$`, `^.*$`, `(?i)x`, `(?:`, `[`, `]`, `[a-z]+`, `a{2,3}`, `\d+`, `\Q.*\E`, `*`, `+`, `?`, `(a|b)|c`, `\\.`, `\x00`,
		// dashboards
		`$model`, `${model}`, `[[model]]`, `$__interval`, `$__rate_interval`, `${__range}`, `$__range_s`, `$__all x`, `All`, `{{model}}`, `$__value.raw`,
		// transport
		`%`, `%00`, `%22%7D`, `&`, `&model_code=x`, `?`, `;`, `a;b`, `+`, `a+b`, ` `, `  a  `, "\t", "\n", "\r\n", `/`, `../..`, `http://x/?q=1`, `#`, `null`, `undefined`, `true`, `0`, `NaN`, `[object Object]`,
		// text
		"\x00", "a\x00b", "\u202e", "\u2028", "\ufeff", "ä", "a\u0308", "日本", "😀", "\U0010ffff", "İ", "ß", "<script>alert(1)</script>", `<b>`, `'; DROP TABLE metrics; --`, "\x7f", "\x1b[31m",
		strings.Repeat("a", 10_000), strings.Repeat(`"`, 5_000), strings.Repeat(`\`, 5_001), strings.Repeat("(", 5_000), strings.Repeat("日", 3_400),
	}
	const count = 200
	seen := map[string]bool{"": true, ".*": true, "$__all": true}
	var values []string
	keep := func(value string) {
		if !seen[value] && len(values) < count {
			seen[value] = true
			values = append(values, value)
		}
	}
	for _, value := range bases {
		keep(value)
	}
	for i := range bases {
		keep(bases[i] + bases[(i*7+3)%len(bases)] + strconv.Itoa(i))
	}
	return values
}
