package report

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

var testNow = time.Date(2026, 3, 18, 14, 38, 22, 0, time.UTC)

// cell is a series of a field with the same value in every interval of a view.
type cell struct {
	view, key string
	labels    map[string]string
	value     float64
}

// computationOf returns the computation of an endpoint whose tables contain some cells.
func computationOf(t *testing.T, p Params, cells []cell) *computation {
	t.Helper()
	r, err := Parse([]string{"ep"}, p, testNow, 15*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	c := &computation{Request: r, now: table{}, tables: map[string]table{}}
	fill(c, cells)
	return c
}

// fill adds cells to the tables of a computation.
func fill(c *computation, cells []cell) {
	for _, v := range c.views() {
		if c.tables[v.Name] == nil {
			c.tables[v.Name] = table{}
		}
	}
	for _, cell := range cells {
		to, n := c.now, 1
		for _, v := range c.views() {
			if v.Name == cell.view {
				to, n = c.tables[v.Name], v.Intervals.N
			}
		}
		to[cell.key] = append(to[cell.key], column{Labels: series.LabelsOf(cell.labels), Values: slices.Repeat([]float64{cell.value}, n)})
	}
}

func of(name, value string) map[string]string { return map[string]string{name: value} }

const (
	totals     = "span 1d"
	costFamily = "cost_total"
)

func costCell(view, category, item string, usd float64) cell {
	return cell{view, costFamily, map[string]string{"category": category, "item": item}, usd}
}

// busy returns the values of an endpoint with requests, to which no insight or suggestion
// applies.
func busy() []cell {
	return []cell{
		{totals, began, nil, 1},
		{totals, "requests_total", of("status", "success"), 1000}, {totals, "requests_total", of("status", "error"), 10},
		{totals, "latency_seconds_sum", nil, 2020}, {totals, "latency_seconds_count", nil, 1010},
		{totals, "cold_starts_total", of("reason", "scaled_to_zero"), 5}, {totals, "cold_starts_total", of("reason", "scale_up"), 5},
		{totals, "compute_seconds_total", of("activity", "gpu"), 80}, {totals, "compute_seconds_total", of("activity", "cpu"), 10}, {totals, "compute_seconds_total", of("activity", "idle"), 10},
		{totals, "cache_requests_total", of("result", "hit"), 400}, {totals, "cache_requests_total", of("result", "miss"), 610},
		costCell(totals, "compute", "inference", 90), costCell(totals, "compute", "idle", 10), costCell(totals, "other", "cold_starts", 0.5),
		{pointView, "requests_total", of("status", "success"), 10},
		{pointView, "latency_seconds_sum", nil, 20}, {pointView, "latency_seconds_count", nil, 10},
		costCell(pointView, "compute", "inference", 0.9), costCell(pointView, "compute", "idle", 0.1), costCell(pointView, "other", "cold_starts", 0.005),
		{pointView, "cache_requests_total", of("result", "hit"), 40}, {pointView, "cache_requests_total", of("result", "miss"), 61},
		{gaugeView, "max gpu_memory_bytes " + stateUsed, nil, 30e9}, {gaugeView, "max gpu_memory_bytes " + stateAllocated, nil, 40e9},
		{"now", budgetMonth, nil, 10_000}, {"now", budgetUsed, nil, 1000}, {"now", generated, nil, float64(testNow.Unix())},
	}
}

// with returns a copy of cells. In the copy, value replaces the value of the cell that has the
// given view, key and labels.
func with(cells []cell, view, key string, labels map[string]string, value float64) []cell {
	changed := slices.Clone(cells)
	for i, c := range changed {
		if c.view == view && c.key == key && series.LabelsOf(c.labels).Key() == series.LabelsOf(labels).Key() {
			changed[i].value = value
		}
	}
	return changed
}

func insightTypes(c *computation) (types, severities []string) {
	for _, section := range sections {
		for _, i := range c.insightsOf(section) {
			types, severities = append(types, i.Type), append(severities, i.Severity)
		}
	}
	return types, severities
}

// TestInsightsApplyFromTheirThresholds begins each case with an endpoint to which no rule
// applies. The case changes values so that at most one rule applies.
func TestInsightsApplyFromTheirThresholds(t *testing.T) {
	last := func(c *computation, view, key string, labels map[string]string, value float64) {
		for i, col := range c.tables[view][key] {
			if col.Labels.Key() == series.LabelsOf(labels).Key() {
				c.tables[view][key][i].Values[len(col.Values)-1] = value
			}
		}
	}
	for _, test := range []struct {
		name, kind, severity string
		change               func(*computation)
	}{
		{"no rule", "", "", func(*computation) {}},
		{"latency at the peak 14 percent higher", "", "", func(c *computation) {
			last(c, pointView, "requests_total", of("status", "success"), 20)
			last(c, pointView, "latency_seconds_sum", nil, 22.8)
		}},
		{"latency at the peak 16 percent higher", "latency_spike", "medium", func(c *computation) {
			last(c, pointView, "requests_total", of("status", "success"), 20)
			last(c, pointView, "latency_seconds_sum", nil, 23.2)
		}},
		{"latency at the peak 60 percent higher", "latency_spike", "warning", func(c *computation) {
			last(c, pointView, "requests_total", of("status", "success"), 20)
			last(c, pointView, "latency_seconds_sum", nil, 32)
		}},
		{"a latency of 5 s", "", "", func(c *computation) { last(c, totals, "latency_seconds_sum", nil, 5050) }},
		{"a latency over 5 s", "high_latency", "warning", func(c *computation) { last(c, totals, "latency_seconds_sum", nil, 5051) }},
		{"1.9 percent errors", "", "", func(c *computation) { last(c, totals, "requests_total", of("status", "error"), 19) }},
		{"3 percent errors", "error_rate", "medium", func(c *computation) { last(c, totals, "requests_total", of("status", "error"), 31) }},
		{"6 percent errors", "error_rate", "warning", func(c *computation) { last(c, totals, "requests_total", of("status", "error"), 64) }},
		{"1.9 percent cold starts", "", "", func(c *computation) { last(c, totals, "cold_starts_total", of("reason", "scale_up"), 14) }},
		{"2 percent cold starts", "cold_start_rate", "medium", func(c *computation) { last(c, totals, "cold_starts_total", of("reason", "scale_up"), 15.2) }},
		{"a utilization of 51 percent", "", "", func(c *computation) { last(c, totals, "compute_seconds_total", of("activity", "idle"), 86) }},
		{"a utilization of 49 percent", "low_utilization", "medium", func(c *computation) { last(c, totals, "compute_seconds_total", of("activity", "idle"), 94) }},
		{"idle instances alone", "low_utilization", "medium", func(c *computation) {
			last(c, totals, "compute_seconds_total", of("activity", "gpu"), 0)
			last(c, totals, "compute_seconds_total", of("activity", "cpu"), 0)
		}},
		{"a hit rate of 29 percent", "low_cache_hit_rate", "info", func(c *computation) { last(c, totals, "cache_requests_total", of("result", "hit"), 249) }},
		{"no hit", "", "", func(c *computation) { last(c, totals, "cache_requests_total", of("result", "hit"), 0) }},
		{"costs 4 percent higher", "", "", func(c *computation) {
			last(c, totals, costFamily, map[string]string{"category": "compute", "item": "inference"}, 94)
		}},
		{"costs 6 percent higher", "cost_trend", "warning", func(c *computation) {
			last(c, totals, costFamily, map[string]string{"category": "compute", "item": "inference"}, 96.1)
		}},
		{"costs 6 percent lower", "cost_trend", "info", func(c *computation) {
			last(c, totals, costFamily, map[string]string{"category": "compute", "item": "inference"}, 83.9)
		}},
		{"costs 6 percent higher than in an incomplete period", "", "", func(c *computation) {
			last(c, totals, costFamily, map[string]string{"category": "compute", "item": "inference"}, 96.1)
			c.tables[totals][began][0].Values[before] = math.NaN()
		}},
		{"a projection over the budget", "budget_overrun", "warning", func(c *computation) { c.now[budgetMonth][0].Values[0] = 2300 }},
		{"a projection in the budget", "", "", func(c *computation) { c.now[budgetMonth][0].Values[0] = 2400 }},
		{"a usage of last month", "", "", func(c *computation) {
			c.now[budgetMonth][0].Values[0] = 2300
			c.now[generated][0].Values[0] = float64(testNow.AddDate(0, -1, 0).Unix())
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := computationOf(t, Params{}, busy())
			test.change(c)
			types, severities := insightTypes(c)
			if test.kind == "" && len(types) > 0 || test.kind != "" && (!slices.Equal(types, []string{test.kind}) || severities[0] != test.severity) {
				t.Errorf("%v %v, want %s %s", types, severities, test.kind, test.severity)
			}
		})
	}
}

func TestUsagePatternRequiresCorrelatedDays(t *testing.T) {
	for _, test := range []struct {
		name      string
		timeframe string
		count     func(i int) float64
		want      bool
	}{
		{"the same hours each day", "7d", func(i int) float64 { return float64(i % 24) }, true},
		{"a period of 9 hours", "7d", func(i int) float64 { return float64(i % 9) }, false},
		{"a constant", "7d", func(int) float64 { return 3 }, false},
		{"one day", "24h", func(i int) float64 { return float64(i % 24) }, false},
		{"hours without data", "7d", func(i int) float64 {
			if i < 130 {
				return math.NaN()
			}
			return float64(i % 24)
		}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := computationOf(t, Params{Timeframe: test.timeframe, Metrics: []string{"usage"}}, []cell{{hourView, "requests_total", nil, 0}})
			for i := range c.tables[hourView]["requests_total"][0].Values {
				c.tables[hourView]["requests_total"][0].Values[i] = test.count(i)
			}
			types, _ := insightTypes(c)
			if got := slices.Contains(types, "usage_pattern"); got != test.want {
				t.Errorf("%v", types)
			}
		})
	}
}

