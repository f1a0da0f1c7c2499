package fleet_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/fleet"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/simulation"
)

// endpointReader reads the series of TensorOne's exporter by endpoint.
type endpointReader struct {
	target *simulation.Target
	series []labels.Labels
	places map[string][]int // indexes of the series that a sum adds up, by the sum's key
}

func endpointsOf(t *testing.T, f *simulation.Fleet) *endpointReader {
	t.Helper()
	target := targetOf(t, f, "tensorone")
	return &endpointReader{target, target.Series(), map[string][]int{}}
}

func (b *endpointReader) read() endpointValues { return endpointValues{b, b.target.Values(nil)} }

func (b *endpointReader) ids() []string {
	var ids []string
	for _, series := range b.series {
		if series.Get(model.MetricNameLabel) == "tensorone_endpoint_info" {
			ids = append(ids, series.Get("endpoint_id"))
		}
	}
	return ids
}

// endpointValues contains the values of all series at one time.
type endpointValues struct {
	*endpointReader
	values []float64
}

// sum returns the sum of an endpoint's series in a family. It includes only the series that
// have certain labels. The last arguments are the name of a label, its value, the name of the
// next label, and so on.
func (b endpointValues) sum(endpoint, family string, only ...string) (total float64) {
	key := strings.Join(append(only, endpoint, family), " ")
	places, known := b.places[key]
	if !known {
		only = append(only, model.MetricNameLabel, "tensorone_endpoint_"+family, "endpoint_id", endpoint)
		wanted := labels.FromStrings(only...)
		for i, series := range b.series {
			matches := true
			wanted.Range(func(l labels.Label) { matches = matches && series.Get(l.Name) == l.Value })
			if matches {
				places = append(places, i)
			}
		}
		b.places[key] = places
	}
	for _, i := range places {
		total += b.values[i]
	}
	return total
}

const (
	chatEndpoint  = "ep_1234567890abcdef"
	fixedEndpoint = "ep_2345678901bcdefg"
	idleEndpoint  = "ep_4567890123defghi"
)

func TestEndpointMetricsAreConsistent(t *testing.T) {
	f := newFleet(t, fleet.Options{Now: end})
	endpoints := endpointsOf(t, f)
	play(f, func() {})
	values := endpoints.read()
	if ids := values.ids(); len(ids) != 5 {
		t.Errorf("endpoints %v, want five", ids)
	}
	if n := len(values.series); n > 500 {
		t.Errorf("%d series, want at most 500", n)
	}
	for _, id := range values.ids() {
		sum := func(family string, only ...string) float64 { return values.sum(id, family, only...) }
		requests := sum("requests_total")
		starts := sum("cold_starts_total")
		workHours := (sum("compute_seconds_total", "activity", "gpu") + sum("compute_seconds_total", "activity", "cpu")) / 3600
		idleHours := sum("compute_seconds_total", "activity", "idle") / 3600
		for _, c := range []struct {
			name      string
			got, want float64
		}{
			{"latencies of all requests", sum("latency_seconds_count"), requests},
			{"queue times of all requests", sum("queue_time_seconds_count"), requests},
			{"requests that hit or miss the cache", sum("cache_requests_total"), requests},
			{"failures with a cause", sum("errors_total"), sum("requests_total", "status", "error")},
			{"cold starts with a container start", sum("cold_start_duration_seconds_count", "phase", "container_start"), starts},
			{"cold starts with a model load", sum("cold_start_duration_seconds_count", "phase", "model_load"), starts},
			{"cold starts with a dependency load", sum("cold_start_duration_seconds_count", "phase", "dependency_load"), starts},
			{
				"hourly cost of an idle and of a working instance",
				sum("cost_total", "item", "idle") / idleHours, sum("cost_total", "item", "inference") / workHours,
			},
		} {
			if off := math.Abs(c.got - c.want); off > 1e-9*c.want || math.IsNaN(off) {
				t.Errorf("%s: %s: %g, want %g", id, c.name, c.got, c.want)
			}
		}
		if share := sum("errors_total") / requests; share <= 0 || share > 0.02 {
			t.Errorf("%s fails %g of its requests, want some but few", id, share)
		}
	}
}

func TestUsedBudgetGrowsWithCosts(t *testing.T) {
	f := newFleet(t, fleet.Options{Now: end, History: time.Hour})
	endpoints := endpointsOf(t, f)
	f.Step()
	before := endpoints.read()
	play(f, func() {})
	after := endpoints.read()
	for _, id := range after.ids() {
		used := after.sum(id, "budget_used_usd") - before.sum(id, "budget_used_usd")
		billed := after.sum(id, "cost_total") - before.sum(id, "cost_total")
		if math.Abs(used-billed) > 1e-9 || billed <= 0 {
			t.Errorf("%s: the used budget grows by %g USD, the costs by %g", id, used, billed)
		}
	}
}

func TestNewMonthHasFullBudget(t *testing.T) {
	f := newFleet(t, fleet.Options{Now: time.Date(2026, 4, 1, 0, 10, 0, 0, time.UTC), History: time.Hour})
	endpoints := endpointsOf(t, f)
	play(f, func() {})
	values := endpoints.read()
	for _, id := range values.ids() {
		if share := values.sum(id, "budget_used_usd") / values.sum(id, "budget_monthly_usd"); share <= 0 || share > 0.002 {
			t.Errorf("%s has used %g of its budget ten minutes into the month", id, share)
		}
	}
}

