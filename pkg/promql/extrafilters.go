package promql

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// ExtraFilters returns matchers as values of VictoriaMetrics' parameter extra_filters[],
// which the server adds to every selector of a query, whatever language that is in.
// (VictoriaMetrics, Prometheus querying API enhancements.)
//
// The server lets through what any of the parameter's values selects. So the matchers
// go into each of the values that a request has already, which confine what it reads:
// they can only narrow that. A value that the parser can't read is an error, a
// fault.BadQuery, and so are more values than anybody writes.
func ExtraFilters(existing []string, matchers []*labels.Matcher) ([]string, error) {
	if len(matchers) == 0 {
		return existing, nil
	}
	if len(existing) == 0 {
		return []string{ServerSelector(matchers)}, nil
	}
	if len(existing) > maxExtraFilters {
		return nil, fault.New(fault.BadQuery, "The filters can't be combined with %d values of the parameter extra_filters[]: %d is the most.", len(existing), maxExtraFilters)
	}
	size := 0
	combined := make([]string, len(existing))
	for i, selector := range existing {
		has, err := parseSelector(selector)
		if err != nil {
			return nil, err
		}
		combined[i] = ServerSelector(slices.Concat(has, matchers))
		if size += len(combined[i]); size > maxBytes {
			return nil, errTooManyFilters()
		}
	}
	return combined, nil
}

// parseSelector reads a value of extra_filters[]. The text isn't repeated in the error:
// it may say which data other tenants have.
func parseSelector(text string) ([]*labels.Matcher, error) {
	if err := checkSize(text); err != nil {
		return nil, err
	}
	if err := new(RegexpBudget).CheckExpr(text); err != nil {
		return nil, err
	}
	matchers, err := grammar.ParseMetricSelector(text)
	if err != nil || len(matchers) == 0 {
		return nil, fault.New(fault.BadQuery, `The filters can't be combined with the parameter extra_filters[] of this data source or query: its value isn't a PromQL selector such as {job="api"}. Remove the filters, or write the parameter as PromQL.`).Because(err)
	}
	return matchers, nil
}

// ServerSelector prints matchers as a selector of MetricsQL, on one line, each once.
func ServerSelector(matchers []*labels.Matcher) string {
	matchers = slices.CompactFunc(inOrder(matchers), sameMatcher)
	texts := make([]string, len(matchers))
	for i, m := range matchers {
		value := labels.MustNewMatcher(labels.MatchEqual, "v", m.Value)
		texts[i] = escapeIdentifier(m.Name) + m.Type.String() + strings.TrimPrefix(MatcherText(value), "v=")
	}
	return "{" + strings.Join(texts, ",") + "}"
}

// escapeIdentifier writes a label name as MetricsQL's identifiers require: a backslash
// precedes each printable character that an identifier can't contain, and unprintable
// characters are written in hexadecimal (MetricsQL, supported features). Every version of
// the server reads these escapes, while only recent ones read quoted names. A name with a
// character that has no escape is quoted.
func escapeIdentifier(name string) string {
	var b strings.Builder
	for i, r := range name {
		isPlain := r == '_' || r == ':' || r < unicode.MaxASCII && unicode.IsLetter(r) || i > 0 && '0' <= r && r <= '9'
		switch {
		case isPlain:
			b.WriteRune(r)
		case r == utf8.RuneError, r > math.MaxUint16 && !unicode.IsPrint(r):
			return strconv.Quote(name)
		case unicode.IsPrint(r):
			b.WriteString(`\` + string(r))
		case r <= math.MaxUint8:
			fmt.Fprintf(&b, `\x%02x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}
