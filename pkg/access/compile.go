package access

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/packfile"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promql"
)

// compiler converts the decoded text to rules. It checks what the schema can't express, and
// reports problems to doc.
type compiler struct {
	doc         *packfile.Document
	names       map[string]int // index of the rule with each name
	patternSize int            // see countInstructions
	regexps     promql.RegexpBudget
}

func newCompiler(doc *packfile.Document) *compiler {
	regexps := promql.RegexpBudget{MaxSize: maxMatcherSize, MaxClassRunes: maxMatcherClasses * promql.WholeClass}
	return &compiler{doc: doc, names: map[string]int{}, regexps: regexps}
}

func (c *compiler) compile(d document) *Rules {
	base := c.policy([]any{"policy"}, Policy{}, d.Policy)
	rules := &Rules{policy: base, confines: len(d.Rules) > 0, AuditAll: d.Audit == "all"}
	for i := range d.Rules {
		rules.rules = append(rules.rules, c.rule(i, &d.Rules[i], base))
	}
	for i := range rules.rules[:max(len(rules.rules)-1, 0)] {
		// If the document has problems, a rule may seem to fit all callers only because its
		// conditions are invalid and were removed.
		if rules.rules[i].when.fitsAll() && len(c.doc.Problems()) == 0 {
			c.doc.Report([]any{"rules", i + 1}, "This rule never applies, because %s has no conditions and fits every caller. Move it before that rule, or remove it.", rules.rules[i].name)
			break
		}
	}
	return rules
}

func (c *compiler) rule(i int, text *ruleText, base Policy) rule {
	path := func(keys ...any) []any { return append([]any{"rules", i}, keys...) }
	r := rule{name: text.Name, deny: text.Deny}
	if r.name == "" {
		r.name = fmt.Sprintf("rule %d", i+1)
	}
	if other, exists := c.names[r.name]; exists {
		c.doc.Report(path("name"), "Rule %d already has the name %s. Choose another name.", other+1, fault.ClipName(r.name))
	}
	c.names[r.name] = i
	c.effect(path(), text)
	r.when = c.when(path("when"), &text.When)
	for at, matcher := range text.Matchers {
		m, err := c.matcher(matcher)
		if err != nil {
			c.doc.Report(path("matchers", at), "%v", err)
			continue
		}
		r.matchers = append(r.matchers, m)
	}
	r.policy = c.policy(path("policy"), base, text.Policy)
	return r
}

// effect checks that a rule has one effect. It reports nothing if the document has other
// problems, because an invalid key that was removed may be the effect.
func (c *compiler) effect(path []any, text *ruleText) {
	effects := 0
	for _, given := range []bool{len(text.Matchers) > 0, text.Unrestricted, text.Deny} {
		if given {
			effects++
		}
	}
	if effects == 1 || len(c.doc.Problems()) > 0 {
		return
	}
	problem := "The rule has none of matchers, unrestricted and deny."
	if effects > 1 {
		problem = "The rule has several of matchers, unrestricted and deny."
	}
	c.doc.Report(path, "%s Write exactly one: matchers with a list of matchers, unrestricted: true, or deny: true.", problem)
}

func (w condition) fitsAll() bool {
	return len(w.orgs) == 0 && len(w.roles) == 0 && len(w.users) == 0 && !w.alert
}

func (c *compiler) when(path []any, text *whenText) condition {
	w := condition{orgs: text.Org, roles: text.Role, alert: text.Alert}
	if text.Alert && (len(text.Role) > 0 || len(text.User) > 0) {
		c.doc.Report(append(path, "alert"), "alert can't be combined with role or user, because an alert rule has neither a role nor a user. Write two rules.")
	}
	for i, name := range text.User {
		u, err := c.user(name)
		if err != nil {
			at := append(slices.Clone(path), "user")
			if len(text.User) > 1 {
				at = append(at, i)
			}
			c.doc.Report(at, "%v", err)
			continue
		}
		w.users = append(w.users, u)
	}
	return w
}

// user parses a name, or a regular expression between slashes.
func (c *compiler) user(text string) (user, error) {
	if strings.TrimSpace(text) != text || text == "" {
		return user{}, fault.New(fault.BadQuery, "The user %q begins or ends with white space. Remove the white space.", fault.ClipName(text))
	}
	pattern, is := strings.CutPrefix(text, "/")
	if !is {
		return user{exact: text}, nil
	}
	pattern, is = strings.CutSuffix(pattern, "/")
	switch {
	case !is || pattern == "":
		return user{}, fault.New(fault.BadQuery, `%q begins with a slash, but is not a regular expression between slashes. Write one such as "/@acme\\.com$/".`, fault.ClipName(text))
	case len(pattern) > maxPatternBytes:
		return user{}, fault.New(fault.BadQuery, "The regular expression %q has %d bytes. The limit is %d. Divide it into several expressions.", fault.ClipName(text), len(pattern), maxPatternBytes)
	}
	if err := c.checkPatternSize(); err != nil { // parsing takes time, too
		return user{}, err
	}
	tree, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return user{}, fault.New(fault.BadQuery, "%q is not a regular expression: %v.", fault.ClipName(text), err)
	}
	if err := c.countInstructions(tree); err != nil {
		return user{}, err
	}
	compiled, err := regexp.Compile(pattern)
	if err != nil {
		return user{}, fault.New(fault.BadQuery, "%q is not a regular expression: %v.", fault.ClipName(text), err)
	}
	return user{pattern: compiled}, nil
}

// countInstructions adds the number of instructions of a regular expression to patternSize. Each
// range of a character class counts as an instruction. It returns an error if the sum exceeds
// maxPatternSize.
func (c *compiler) countInstructions(tree *syntax.Regexp) error {
	if program, err := syntax.Compile(tree.Simplify()); err == nil {
		for _, instruction := range program.Inst {
			c.patternSize += 1 + len(instruction.Rune)/2
		}
	}
	return c.checkPatternSize()
}

// checkPatternSize returns an error if patternSize exceeds maxPatternSize.
func (c *compiler) checkPatternSize() error {
	if c.patternSize > maxPatternSize {
		return fault.New(fault.BadQuery, "The regular expressions of the key user, and those of matchers with a template such as {{user.login}}, are too complex. Compiled, they can have at most %d instructions together. Use smaller repetitions, such as .* instead of .{1000}.", maxPatternSize)
	}
	return nil
}
