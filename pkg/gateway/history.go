package gateway

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

const day = 24 * time.Hour

// History is the answer of GET metrics/history.
type History struct {
	Head
	Days []Day `json:"days"` // in ascending order; the last one is today
}

// Day contains the numbers of a day in UTC. A field is absent if Prometheus has too few
// samples of its family on that day. If there are samples of Lango's start time, Policy
// contains zeros instead.
type Day struct {
	Date           string  `json:"date"`              // such as 2026-03-18
	Partial        bool    `json:"partial,omitempty"` // the day has not ended
	Requests       *Counts `json:"requests,omitempty"`
	Tokens         *Tokens `json:"tokens,omitempty"`
	ToolExecutions *Counts `json:"toolExecutions,omitempty"`
	Policy         *Policy `json:"policy,omitempty"`
}

// historyFields returns the fields of a window that ends at the evaluation time. Prometheus
// extrapolates the increase of a counter to both ends of the window, by about one scrape
// interval at most. The error is small, except in a short window.
func historyFields(window time.Duration) []field {
	w := model.Duration(window).String()
	return []field{
		growth(requests, "status", w),
		growth(tokens, "type", w),
		growth(toolExecutions, "status", w),
		{policyDecisions, strings.NewReplacer(
			"FAMILY", policyDecisions, "START", startTime, "WINDOW", w, "SECONDS", fmt.Sprint(int64(window.Seconds())),
		).Replace(rareGrowth)},
		{"processes", fmt.Sprintf("count(present_over_time(%s[%s]))", startTime, w)},
	}
}

// rareGrowth is the increase of a counter of rare events. increase() isn't sufficient, because
// it omits the first value of a new counter, which is often the only one.
//   - The first term is for a new counter: it has no sample at the window's start, but its
//     process has one, or all its processes started in the window. Its increase is its value.
//     After a restart, its increase is increase() plus its lowest (usually its first) value.
//   - The second term is for a counter that isn't new.
//   - The third term is for a counter whose restart increase() doesn't notice, because it has
//     reached its earlier value again. Its increase is its value if its process started within
//     the window.
const rareGrowth = `sum by (verdict, reason) (
	(last_over_time(FAMILY[WINDOW]) unless resets(FAMILY[WINDOW]) > 0 or min_over_time(FAMILY[WINDOW]) + increase(FAMILY[WINDOW]))
		unless FAMILY offset WINDOW and on (job, instance) (START offset WINDOW or min_over_time(START[WINDOW]) > time() - SECONDS)
	or increase(FAMILY[WINDOW]) > 0
	or FAMILY and on (job, instance) START > time() - SECONDS
)`

// History returns the statistics of each of the last r.Days days, including today.
func (r *Request) History(ctx context.Context) (*History, error) {
	now := r.Now.UTC()
	midnight := now.Truncate(day)
	byDate := map[string]table{}
	if r.Days > 1 {
		expr, err := r.expr(historyFields(day))
		if err != nil {
			return nil, err
		}
		// A value at midnight is the value of the day before.
		result, err := r.Prometheus.QueryRange(ctx, promapi.Range{
			Expr: expr, Start: midnight.AddDate(0, 0, 2-r.Days), End: midnight, Step: day, Complete: true,
		})
		past, err := r.decode(result, err)
		if err != nil {
			return nil, err
		}
		byDate = past.byDate()
	}
	if elapsed := now.Sub(midnight).Truncate(time.Second); elapsed > 0 {
		today, err := r.query(ctx, midnight.Add(elapsed), historyFields(elapsed))
		if err != nil {
			return nil, err
		}
		byDate[date(midnight)] = today
	}
	h := &History{Days: []Day{}}
	missing := 0
	for i := range r.Days {
		d := dayOf(midnight.AddDate(0, 0, 1-r.Days+i), byDate)
		d.Partial = i == r.Days-1
		if d.isEmpty() {
			missing++
		}
		h.Days = append(h.Days, d)
	}
	if missing == r.Days {
		return nil, r.notFound(ctx)
	}
	if missing > 0 {
		r.note("days", fmt.Sprintf("Prometheus has too few samples of Lango on %d of %d days. Possible reasons: Lango was not scraped, the day has only begun, or the server's retention is shorter.", missing, r.Days))
	}
	h.Head = r.head()
	return h, nil
}

func date(t time.Time) string { return t.Format(time.DateOnly) }

// byDate splits the series of a range by day. Each series of a day has one value.
func (t table) byDate() map[string]table {
	days := map[string]table{}
	for key, list := range t {
		for _, s := range list {
			for i, at := range s.Times {
				name := date(time.UnixMilli(at).UTC().Add(-day))
				if days[name] == nil {
					days[name] = table{}
				}
				days[name][key] = append(days[name][key], series.Series{Labels: s.Labels, Values: s.Values[i : i+1]})
			}
		}
	}
	return days
}

func dayOf(at time.Time, byDate map[string]table) Day {
	t := byDate[date(at)]
	d := Day{Date: date(at), Requests: t.counts(requests), Tokens: t.tokens(tokens), ToolExecutions: t.counts(toolExecutions)}
	if len(t["processes"]) > 0 || len(t[policyDecisions]) > 0 {
		d.Policy = t.policy()
	}
	return d
}

func (d Day) isEmpty() bool {
	return d.Requests == nil && d.Tokens == nil && d.ToolExecutions == nil && d.Policy == nil
}
