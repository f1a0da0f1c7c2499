package promql

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/util/strutil"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// Confine returns an expression that can only read series that match all matchers. It adds the
// matchers to every selector as AddMatchers does, and also to the label selectors of info(). A
// call of info() without a label selector gets one. Info series then have to match, too.
//
// Confine also removes comments and replaces the quotes of raw strings, because VictoriaMetrics
// ends both at other characters than Prometheus: it could read code where Prometheus reads a
// string. Apart from that, nothing changes. Confine parses the result, and verifies that its
// tree is the tree of expr with the matchers added and that they restrict every selector.
//
// The error is that of Parse, a fault.BadQuery if the result would be too large, or a
// fault.Internal if the verification fails. Without matchers, Confine returns expr without
// parsing it.
func Confine(expr string, matchers []*labels.Matcher) (string, error) {
	if len(matchers) == 0 {
		return expr, nil
	}
	tree, err := Parse(expr)
	if err != nil {
		return "", err
	}
	edits, err := confine(expr, tree, matchers)
	if err != nil {
		return "", err
	}
	text := apply(expr, edits)
	if checkSize(text) != nil {
		return "", errTooLargeToConfine()
	}
	got, err := Parse(text)
	if err != nil && fault.As(err).Kind == fault.BadQuery {
		return "", errTooLargeToConfine().Because(err)
	}
	if err != nil || !Equal(tree, got) || !isConfined(got, matchers) {
		return "", fault.New(fault.Internal, "The access rules can't be added to this query without changing what it means, so it was not run.").Because(err)
	}
	return text, nil
}

// ConfineSelector returns a selector of the series that match both the selector in text and
// all matchers. An empty text selects all series. The result is PromQL, without the comments
// and the layout of text. Without matchers, ConfineSelector returns text without parsing it.
//
// The error is a fault.BadPromQL if text isn't a selector, or a fault.BadQuery if text is too
// large or its regular expressions exceed the budget. All selectors of a request share a
// budget.
func ConfineSelector(text string, matchers []*labels.Matcher, budget *RegexpBudget) (string, error) {
	if len(matchers) == 0 {
		return text, nil
	}
	all := matchers
	if text != "" {
		selected, err := parseMatchers(text, budget)
		if err != nil {
			return "", err
		}
		all = slices.Concat(selected, matchers)
	} else if !slices.ContainsFunc(matchers, func(m *labels.Matcher) bool { return !m.Matches("") }) {
		// Servers reject selectors whose matchers all match the empty string.
		all = slices.Concat(matchers, []*labels.Matcher{labels.MustNewMatcher(labels.MatchNotEqual, model.MetricNameLabel, "")})
	}
	return "{" + MatchersText(slices.CompactFunc(sortedMatchers(all), sameMatcher)) + "}", nil
}

// parseMatchers parses a selector with at least one matcher. Its errors are of the same kinds
// as those of Parse.
func parseMatchers(text string, budget *RegexpBudget) ([]*labels.Matcher, error) {
	if err := checkSize(text); err != nil {
		return nil, err
	}
	if err := budget.CheckExpr(text); err != nil {
		return nil, err
	}
	matchers, err := grammar.ParseMetricSelector(text)
	if err != nil {
		return nil, syntaxError(err)
	}
	if len(matchers) == 0 {
		return nil, fault.New(fault.BadPromQL, `The selector is empty. Write one such as {job="api"}.`)
	}
	return matchers, nil
}

func errTooLargeToConfine() *fault.Error {
	return fault.New(fault.BadQuery, "The access rules add matchers to each selector of the query, which makes the query too large. Shorten the query, or divide it into several queries.")
}

// confine adds matchers to the selectors of the tree of expr. It returns the edits that add
// them to the text of expr, and the edits of canonicalEdits, in the order of the text.
func confine(expr string, tree parser.Expr, matchers []*labels.Matcher) ([]edit, error) {
	edits, ends := canonicalEdits(expr)
	size := len(expr)
	rules := implications{steps: maxImplicationSteps}
	selectors, calls := confinable(tree)
	for _, s := range selectors {
		if added := rules.missing(s, required(s, matchers)); len(added) > 0 {
			if size += textSize(added); size > maxBytes {
				return nil, errTooLargeToConfine()
			}
			edits = append(edits, extend(expr, s, added)...)
		}
	}
	for _, call := range calls {
		selector := &parser.VectorSelector{BypassEmptyMatcherCheck: true}
		selector.LabelMatchers = slices.CompactFunc(sortedMatchers(required(selector, matchers)), sameMatcher)
		if size += textSize(selector.LabelMatchers); size > maxBytes {
			return nil, errTooLargeToConfine()
		}
		call.Args = append(slices.Clip(call.Args), selector)
		end := ends[int(call.PosRange.Start)]
		edits = append(edits, edit{end, end, ", {" + MatchersText(selector.LabelMatchers) + "}"})
	}
	slices.SortStableFunc(edits, func(a, b edit) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) })
	return edits, nil
}