// TestSuggestionsApplyFromTheirThresholds: the wanted values are the savings in USD, in the
// order of the rules.
func TestSuggestionsApplyFromTheirThresholds(t *testing.T) {
	quiet := inputs{total: 110, compute: 100, inference: 90, idle: 10, cold: 0.5, avoidable: 0.5, memoryPeak: 75, hitRate: 40}
	for _, test := range []struct {
		name   string
		change func(*inputs)
		want   []float64
	}{
		{"none", func(*inputs) {}, []float64{0, 0, 0, 0}},
		{"cold starts of 1 percent", func(in *inputs) { in.cold = 1.1 }, []float64{0.55, 0, 0, 0}},
		{"cold starts that a warm pool doesn't avoid", func(in *inputs) { in.cold, in.avoidable = 5, 0 }, []float64{0, 0, 0, 0}},
		{"cold starts without a known reason", func(in *inputs) { in.cold, in.avoidable = 5, math.NaN() }, []float64{0, 0, 0, 0}},
		{"an idle time of 19 percent", func(in *inputs) { in.idle = 19 }, []float64{0, 0, 0, 0}},
		{"an idle time of 60 percent", func(in *inputs) { in.idle, in.inference = 60, 40 }, []float64{0, 40, 0, 0}},
		{"a memory peak of 45 percent", func(in *inputs) { in.memoryPeak = 45 }, []float64{0, 0, 0, 0}},
		{"a memory peak of 44 percent", func(in *inputs) { in.memoryPeak = 44 }, []float64{0, 0, 50, 0}},
		{"no instance", func(in *inputs) { in.memoryPeak = math.NaN() }, []float64{0, 0, 0, 0}},
		{"a hit rate of 10 percent", func(in *inputs) { in.hitRate = 10 }, []float64{0, 0, 0, 20}},
		{"no hit", func(in *inputs) { in.hitRate = 0 }, []float64{0, 0, 0, 0}},
		{"infinite costs", func(in *inputs) { in.total, in.cold = math.Inf(1), math.Inf(1) }, []float64{0, 0, 0, 0}},
		{"savings below a cent", func(in *inputs) { in.hitRate, in.inference = 10, 0.04 }, []float64{0, 0, 0, 0}},
		{"all, without overlap", func(in *inputs) { in.idle, in.inference, in.memoryPeak, in.hitRate, in.cold = 60, 40, 20, 10, 2 }, []float64{1, 40, 30, 4.44}},
	} {
		t.Run(test.name, func(t *testing.T) {
			in := quiet
			test.change(&in)
			if got := savings(in); !slices.Equal(got, test.want) {
				t.Errorf("%v, want %v", got, test.want)
			}
		})
	}
}

func TestSuggestionConfidenceIsTheShareOfPoints(t *testing.T) {
	cells := with(with(busy(), totals, costFamily, map[string]string{"category": "compute", "item": "idle"}, 60), pointView, costFamily, map[string]string{"category": "compute", "item": "idle"}, 5)
	c := computationOf(t, Params{}, cells)
	idle := c.tables[pointView][costFamily][1].Values
	for i := range 24 {
		idle[i] = 0
	}
	list := c.suggestions()
	if len(list) != 1 || list[0].category != "idle_time" || *list[0].confidence != 0.75 || list[0].saved != 30 {
		t.Errorf("%+v", list)
	}
}

func TestUserExperienceFollowsTheRateOfColdStarts(t *testing.T) {
	for _, test := range []struct {
		count, rate float64
		want        string
	}{{0, 0, "none"}, {1, 0.49, "minor"}, {1, 0.5, "moderate"}, {23, 0.81, "moderate"}, {1, 1.99, "moderate"}, {1, 2, "severe"}} {
		if got := userExperience(test.count, test.rate); got != test.want {
			t.Errorf("%g percent: %s, want %s", test.rate, got, test.want)
		}
	}
}
