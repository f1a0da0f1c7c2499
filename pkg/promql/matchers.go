package promql

import (
	"cmp"
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// AddMatchers returns an expression with matchers added to its selectors. The matchers are
// sorted, so that their order doesn't influence the result. A matcher isn't added to a
// selector that has it already, or that has an equality matcher which is found to imply it:
// job="api" implies job!="db". With a second matcher on job, absent() would no longer return
// this label. The expression must not contain macros. Without matchers, AddMatchers returns
// expr without parsing it.
//
// The matchers are inserted into the text at the positions of the selectors. Layout,
// comments and numbers don't change. (The parser's printer would change the meaning: it
// prints x[0.0015] as x[1ms].) AddMatchers verifies that the tree of the result is the tree
// of expr with the matchers added.
//
// The label selector of info() isn't changed. It selects the labels that are copied from
// info series, and a matcher there would drop series whose info series don't have the
// label. Therefore the matchers filter the result of a query, but they don't restrict which
// series the query can read. Confine restricts that.
//
// The error is that of Parse, a fault.BadQuery if the result would be too large, or a
// fault.Internal if the verification fails.
func AddMatchers(expr string, matchers []*labels.Matcher) (string, error) {
	if len(matchers) == 0 {
		return expr, nil
	}
	tree, err := Parse(expr)
	if err != nil {
		return "", err
	}
	var edits []edit
	size := len(expr)
	rules := implications{steps: maxImplicationSteps}
	for _, selector := range seriesSelectors(tree) {
		added := rules.missing(selector, matchers)
		if size += textSize(added); size > maxBytes {
			return "", errTooManyFilters()
		}
		if len(added) > 0 {
			edits = append(edits, extend(expr, selector, added)...)
		}
	}
	text := apply(expr, edits)
	if checkSize(text) != nil {
		return "", errTooManyFilters()
	}

	got, err := Parse(text)
	if err != nil && fault.As(err).Kind == fault.BadQuery {
		return "", errTooManyFilters().Because(err)
	}
	if err != nil || !Equal(tree, got) {
		return "", fault.New(fault.Internal, "The filters can't be added to this query without changing what it means, so it was not run. Write them into the query, or run it without them.").Because(err)
	}
	return text, nil
}

func errTooManyFilters() *fault.Error {
	return fault.New(fault.BadQuery, "The ad-hoc filters are added to each selector of the query, which makes the query too large. Remove some filters or values.")
}

// seriesSelectors returns the selectors of a tree in the order of the text, without the label
// selectors of info().
func seriesSelectors(tree parser.Expr) []*parser.VectorSelector {
	var list []*parser.VectorSelector
	parser.Inspect(tree, func(node parser.Node, _ []parser.Node) error {
		// The parser sets BypassEmptyMatcherCheck for the label selector of info(), the only
		// selector whose matchers may all match the empty string.
		if s, ok := node.(*parser.VectorSelector); ok && !s.BypassEmptyMatcherCheck {
			list = append(list, s)
		}
		return nil
	})
	slices.SortFunc(list, func(a, b *parser.VectorSelector) int { return cmp.Compare(a.PosRange.Start, b.PosRange.Start) })
	return list
}

// implications finds matchers that are implied by other matchers. steps is the number of
// remaining steps. Without remaining steps, only identical matchers count as implied, so that
// AddMatchers and Confine also add matchers that are implied. Such matchers don't change the
// series that a selector selects.
type implications struct {
	steps int
	sizes map[string]int // estimated numbers of instructions, by regular expression
}

// missing returns the matchers that aren't implied by those of the selector, without
// duplicates.
func (r *implications) missing(selector *parser.VectorSelector, matchers []*labels.Matcher) []*labels.Matcher {
	list := slices.CompactFunc(sortedMatchers(matchers), sameMatcher)
	return slices.DeleteFunc(list, func(m *labels.Matcher) bool {
		return slices.ContainsFunc(selector.LabelMatchers, func(present *labels.Matcher) bool { return r.implies(present, m) })
	})
}

// implies reports whether each series that the matcher in the parameter present selects also
// matches m. It returns false if it doesn't determine this.
func (r *implications) implies(present, m *labels.Matcher) bool {
	if present.Name != m.Name {
		return false
	}
	if sameMatcher(present, m) {
		return true
	}
	if present.Type != labels.MatchEqual {
		return false
	}
	if r.steps -= r.maxSteps(m, present.Value); r.steps < 0 {
		return false
	}
	return m.Matches(present.Value)
}

// maxSteps estimates the maximum number of steps for matching a value. A regular expression
// can try all of its instructions at each byte of the value.
func (r *implications) maxSteps(m *labels.Matcher, value string) int {
	if m.Type == labels.MatchEqual || m.Type == labels.MatchNotEqual {
		return 1
	}
	size, found := r.sizes[m.Value]
	if !found {
		size = maxRegexpSize
		if tree, err := syntax.Parse(m.Value, syntax.Perl|syntax.DotNL); err == nil {
			size = compiledSize(tree)
		}
		if r.sizes == nil {
			r.sizes = map[string]int{}
		}
		r.sizes[m.Value] = size
	}
	return 1 + len(value)*size
}

// edit replaces the bytes [from:to] of an expression by text.
type edit struct {
	from, to int
	text     string
}

// extend adds matchers to a selector of the tree, and returns the edits that add them to the
// text.
func extend(expr string, selector *parser.VectorSelector, added []*labels.Matcher) []edit {
	selector.LabelMatchers = slices.Concat(selector.LabelMatchers, added)
	l := layoutOf(expr, selector)

	var edits []edit
	if selector.Name != "" && slices.ContainsFunc(added, func(m *labels.Matcher) bool { return m.Name == model.MetricNameLabel }) {
		// The parser rejects a second name if the first name is before the braces, so the
		// first name is moved into the braces.
		name := &labels.Matcher{Type: labels.MatchEqual, Name: model.MetricNameLabel, Value: selector.Name}
		added = slices.Concat([]*labels.Matcher{name}, added)
		edits = append(edits, edit{from: l.start, to: l.start + len(selector.Name)})
		selector.Name = ""
	}

	text := MatchersText(added)
	switch {
	case !l.hasBraces:
		text = "{" + text + "}"
	case l.needsComma:
		text = "," + text
	}
	return append(edits, edit{from: l.end, to: l.end, text: text})
}

// layout describes the text of a selector.
type layout struct {
	start      int  // position of the selector
	end        int  // position after its name or, if it has braces, after their content
	hasBraces  bool // whether the selector has braces
	needsComma bool // whether a comma must precede a further matcher
}

// layoutOf returns the layout of a selector.
func layoutOf(expr string, selector *parser.VectorSelector) layout {
	start := int(selector.PosRange.Start)
	l := layout{start: start, end: start + len(selector.Name)}
	lexer := parser.Lex(expr[start:])
	var item parser.Item
	for {
		lexer.NextItem(&item)
		switch item.Typ {
		case parser.COMMENT:
			continue
		case parser.RIGHT_BRACE, parser.EOF, parser.ERROR:
			return l
		case parser.LEFT_BRACE:
			l.hasBraces = true
		}
		switch {
		case l.hasBraces:
			l.needsComma = item.Typ != parser.LEFT_BRACE && item.Typ != parser.COMMA
			l.end = start + int(item.Pos) + len(item.Val)
		case item.Pos > 0: // after a name without braces
			return l
		}
	}
}

// apply makes edits in a text and returns the result. The edits must be sorted by position
// and must not overlap.
func apply(text string, edits []edit) string {
	var b strings.Builder
	done := 0
	for _, e := range edits {
		b.WriteString(text[done:e.from])
		b.WriteString(e.text)
		done = e.to
	}
	b.WriteString(text[done:])
	return b.String()
}