// confinable returns all selectors of a tree in the order of the text, and the calls of info()
// without a label selector in any order.
func confinable(tree parser.Expr) (selectors []*parser.VectorSelector, calls []*parser.Call) {
	parser.Inspect(tree, func(node parser.Node, _ []parser.Node) error {
		switch n := node.(type) {
		case *parser.VectorSelector:
			selectors = append(selectors, n)
		case *parser.Call:
			if n.Func.Name == "info" && len(n.Args) == 1 {
				calls = append(calls, n)
			}
		}
		return nil
	})
	slices.SortFunc(selectors, func(a, b *parser.VectorSelector) int { return cmp.Compare(a.PosRange.Start, b.PosRange.Start) })
	return selectors, calls
}

// required returns the matchers that a selector must have. These are the given matchers, and
// for some label selectors of info() a matcher for the default names of info metrics.
//
// If a label selector of info() has no matcher for names, the server selects the info metric
// target_info. If it has only negative matchers for names, the server selects the metrics
// whose names end in _info. A given matcher for names would replace that default, so required
// then also returns the default as a matcher.
func required(selector *parser.VectorSelector, matchers []*labels.Matcher) []*labels.Matcher {
	isName := func(m *labels.Matcher) bool { return m.Name == model.MetricNameLabel }
	isPositiveName := func(m *labels.Matcher) bool {
		return isName(m) && (m.Type == labels.MatchEqual || m.Type == labels.MatchRegexp)
	}
	switch {
	case !selector.BypassEmptyMatcherCheck, !slices.ContainsFunc(matchers, isName), slices.ContainsFunc(selector.LabelMatchers, isPositiveName):
		return matchers
	case slices.ContainsFunc(selector.LabelMatchers, isName):
		return slices.Concat(matchers, []*labels.Matcher{labels.MustNewMatcher(labels.MatchRegexp, model.MetricNameLabel, ".+_info")})
	default:
		return slices.Concat(matchers, []*labels.Matcher{labels.MustNewMatcher(labels.MatchEqual, model.MetricNameLabel, "target_info")})
	}
}

// isConfined reports whether every selector of a tree has all matchers, or equality matchers
// that imply them, and whether every call of info() has a label selector.
func isConfined(tree parser.Expr, matchers []*labels.Matcher) bool {
	rules := implications{steps: maxImplicationSteps}
	selectors, calls := confinable(tree)
	return len(calls) == 0 && !slices.ContainsFunc(selectors, func(s *parser.VectorSelector) bool {
		return len(rules.missing(s, matchers)) > 0
	})
}

// canonicalEdits returns the edits that remove comments and replace the quotes of raw strings.
// ends maps the position of the name of each called function to the position of the call's
// closing parenthesis.
func canonicalEdits(expr string) (edits []edit, ends map[int]int) {
	ends = map[int]int{}
	var calls []int // positions of the tokens before the parentheses that are open
	var item, last parser.Item
	lexer := parser.Lex(expr)
	for {
		lexer.NextItem(&item)
		from, to := int(item.Pos), int(item.Pos)+len(item.Val)
		switch item.Typ {
		case parser.EOF, parser.ERROR:
			return edits, ends
		case parser.COMMENT:
			edits = append(edits, edit{from: from, to: to})
			continue
		case parser.STRING:
			if value, err := strutil.Unquote(item.Val); err == nil && item.Val[0] == '`' {
				edits = append(edits, edit{from, to, strconv.Quote(value)})
			}
		case parser.LEFT_PAREN:
			calls = append(calls, int(last.Pos))
		case parser.RIGHT_PAREN:
			if n := len(calls) - 1; n >= 0 {
				ends[calls[n]] = from
				calls = calls[:n]
			}
		}
		last = item
	}
}

func textSize(matchers []*labels.Matcher) int {
	size := 0
	for _, m := range matchers {
		size += len(m.Name) + len(m.Value)
	}
	return size
}
