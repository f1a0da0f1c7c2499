package query

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/prometheus/common/model"
)

// pointsOf returns the maximum number of points that a series can have in a query.
func pointsOf(q *Query) (points int) {
	for _, span := range q.Spans() {
		points += int(span.End.Sub(span.Start)/q.Step) + 1
	}
	return points
}

func maxPointsOf(s Source) int {
	if s.MaxDataPoints <= 0 || s.MaxDataPoints > MaxPoints {
		return MaxPoints
	}
	return int(s.MaxDataPoints)
}

// TestMaxDataPoints checks the number of points of random ranges with different lengths, time
// zones and min steps.
func TestMaxDataPoints(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for _, zone := range []string{"UTC", "Europe/Berlin", "Australia/Lord_Howe", "America/St_Johns", "Pacific/Apia"} {
		for _, length := range []time.Duration{time.Second, time.Hour, 24 * time.Hour, 7 * 24 * time.Hour, 90 * 24 * time.Hour, 3 * 365 * 24 * time.Hour} {
			for _, maxPoints := range []int64{0, 1, 2, 3, 24, 100, 500, 1000, 20_000} {
				for _, options := range []string{"", `,"interval":"1m"`, `,"interval":"90m"`, `,"intervalFactor":3`, `,"interval":"$__rate_interval"`} {
					from := time.UnixMilli(1.6e12 + random.Int64N(2e11))
					s := Source{From: from, To: from.Add(length - time.Duration(random.Int64N(2))*time.Millisecond), MaxDataPoints: maxPoints, ScrapeInterval: 15 * time.Second}
					text := fmt.Sprintf(`{"expr":"up","timezone":%q%s}`, zone, options)
					q := parse(t, text, s)
					if points := pointsOf(q); points > maxPointsOf(s) || points < 1 {
						t.Errorf("%s from %s for %s: %d points instead of at most %d, by %s", text, from.UTC(), length, points, maxPointsOf(s), q.Step)
					}
				}
			}
		}
	}
}

// TestSinglePointIsWithinRange uses a range that contains one multiple of the step. The
// multiple before the range is dropped, because it would be a second point.
func TestSinglePointIsWithinRange(t *testing.T) {
	s := Source{From: at(t, "2026-03-02T22:00Z"), To: at(t, "2026-03-03T02:00Z"), MaxDataPoints: 1, ScrapeInterval: 15 * time.Second}
	q := parse(t, `{"expr":"up"}`, s)
	if spans := q.Spans(); len(spans) != 1 || !spans[0].Start.Equal(at(t, "2026-03-03T00:00Z")) || spans[0].End != spans[0].Start {
		t.Errorf("%v by %s", spans, q.Step)
	}
}

func TestEvaluationTime(t *testing.T) {
	morning := at(t, "2026-03-02T00:00Z")
	for _, test := range []struct {
		name     string
		from, to time.Time
		want     time.Time
		expr     string // of the instant query
	}{
		{"range ends in the future", morning, morning.Add(24 * time.Hour), noon, `increase(x[12h])`},
		{"range ends now", morning, noon, noon, `increase(x[12h])`},
		{"range ends in the past", morning, noon.Add(-time.Hour), noon.Add(-time.Hour), `increase(x[11h])`},
		{"range begins in the future", noon.Add(time.Hour), noon.Add(2 * time.Hour), noon.Add(2 * time.Hour), `increase(x[1h])`},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := Source{From: test.from, To: test.to, Now: noon, MaxDataPoints: 1000, ScrapeInterval: 15 * time.Second}
			q := parse(t, `{"expr":"increase(x[$__range])","instant":true}`, s)
			if !q.At.Equal(test.want) {
				t.Errorf("evaluated at %s instead of %s", q.At, test.want)
			}
			if got, err := q.Compile(nil, true); err != nil || got.Expr != test.expr {
				t.Errorf("%s, %v", got.Expr, err)
			}
			want := fmt.Sprintf("increase(x[%s])", model.Duration(test.to.Sub(test.from)))
			if got, err := q.Compile(nil, false); err != nil || got.Expr != want {
				t.Errorf("range query: %s instead of %s, %v", got.Expr, want, err)
			}
		})
	}
}
