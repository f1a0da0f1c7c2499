package query

import (
	"testing"
	"time"
)

// TestRangeOfSplitQuery: if the query is split, the complete range is written into the
// expression. If that isn't possible, the query isn't split.
func TestRangeOfSplitQuery(t *testing.T) {
	const filters = `,"adhocFilters":[{"key":"job","operator":"=","value":"a"}]`
	for _, test := range []struct {
		name, expr, rest, want string
		spans                  int
	}{
		{"independent of the range", `x`, "", `x`, 2},
		{"end of the range", `x @ end()`, "", `x @ 1774908000`, 2},
		{"filter", `x @ start() / range()`, filters, `x{job="a"} @ 1774566000 / (342000)`, 2},
		{"macro", `rate(x[$__range] @ end())`, "", `rate(x[4d1h] @ 1774908000)`, 2},
		{"not replaceable", `x offset +range()`, "", `x offset +range()`, 1},
		{"not PromQL", `range_avg(x)`, "", `range_avg(x)`, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := Source{From: at(t, "2026-03-27T13:00Z"), To: at(t, "2026-03-31T14:00Z"), MaxDataPoints: 1000, ScrapeInterval: 15 * time.Second}
			got, err := parse(t, `{"expr":"`+test.expr+`","interval":"1d","timezone":"Europe/Berlin"`+test.rest+`}`, s).Compile(nil, false)
			if err != nil || got.Expr != test.want || len(got.Spans) != test.spans {
				t.Errorf("%s over %v, %v, want %s", got.Expr, got.Spans, err, test.want)
			}
		})
	}
}

// TestRangeOfInstantQuery: an instant query isn't split, so end() and range() aren't replaced.
func TestRangeOfInstantQuery(t *testing.T) {
	got, err := parse(t, `{"expr":"x @ end() - range()","instant":true,"interval":"1d","timezone":"Europe/Berlin"}`, source()).Compile(nil, true)
	if want := `x @ end() - range()`; err != nil || got.Expr != want || got.Spans != nil {
		t.Errorf("%s over %v, %v", got.Expr, got.Spans, err)
	}
}
