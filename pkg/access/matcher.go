package access

import (
	"errors"
	"regexp"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promql"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/suggest"
)

// matcher is a matcher of a rule. Its value can contain templates.
type matcher struct {
	fixed *labels.Matcher // nil if the value contains templates

	op    labels.MatchType
	label string
	parts []part // of the value
}

// part is a part of a matcher's value: a literal text or a template.
type part struct{ text, template string }

// templates contains a function for the name of each template, such as user.login. The
// function returns the value of the template for a caller, or "" if the caller has no such
// value.
var templates = map[string]func(Caller) string{
	"user.login": func(c Caller) string { return c.Login },
	"user.email": func(c Caller) string { return c.Email },
	"org.id": func(c Caller) string {
		if c.OrgID == 0 {
			return ""
		}
		return strconv.FormatInt(c.OrgID, 10)
	},
}

var templateNames = []string{"org.id", "user.email", "user.login"}

// templatePattern matches a template.
var templatePattern = regexp.MustCompile(`\{\{([^{}]*)\}\}`)

// matcher parses a matcher of a rule.
func (c *compiler) matcher(text string) (matcher, error) {
	m, err := promql.ParseMatcher(text, &c.regexps)
	if err != nil {
		return matcher{}, err
	}
	if strings.Contains(m.Name, "{{") {
		return matcher{}, fault.New(fault.BadQuery, "The label %q contains {{. Only the value of a matcher can contain a template.", fault.ClipName(m.Name))
	}
	parts, err := split(m.Value)
	if err != nil {
		return matcher{}, err
	}
	compiled := matcher{fixed: m}
	if parts != nil {
		compiled = matcher{op: m.Type, label: m.Name, parts: parts}
		if err := c.checkInsertion(m.Type, parts); err != nil {
			return matcher{}, err
		}
		if m, err = labels.NewMatcher(m.Type, m.Name, expand(m.Type, parts, func(int) string { return improbable })); err != nil {
			return matcher{}, err
		}
	}
	if c.regexps.MatchesEverything(m) || excludesNothing(m) {
		return matcher{}, fault.New(fault.BadQuery, "The matcher %s matches every value, so it restricts nothing. Restrict the values, or write unrestricted: true instead of matchers.", fault.ClipName(text))
	}
	return compiled, nil
}

// excludesNothing reports whether a matcher with a negative operator obviously matches every value
// that isn't empty, as != "" does.
func excludesNothing(m *labels.Matcher) bool {
	switch m.Type {
	case labels.MatchNotEqual:
		return m.Value == ""
	case labels.MatchNotRegexp:
		tree, err := syntax.Parse(m.Value, syntax.Perl|syntax.DotNL)
		return err == nil && matchesNoText(tree)
	}
	return false
}

// matchesNoText reports whether a regular expression obviously matches no text that isn't empty.
func matchesNoText(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpLiteral, syntax.OpCharClass:
		return len(re.Rune) == 0
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return false
	}
	return !slices.ContainsFunc(re.Sub, func(sub *syntax.Regexp) bool { return !matchesNoText(sub) })
}

// improbable replaces each template when a matcher is compared with sample values. No sample
// value contains it. A matcher that nevertheless matches all samples restricts no caller.
const improbable = "\U000F0000"

// split returns the parts of a value, or nil if the value contains no template.
func split(value string) ([]part, error) {
	var parts []part
	done := 0
	for _, at := range templatePattern.FindAllStringSubmatchIndex(value, -1) {
		name := strings.TrimSpace(value[at[2]:at[3]])
		if templates[name] == nil {
			return nil, fault.New(fault.BadQuery, "There is no template {{%s}}.%s The templates are {{%s}}.", fault.ClipName(name), suggest.DidYouMean(name, templateNames), strings.Join(templateNames, "}}, {{"))
		}
		parts = append(parts, part{text: value[done:at[0]]}, part{template: name})
		done = at[1]
	}
	rest := value[done:]
	switch {
	case strings.Contains(rest, "{{") || slices.ContainsFunc(parts, func(p part) bool { return strings.Contains(p.text, "{{") }):
		return nil, fault.New(fault.BadQuery, "The value %q contains {{ without a template. The templates are {{%s}}.", fault.ClipName(value), strings.Join(templateNames, "}}, {{"))
	case len(parts) > 2*maxTemplates:
		return nil, fault.New(fault.BadQuery, "The value %q has more than %d templates.", fault.ClipName(value), maxTemplates)
	case parts == nil:
		return nil, nil
	}
	return append(parts, part{text: rest}), nil
}

