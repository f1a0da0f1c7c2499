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

// ExtraFilters returns matchers as values of VictoriaMetrics' parameter extra_filters[]. The
// server adds them to every selector of a query, even if the query is not PromQL.
// (VictoriaMetrics, Prometheus querying API enhancements.)
//
// The server returns a series if at least one value of the parameter selects it. The existing
// values may restrict which data a request can read. Therefore the matchers are added to each
// existing value, and can only narrow the restriction. Without matchers, ExtraFilters returns
// the existing values. The error is a fault.BadQuery if an existing value is invalid, or if
// the existing values are too many or the results too long.
func ExtraFilters(existing []string, matchers []*labels.Matcher) ([]string, error) {
	if len(matchers) == 0 {
		return existing, nil
	}
	if len(existing) == 0 {
		return []string{ServerSelector(matchers)}, nil
	}
	if len(existing) > maxExtraFilters {
		return nil, fault.New(fault.BadQuery, "The filters can't be combined with %d values of the parameter extra_filters[]. The limit is %d. Remove the filters, or some of the values.", len(existing), maxExtraFilters)
	}
	size := 0
	combined := make([]string, len(existing))
	for i, selector := range existing {
		parsed, err := parseSelector(selector)
		if err != nil {
			return nil, err
		}
		combined[i] = ServerSelector(slices.Concat(parsed, matchers))
		if size += len(combined[i]); size > maxBytes {
			return nil, errTooManyFilters()
		}
	}
	return combined, nil
}

// parseSelector parses a value of extra_filters[]. The text of the error doesn't contain the
// value, because the value may name other tenants.
func parseSelector(text string) ([]*labels.Matcher, error) {
	if err := checkSize(text); err != nil {
		return nil, err
	}
	if err := new(RegexpBudget).CheckExpr(text); err != nil {
		return nil, err
	}
	matchers, err := grammar.ParseMetricSelector(text)
	if err != nil || len(matchers) == 0 {
		return nil, fault.New(fault.BadQuery, `The filters can't be combined with the parameter extra_filters[] of this data source or query, because its value is not a PromQL selector such as {job="api"}. Remove the filters, or write the parameter as PromQL.`).Because(err)
	}
	return matchers, nil
}

// ServerSelector formats matchers as a selector of MetricsQL on one line, without
// duplicates.
func ServerSelector(matchers []*labels.Matcher) string {
	matchers = slices.CompactFunc(sortedMatchers(matchers), sameMatcher)
	texts := make([]string, len(matchers))
	for i, m := range matchers {
		value := labels.MustNewMatcher(labels.MatchEqual, "v", m.Value)
		texts[i] = escapeIdentifier(m.Name) + m.Type.String() + strings.TrimPrefix(MatcherText(value), "v=")
	}
	return "{" + strings.Join(texts, ",") + "}"
}

// escapeIdentifier formats a label name as an identifier of MetricsQL. ASCII letters, _, :,
// and digits after the first character are not escaped. Any other printable character is
// preceded by a backslash. An unprintable character is written in hexadecimal. (MetricsQL,
// supported features.) All versions of VictoriaMetrics support these escapes; only recent
// versions support quoted names. A name with a character that can't be escaped is quoted.
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
