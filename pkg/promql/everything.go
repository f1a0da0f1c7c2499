package promql

import (
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
)

// samples are values that differ so much that a regular expression which matches all of them
// matches nearly every value.
var samples = []string{
	"a", "Z", "7", "-", "_", ".", "/", ":", " ", "é", "東", "prod", "us-east-1", "10.0.0.1:9090", "x=y,z", "Q7#k", "\t",
	"zebra", "apple", "0f3c", "/api/v1/query", "some words", strings.Repeat("w8 ", 20),
}

// names are metric names that differ so much that a regular expression which matches all of
// them matches most names.
var names = []string{"up", "a", "zz", "go_goroutines", "http_requests_total", "process_cpu_seconds_total", "node_memory_bytes"}

// MatchesEverything reports whether a matcher has the operator =~ and matches nearly every
// value that isn't empty, as .* and .+ do. Unless the expression obviously does,
// MatchesEverything tries sample values, and returns false if the budget for this is spent.
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
	return b.matchesAllOf(m, tree, samples)
}

// MatchesEveryName reports whether a matcher has the operator =~ and matches most metric
// names, as [a-z].* does. It tries sample names. If the budget for this is spent, it returns
// false.
func (b *RegexpBudget) MatchesEveryName(m *labels.Matcher) bool {
	if m.Type != labels.MatchRegexp {
		return false
	}
	tree, err := syntax.Parse(m.Value, syntax.Perl|syntax.DotNL)
	return err == nil && b.matchesAllOf(m, tree, names)
}

// matchesAllOf reports whether a matcher, whose parsed expression is tree, matches all values.
// If the budget for matching is spent, it returns false.
func (b *RegexpBudget) matchesAllOf(m *labels.Matcher, tree *syntax.Regexp, values []string) bool {
	size := compiledSize(tree)
	for _, value := range values {
		if b.steps += len(value) * size; b.steps > maxSampleSteps || !m.Matches(value) {
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
		return re.Max < 0 && re.Min <= 1 && re.Sub[0].Op == syntax.OpAnyChar || re.Min <= 1 && re.Max != 0 && matchesAll(re.Sub[0])
	case syntax.OpQuest, syntax.OpCapture:
		return matchesAll(re.Sub[0])
	case syntax.OpAlternate:
		return slices.ContainsFunc(re.Sub, matchesAll)
	case syntax.OpConcat:
		return concatMatchesAll(re.Sub)
	}
	return false
}

// concatMatchesAll reports whether a concatenation obviously matches all values that aren't
// empty: one part matches them, and every other part is optional, such as a? or b*. A ^ before
// that part and a $ after it are also allowed.
func concatMatchesAll(parts []*syntax.Regexp) bool {
	before, found := true, false // whether the parts so far can be before this part, or contain it
	for _, part := range parts {
		isEmpty := part.Op == syntax.OpEmptyMatch || part.Op == syntax.OpStar || part.Op == syntax.OpQuest
		found = found && (isEmpty || part.Op == syntax.OpEndText) || before && matchesAll(part)
		before = before && (isEmpty || part.Op == syntax.OpBeginText)
	}
	return found
}