// checkInsertion returns an error if a template is at a position of a regular expression where
// its value wouldn't be matched as a text, such as in a character class. The value would then
// change the meaning of the expression. checkInsertion also bounds the repetitions of
// templates and the size of the expression.
//
// It parses the expression with a named group in place of each template. A template is misplaced
// if parsing fails, or if the parsed expression doesn't contain the group of the template.
func (c *compiler) checkInsertion(op labels.MatchType, parts []part) error {
	if op != labels.MatchRegexp && op != labels.MatchNotRegexp {
		return nil
	}
	if err := c.checkPatternSize(); err != nil {
		return err
	}
	prefix := groupPrefix(parts)
	var expr strings.Builder
	groups := map[string]bool{}
	for i, p := range parts {
		if p.template == "" {
			expr.WriteString(p.text)
			continue
		}
		name := prefix + strconv.Itoa(i)
		groups[name] = true
		expr.WriteString("(?P<" + name + ">x)")
	}
	tree, err := syntax.Parse(expr.String(), syntax.Perl|syntax.DotNL)
	if err == nil {
		deleteGroups(groups, tree)
	}
	if err != nil || len(groups) > 0 {
		return fault.New(fault.BadQuery, `A template can't be in a character class such as [a-z], after a backslash, or after \Q. Write it outside, such as in "{{user.login}}|shared".`)
	}
	if copies(tree, prefix) > maxTemplates {
		return fault.New(fault.BadQuery, "A matcher repeats its templates more than %d times, such as with {{user.login}}{50}. Use smaller repetitions.", maxTemplates)
	}
	return c.countInstructions(tree)
}

// copies counts the groups in a regular expression whose names begin with prefix. A group
// with a repetition such as {50} counts 50 times, because it is compiled 50 times. Each of
// these copies contains the value of a template, such as a login.
func copies(re *syntax.Regexp, prefix string) int {
	if re.Op == syntax.OpCapture && strings.HasPrefix(re.Name, prefix) {
		return 1
	}
	n := 0
	for _, sub := range re.Sub {
		n += copies(sub, prefix)
	}
	if re.Op == syntax.OpRepeat {
		n *= max(re.Min, re.Max, 1)
	}
	return n
}

// groupPrefix returns a prefix that no group's name in the parts begins with. Names of groups are
// written without escapes, so it is enough that the text of no part contains the prefix.
func groupPrefix(parts []part) string {
	prefix := "template"
	for slices.ContainsFunc(parts, func(p part) bool { return strings.Contains(p.text, prefix) }) {
		prefix += "_"
	}
	return prefix
}

// deleteGroups deletes the names of the groups of a regular expression from a set of names.
func deleteGroups(names map[string]bool, re *syntax.Regexp) {
	if re.Op == syntax.OpCapture {
		delete(names, re.Name)
	}
	for _, sub := range re.Sub {
		deleteGroups(names, sub)
	}
}

// expand joins the parts of a matcher's value. It replaces a template parts[i] with value(i).
// In a regular expression, the replacement is a group that matches the text value(i).
func expand(op labels.MatchType, parts []part, value func(i int) string) string {
	var b strings.Builder
	for i, p := range parts {
		switch {
		case p.template == "":
			b.WriteString(p.text)
		case op == labels.MatchRegexp || op == labels.MatchNotRegexp:
			b.WriteString("(?:" + regexp.QuoteMeta(value(i)) + ")")
		default:
			b.WriteString(value(i))
		}
	}
	return b.String()
}

// render returns the matcher for a caller. It returns an error if the caller has no value for
// a template, or if the value is too long or isn't valid UTF-8.
func (m *matcher) render(c Caller) (*labels.Matcher, error) {
	if m.fixed != nil {
		return m.fixed, nil
	}
	for _, p := range m.parts {
		if p.template == "" {
			continue
		}
		switch value := templates[p.template](c); {
		case value == "":
			return nil, errors.New("they contain " + p.template + ", and you have none")
		case len(value) > maxIdentityBytes || !utf8.ValidString(value):
			return nil, errors.New("your " + p.template + " is too long or invalid")
		}
	}
	value := expand(m.op, m.parts, func(i int) string { return templates[m.parts[i].template](c) })
	return labels.NewMatcher(m.op, m.label, value)
}
