package template

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promql"
)

// Markers replace the placeholders in the syntax tree of a template.
const (
	MatchersMarker = "__modelmetrics_matchers__" // a label; the value is an index of Tree.placeholders
	GroupMarker    = "__modelmetrics_group__"
)

// Tree is the syntax tree of a template, with markers in the place of placeholders.
type Tree struct {
	Expr         parser.Expr
	placeholders []piece // those for matchers, in the order of the query
}

// anyDurations replace the macros before a query is parsed. The shape of the syntax tree is
// the same for all durations.
var anyDurations = promql.Macros{Interval: time.Minute, RateInterval: 5 * time.Minute, Range: time.Hour}

// Tree parses the template as PromQL.
func (t Template) Tree() (*Tree, error) {
	var tree Tree
	text := t.fill(func(p piece) []string {
		tree.placeholders = append(tree.placeholders, p)
		return []string{MatchersMarker + "=" + strconv.Quote(strconv.Itoa(len(tree.placeholders)-1))}
	}, []string{GroupMarker})
	var err error
	tree.Expr, err = promql.Parse(anyDurations.ExpandCode(text))
	if err != nil {
		return nil, err
	}
	return &tree, nil
}

// placeholder returns the placeholder that a marker replaces. It returns an empty piece if the
// marker's value isn't an index of a placeholder, which is possible only if the author of the
// query wrote the marker.
func (t *Tree) placeholder(marker *labels.Matcher) piece {
	index, err := strconv.Atoi(marker.Value)
	if err != nil || index < 0 || index >= len(t.placeholders) {
		return piece{}
	}
	return t.placeholders[index]
}

var matchersMarker = regexp.MustCompile(MatchersMarker + `="\d+"`)

// Unmark replaces the markers in the text of a syntax tree by placeholders.
func Unmark(text string) string {
	return matchersMarker.ReplaceAllString(strings.ReplaceAll(text, GroupMarker, "__BY__"), "__PARAMS__")
}
