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
	if parts != nil {
		return matcher{op: m.Type, label: m.Name, parts: parts}, c.checkInsertion(m.Type, parts)
	}
	if c.regexps.MatchesEverything(m) {
		return matcher{}, fault.New(fault.BadQuery, "The matcher %s matches every value, so it restricts nothing. Restrict the values, or write unrestricted: true instead of matchers.", fault.ClipName(text))
	}
	return matcher{fixed: m}, nil
}

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

// sentinel is the value that checkInsertion inserts for a template, to find out whether the
// regular expression then contains this value as a literal. checkInsertion rejects an
// expression whose text contains sentinelStart already.
const (
	sentinelStart = "\U000F0000"
	sentinel      = sentinelStart + "\U000F0001"
)

// checkInsertion returns an error if a template is at a position of a regular expression where
// its value wouldn't be matched as a text, such as in a character class. The value would then
// change the meaning of the expression.
func (c *compiler) checkInsertion(op labels.MatchType, parts []part) error {
	if op != labels.MatchRegexp && op != labels.MatchNotRegexp {
		return nil
	}
	misplaced := fault.New(fault.BadQuery, `A template can't be in a character class such as [a-z], after a backslash, or after \Q. Write it outside, such as in "{{user.login}}|shared".`)
	var tree *syntax.Regexp
	for i, p := range parts {
		if p.template == "" {
			if strings.Contains(p.text, `\Q`) || strings.Contains(p.text, sentinelStart) {
				return misplaced
			}
			continue
		}
		// The template of p has the sentinel as its value, and the other templates have x.
		expr := expand(op, parts, func(at int) string {
			if at == i {
				return sentinel
			}
			return "x"
		})
		var err error
		if tree, err = syntax.Parse(expr, syntax.Perl|syntax.DotNL); err != nil || !hasLiteral(tree) {
			return misplaced
		}
	}
	return c.countInstructions(tree)
}

// hasLiteral reports whether a regular expression matches the sentinel as a literal.
func hasLiteral(re *syntax.Regexp) bool {
	if re.Op == syntax.OpLiteral && strings.Contains(string(re.Rune), sentinel) {
		return true
	}
	return slices.ContainsFunc(re.Sub, hasLiteral)
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
