package promql

import (
	"cmp"
	"slices"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// AddMatchers returns the expression with matchers in every selector, beside
// those that it has: a series must satisfy all of them. The order they are
// given in is of no account, so that the same filters make the same text. One
// that follows from an equality in the selector isn't written: job="api"
// implies job!="db", and absent() takes the labels of its result from
// equalities that stand alone. Macros must be filled in already. Without
// matchers the text is returned as it is, unparsed.
//
// The matchers are written into the user's own text, where the parser found the
// selectors: layout, comments and every number stay as they were. (The parser's
// printer loses meaning: to it, x[0.0015] is x[1ms].) The result is proven
// before it is returned: its tree is the given one's with the matchers added.
//
// The label selector of info() is left alone. It says which labels to copy from
// info series, and a matcher there drops each series whose info series lacks
// the label. So this filters what a query shows; it doesn't confine what it
// reads.
//
// Errors are Parse's, a fault.BadQuery where the result would be too large, and a
// fault.Internal where the proof fails.
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
	rules := implications{left: maxImplications}
	for _, selector := range seriesSelectors(tree) {
		added := rules.missing(selector, matchers)
		for _, m := range added {
			size += len(m.Name) + len(m.Value)
		}
		if size > maxBytes {
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

	proof, err := Parse(text)
	if err != nil && fault.As(err).Kind == fault.BadQuery {
		return "", errTooManyFilters().Because(err)
	}
	if err != nil || !Equal(tree, proof) {
		return "", fault.New(fault.Internal, "The filters can't be added to this query without changing what it means, so it was not run. Write them into the query, or run it without them.").Because(err)
	}
	return text, nil
}

func errTooManyFilters() *fault.Error {
	return fault.New(fault.BadQuery, "With the ad-hoc filters in each of its selectors the query becomes too large: remove some filters or values.")
}

// seriesSelectors lists the selectors that read series, in the text's order.
func seriesSelectors(tree parser.Expr) []*parser.VectorSelector {
	var list []*parser.VectorSelector
	parser.Inspect(tree, func(node parser.Node, _ []parser.Node) error {
		// The parser lets info()'s label selector, and nothing else, match the
		// empty string alone.
		if s, ok := node.(*parser.VectorSelector); ok && !s.BypassEmptyMatcherCheck {
			list = append(list, s)
		}
		return nil
	})
	slices.SortFunc(list, func(a, b *parser.VectorSelector) int { return cmp.Compare(a.PosRange.Start, b.PosRange.Start) })
	return list
}

// implications finds matchers that follow from a selector's own. It stops finding
// any when its steps are spent: a matcher too many changes nothing.
type implications struct{ left int }

// missing lists the matchers that don't follow from the selector's own, once
// each.
func (r *implications) missing(selector *parser.VectorSelector, matchers []*labels.Matcher) []*labels.Matcher {
	list := slices.CompactFunc(inOrder(matchers), sameMatcher)
	return slices.DeleteFunc(list, func(m *labels.Matcher) bool {
		return slices.ContainsFunc(selector.LabelMatchers, func(has *labels.Matcher) bool { return r.implies(has, m) })
	})
}

// implies reports whether no series that has satisfies can fail m.
func (r *implications) implies(has, m *labels.Matcher) bool {
	if has.Name != m.Name {
		return false
	}
	if sameMatcher(has, m) {
		return true
	}
	if has.Type != labels.MatchEqual {
		return false
	}
	steps := 1 + len(has.Value)*len(m.Value) // what a regular expression may take
	if r.left -= steps; r.left < 0 {
		return false
	}
	return m.Matches(has.Value)
}

// edit replaces expr[from:to].
type edit struct {
	from, to int
	text     string
}

// extend adds matchers to the selector and returns the edits that do the same
// to its text.
func extend(expr string, selector *parser.VectorSelector, added []*labels.Matcher) []edit {
	selector.LabelMatchers = slices.Concat(selector.LabelMatchers, added)
	at := layOut(expr, selector)

	var edits []edit
	if selector.Name != "" && slices.ContainsFunc(added, func(m *labels.Matcher) bool { return m.Name == model.MetricNameLabel }) {
		// A name before the braces must be the only one, so it moves inside.
		name := &labels.Matcher{Type: labels.MatchEqual, Name: model.MetricNameLabel, Value: selector.Name}
		added = slices.Concat([]*labels.Matcher{name}, added)
		edits = append(edits, edit{from: at.start, to: at.start + len(selector.Name)})
		selector.Name = ""
	}

	texts := make([]string, len(added))
	for i, m := range added {
		texts[i] = MatcherText(m)
	}
	text := strings.Join(texts, ",")
	switch {
	case !at.braces:
		text = "{" + text + "}"
	case at.comma:
		text = "," + text
	}
	return append(edits, edit{from: at.end, to: at.end, text: text})
}

// layout says how a selector is written.
type layout struct {
	start  int  // of its first byte in the expression
	end    int  // behind its name or, where it has braces, behind what they hold
	braces bool // it has some
	comma  bool // what follows in the braces needs one
}

// layOut reads how the selector is written, with the parser's own lexer.
func layOut(expr string, selector *parser.VectorSelector) layout {
	start := int(selector.PosRange.Start)
	at := layout{start: start, end: start + len(selector.Name)}
	lexer := parser.Lex(expr[start:])
	var item parser.Item
	for {
		lexer.NextItem(&item)
		switch item.Typ {
		case parser.COMMENT:
			continue
		case parser.RIGHT_BRACE, parser.EOF, parser.ERROR:
			return at
		case parser.LEFT_BRACE:
			at.braces = true
		}
		switch {
		case at.braces:
			at.comma = item.Typ != parser.LEFT_BRACE && item.Typ != parser.COMMA
			at.end = start + int(item.Pos) + len(item.Val)
		case item.Pos > 0: // past a name without braces
			return at
		}
	}
}

// apply makes edits that are in the text's order and don't overlap.
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