func TestInstancesFollowLoad(t *testing.T) {
	f := newFleet(t, fleet.Options{Now: end})
	endpoints := endpointsOf(t, f)
	fewest, most := map[string]float64{}, map[string]float64{}
	before := endpointValues{}
	ids := endpoints.ids()
	play(f, func() {
		values := endpoints.read()
		for _, id := range ids {
			running := values.sum(id, "instances", "state", "current")
			if _, seen := fewest[id]; !seen {
				fewest[id] = running
			}
			fewest[id], most[id] = min(fewest[id], running), max(most[id], running)
			if before.values == nil {
				continue
			}
			zero := before.sum(id, "instances", "state", "current") == 0
			if cold := values.sum(id, "cold_starts_total", "reason", "scaled_to_zero") > before.sum(id, "cold_starts_total", "reason", "scaled_to_zero"); cold && !zero {
				t.Errorf("%s starts from zero at %s, though instances ran", id, f.Now())
			}
			if answers := values.sum(id, "requests_total") > before.sum(id, "requests_total"); answers && running == 0 {
				t.Errorf("%s answers at %s without an instance", id, f.Now())
			}
		}
		before = values
	})
	for _, c := range []struct {
		name, id     string
		fewest, most float64
	}{
		{"busy endpoint", chatEndpoint, 4, 8},
		{"fixed number of instances", fixedEndpoint, 2, 2},
		{"endpoint that scales to zero", idleEndpoint, 0, 1},
	} {
		if fewest[c.id] != c.fewest || most[c.id] != c.most {
			t.Errorf("%s: %g to %g instances, want %g to %g", c.name, fewest[c.id], most[c.id], c.fewest, c.most)
		}
	}
}

func TestCostsAreEqualEachDay(t *testing.T) {
	for _, now := range []time.Time{end, end.Add(-7 * time.Hour), end.Add(9 * time.Hour)} {
		t.Run(now.Format("15:04"), func(t *testing.T) {
			f := newFleet(t, fleet.Options{Now: now})
			endpoints := endpointsOf(t, f)
			last, hours := map[string]float64{}, map[string]map[time.Duration]float64{}
			play(f, func() {
				values := endpoints.read()
				for _, id := range endpoints.ids() {
					cost := values.sum(id, "cost_total")
					if hours[id] == nil {
						hours[id] = map[time.Duration]float64{}
					} else if gained := cost - last[id]; gained > 0 { // the exporter may restart
						hours[id][now.Sub(f.Now()).Truncate(time.Hour)] += gained
					}
					last[id] = cost
				}
			})
			for id, cost := range hours {
				if today, yesterday := cost[0], cost[24*time.Hour]; math.Abs(today/yesterday-1) > 0.1 {
					t.Errorf("%s costs %g USD in the last hour, %g in the same hour of the previous day", id, today, yesterday)
				}
			}
		})
	}
}

// monday is the end of a history in which the load rises after a weekend.
var monday = time.Date(2026, 11, 30, 15, 0, 0, 0, time.UTC)

func TestCostsFollowWeekWithoutAlert(t *testing.T) {
	past := newFleet(t, fleet.Options{Now: monday}).Past(15*simulation.Day, "tensorone")
	endpoints := endpointsOf(t, past)
	minutes, last := map[string][]float64{}, map[string]float64{}
	play(past, func() {
		if past.Now().Second() != 0 {
			return
		}
		values := endpoints.read()
		for _, id := range endpoints.ids() {
			cost := values.sum(id, "cost_total")
			minutes[id] = append(minutes[id], max(0, cost-last[id])) // the exporter may restart
			last[id] = cost
		}
	})
	const hour, day = 60, 24 * 60
	for id, costs := range minutes {
		sums := make([]float64, len(costs)+1) // sums[i] is the cost of the first i minutes
		for i, cost := range costs {
			sums[i+1] = sums[i] + cost
		}
		lowest, highest := math.Inf(1), 0.0
		for i := day + hour; i < len(sums); i++ {
			before := sums[i-day] - sums[i-day-hour]
			if change := (sums[i]-sums[i-hour])/before - 1; before > 0.05 && change > 0.18 {
				t.Fatalf("%s costs %.0f percent more in an hour than the day before; the alert fires above 20 percent", id, 100*change)
			}
			if i%day == 0 {
				daily := sums[i] - sums[i-day]
				lowest, highest = min(lowest, daily), max(highest, daily)
			}
		}
		if id == chatEndpoint && highest/lowest < 1.05 {
			t.Errorf("%s costs %g to %g USD a day, want a difference in a week", id, lowest, highest)
		}
	}
}

func TestLoadGrowsOverPast(t *testing.T) {
	f := newFleet(t, fleet.Options{Now: monday})
	past := f.Past(fleet.PastHistory, "tensorone")
	endpoints := endpointsOf(t, past)
	costs, last := map[bool]float64{}, 0.0 // key: true for the last four weeks, false for the four weeks before
	play(past, func() {
		if past.Now().Second() != 0 {
			return
		}
		cost := endpoints.read().sum(chatEndpoint, "cost_total")
		if age := past.End().Sub(past.Now()); age < 56*simulation.Day {
			costs[age < 28*simulation.Day] += max(0, cost-last)
		}
		last = cost
	})
	if growth := costs[true]/costs[false] - 1; growth < 0.05 || growth > 0.1 {
		t.Errorf("the costs grow by %.1f percent in four weeks, want 5 to 10", 100*growth)
	}

	// The past is the time before the history. The used budget at the beginning of the
	// history continues the used budget at the end of the past.
	before := endpoints.read()
	f.Step()
	after := endpointsOf(t, f).read()
	for _, id := range endpoints.ids() {
		was, is := before.sum(id, "budget_used_usd"), after.sum(id, "budget_used_usd")
		if math.Abs(is/was-1) > 0.01 {
			t.Errorf("%s has used %g USD of its budget at the end of the past, %g after it", id, was, is)
		}
	}
}
