package promql

import (
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
)

// samples are values that have no regular expression in common, except for one that matches
// nearly every value.
var samples = []string{
	"a", "Z", "7", "-", "_", ".", "/", ":", " ", "é", "東", "prod", "us-east-1", "10.0.0.1:9090", "x=y,z", "Q7#k", "\t",
	"zebra", "apple", "0f3c", "/api/v1/query", "some words", strings.Repeat("w8 ", 20),
}

// MatchesEverything reports whether a matcher with the operator =~ matches every value that
// isn't empty, as .* and .+ do. It tries sample values, unless the expression is obvious. If the
// budget for this is spent, it returns false.
func (b *RegexpBudget) MatchesEverything(m *labels.Matcher) bool {
	if m.Type != labels.MatchRegexp {
		return false
	}
	tree, err := syntax.Parse(m.Value, syntax.Perl|syntax.DotNL)
	if err != nil {
		return false
	}
	if matchesAll(tree) {
		return true
	}
	size := compiledSize(tree)
	for _, sample := range samples {
		if b.steps += len(sample) * size; b.steps > maxSampleSteps || !m.Matches(sample) {
			return false
		}
	}
	return true
}

// matchesAll reports whether an expression obviously matches all values that aren't empty.
func matchesAll(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpStar, syntax.OpPlus:
		return re.Sub[0].Op == syntax.OpAnyChar || matchesAll(re.Sub[0])
	case syntax.OpRepeat:
		return re.Max < 0 && re.Min <= 1 && re.Sub[0].Op == syntax.OpAnyChar || re.Min <= 1 && matchesAll(re.Sub[0])
	case syntax.OpQuest, syntax.OpCapture:
		return matchesAll(re.Sub[0])
	case syntax.OpAlternate:
		return slices.ContainsFunc(re.Sub, matchesAll)
	case syntax.OpConcat:
		return concatMatchesAll(re.Sub)
	}
	return false
}

// concatMatchesAll reports whether one part matches everything and the others match the empty
// string.
func concatMatchesAll(parts []*syntax.Regexp) bool {
	found := false
	for _, part := range parts {
		switch {
		case part.Op == syntax.OpEmptyMatch, part.Op == syntax.OpBeginText, part.Op == syntax.OpEndText,
			part.Op == syntax.OpStar, part.Op == syntax.OpQuest:
			found = found || matchesAll(part)
		case !found && matchesAll(part):
			found = true
		default:
			return false
		}
	}
	return found
}
