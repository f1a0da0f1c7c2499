package report

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/util/teststorage"
)

// now is on a Wednesday and not at the start of a minute.
var now = time.Date(2026, 3, 18, 14, 38, 22, 0, time.UTC)

const (
	scrapeOffset = 7 * time.Second // time of a sample after the start of a minute
	coarse       = 5 * time.Minute // interval between old samples
	fine         = time.Minute     // interval between recent samples
	recent       = 50 * time.Hour
	history      = 61 * 24 * time.Hour
)

// life defines the lifetime and the load of an endpoint.
type life struct {
	id, tier, autoscaling string
	born, gone            time.Duration // durations before now
	restarts              []time.Duration
	toZero                bool
	rate                  float64 // average number of requests per second in the busiest hour
	budget                float64 // in USD per month; 0 exports no budget
	memory                float64 // share of the GPU's memory in use
	textual               bool    // exports the number of tokens
	unbilled              bool    // exports no costs
}

var lives = []life{
	{id: "ep_steady", tier: "premium", autoscaling: "true", born: history, restarts: []time.Duration{20 * 24 * time.Hour, 3*time.Hour + 20*time.Minute, 31 * time.Minute}, rate: 2, budget: 900, memory: 0.6, textual: true},
	{id: "ep_born", tier: "standard", autoscaling: "false", born: 3*24*time.Hour + 5*time.Hour, rate: 0.4, budget: 90, memory: 0.3},
	{id: "ep_newborn", tier: "standard", autoscaling: "true", born: 41 * time.Minute, rate: 1, memory: 0.5, textual: true},
	{id: "ep_zero", tier: "", autoscaling: "true", born: history, toZero: true, rate: 0.1, budget: 20, memory: 0.3},
	{id: "ep_gone", tier: "premium", autoscaling: "true", born: history, gone: 32 * time.Minute, rate: 0.7, budget: 700, memory: 0.7, textual: true},
	{id: "ep_unbilled", tier: "premium", autoscaling: "true", born: 9*24*time.Hour + 7*time.Hour, restarts: []time.Duration{50 * time.Minute}, rate: 0.5, memory: 0.5, unbilled: true},
}

// crowd contains further endpoints. lives and crowd together have 50 endpoints, which is the
// maximum of a batch.
var crowd = func() (young []life) {
	for i := range 50 - len(lives) {
		young = append(young, life{id: fmt.Sprintf("ep_crowd_%02d", i), tier: "standard", autoscaling: "false", born: 50 * time.Minute, rate: 0.2, memory: 0.5})
	}
	return young
}()

var latencyBounds = []float64{0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 7.5, 10, 20, 30, 60, 120, math.Inf(1)}

var costItems = [][2]string{
	{"compute", "inference"}, {"compute", "idle"}, {"storage", "models"}, {"storage", "outputs"}, {"network", "ingress"}, {"network", "egress"},
	{"other", "cold_starts"}, {"other", "monitoring"}, {"other", "logging"},
}

// exporter simulates an endpoint and exports its metrics.
type exporter struct {
	life
	rng       *rand.Rand
	names     []labels.Labels
	refs      []storage.SeriesRef
	values    []float64
	isCounter []bool
	place     map[string]int
	instances float64
	used      float64 // used part of the month's budget, in USD
	at        time.Time
	down      int // number of scrapes that still fail
}

func newExporter(l life, seed uint64) *exporter {
	return &exporter{life: l, rng: rand.New(rand.NewPCG(seed, 16)), place: map[string]int{}, instances: 1, used: l.budget / 3}
}

func (e *exporter) series(isCounter bool, family string, pairs ...string) *float64 {
	key := family
	for _, text := range pairs {
		key += "\xff" + text
	}
	at, known := e.place[key]
	if !known {
		at = len(e.values)
		e.place[key] = at
		e.names = append(e.names, labels.FromStrings(append(pairs, "__name__", "tensorone_endpoint_"+family, "endpoint_id", e.id, "job", "tensorone")...))
		e.refs, e.values, e.isCounter = append(e.refs, 0), append(e.values, 0), append(e.isCounter, isCounter)
	}
	return &e.values[at]
}

func (e *exporter) add(v float64, family string, pairs ...string) {
	*e.series(true, family, pairs...) += v
}

func (e *exporter) set(v float64, family string, pairs ...string) {
	*e.series(false, family, pairs...) = v
}

// wanted returns the target number of instances at time t.
func (e *exporter) wanted(t time.Time) float64 {
	hour, minute := t.Hour(), t.Minute()
	switch {
	case e.toZero && t.After(now.Add(-2*time.Hour)):
		return 0
	case e.toZero:
		return float64((hour / 3) % 2)
	case hour >= 9 && hour < 18 && (hour != 12 || minute < 30):
		return 4
	case hour >= 7:
		return 2
	}
	return 1
}

func (e *exporter) step(t time.Time, dt float64) {
	busy := 1.0
	if day := t.Weekday(); day == time.Saturday || day == time.Sunday {
		busy = 0.4
	}
	e.scale(t)
	n := 0.0
	if e.instances > 0 {
		n = math.Floor(e.rate * busy * (0.6 + 0.4*math.Sin(float64(t.Hour()-9)/12*math.Pi)) * dt * (0.7 + 0.6*e.rng.Float64()))
	}
	if e.toZero && e.rng.Float64() < 0.5 {
		n = 0
	}
	failed := 0.0
	for _, failure := range [][2]string{{"user", "400"}, {"user", "422"}, {"timeout", "504"}, {"resource", "503"}, {"internal", "500"}} {
		count := math.Floor(n * 0.02 * e.rng.Float64())
		e.add(count, "errors_total", "error_class", failure[0], "code", failure[1])
		failed += count
	}
	e.add(n-failed, "requests_total", "status", "success")
	e.add(failed, "requests_total", "status", "error")
	e.latencies(n)
	e.add(n*0.1*(1+e.rng.Float64()), "queue_time_seconds_sum")
	e.add(n, "queue_time_seconds_count")
	if e.textual {
		e.add(n*400, "tokens_total", "direction", "input")
		e.add(math.Floor(n*150*e.rng.Float64()), "tokens_total", "direction", "output")
	}
	e.add(n*3, "items_total")
	e.add(n*5e4, "data_bytes_total", "direction", "input")
	e.add(math.Floor(n*2e4*e.rng.Float64()), "data_bytes_total", "direction", "output")
	hits := math.Floor(n * 0.4 * e.rng.Float64())
	e.add(hits, "cache_requests_total", "result", "hit")
	e.add(n-hits, "cache_requests_total", "result", "miss")
	worked := min(n*0.9, 0.9*e.instances*dt)
	e.add(0.95*worked, "compute_seconds_total", "activity", "gpu")
	e.add(0.05*worked, "compute_seconds_total", "activity", "cpu")
	e.add(e.instances*dt-worked, "compute_seconds_total", "activity", "idle")
	e.bill(t, dt, n, worked)
	e.gauges(t, worked/max(1, e.instances*dt))
}

func (e *exporter) scale(t time.Time) {
	to := e.wanted(t)
	for _, s := range [][2]string{{"scale_up", "high_request_volume"}, {"scale_up", "first_request"}, {"scale_down", "low_request_volume"}, {"scale_down", "idle"}} {
		count := 0.0
		switch {
		case to > e.instances && s[0] == "scale_up" && (e.instances == 0) == (s[1] == "first_request"):
			count = 1 + math.Floor(2*e.rng.Float64())
		case to < e.instances && s[0] == "scale_down" && (to == 0) == (s[1] == "idle"):
			count = 1
		}
		e.add(count, "scaling_duration_seconds_count", "action", s[0], "reason", s[1])
		e.add(count*(20+30*e.rng.Float64()), "scaling_duration_seconds_sum", "action", s[0], "reason", s[1])
	}
	started := max(0, to-e.instances)
	for _, reason := range []string{"scale_up", "scaled_to_zero"} {
		count := 0.0
		if (e.instances == 0) == (reason == "scaled_to_zero") {
			count = started
		}
		e.add(count, "cold_starts_total", "reason", reason)
	}
	for phase, seconds := range map[string]float64{"container_start": 12.5, "model_load": 18.7, "dependency_load": 3} {
		e.add(started*seconds, "cold_start_duration_seconds_sum", "phase", phase)
		e.add(started, "cold_start_duration_seconds_count", "phase", phase)
	}
	if !e.unbilled {
		e.add(started*0.02, "cost_total", "category", "other", "item", "cold_starts")
	}
	e.instances = to
	e.set(to, "instances", "state", "current")
	e.set(e.wanted(t.Add(time.Minute)), "instances", "state", "target")
}

func (e *exporter) latencies(n float64) {
	var counts [15]float64
	sum, fastest, slowest := 0.0, 0.0, 0.0
	groups := min(n, 8)
	for range int(groups) {
		seconds := 1.2 * math.Exp(0.8*e.rng.NormFloat64())
		sum += seconds * n / groups
		for i, bound := range latencyBounds {
			if seconds <= bound {
				counts[i] += n / groups
			}
		}
		if fastest == 0 || seconds < fastest {
			fastest = seconds
		}
		slowest = max(slowest, seconds)
	}
	for i, bound := range latencyBounds {
		e.add(counts[i], "latency_seconds_bucket", "le", strconv.FormatFloat(bound, 'f', -1, 64))
	}
	e.add(sum, "latency_seconds_sum")
	e.add(n, "latency_seconds_count")
	if n > 0 {
		e.set(fastest, "latency_min_seconds")
		e.set(slowest, "latency_max_seconds")
	}
}

func (e *exporter) bill(t time.Time, dt, n, worked float64) {
	if e.unbilled {
		return
	}
	hours := dt / 3600
	month := func(t time.Time) time.Month { return t.Month() }
	if !e.at.IsZero() && month(e.at) != month(t) {
		e.used = 0
	}
	e.at = t
	for i, usd := range []float64{worked / 3600 * 1.1, (e.instances*dt - worked) / 3600 * 1.1, 0.02 * hours, 0.013 * hours, n * 1e-5, n * 3e-5 * e.rng.Float64(), 0, 0.01 * hours, n * 2e-6} {
		e.add(usd, "cost_total", "category", costItems[i][0], "item", costItems[i][1])
		e.used += usd
	}
	if e.budget > 0 {
		e.set(e.budget, "budget_monthly_usd")
		e.set(e.used, "budget_used_usd")
	}
}

func (e *exporter) gauges(t time.Time, utilization float64) {
	on := min(1, e.instances)
	noise := func() float64 { return 0.9 + 0.2*e.rng.Float64() }
	e.set(1, "info", "name", e.id+" for people", "model", "m", "gpu_type", "A100-40GB", "tier", e.tier, "autoscaling", e.autoscaling)
	e.set(float64(t.Truncate(time.Minute).Unix()), "generated_timestamp_seconds")
	e.set(on*95*utilization*noise(), "gpu_utilization")
	e.set(on*40e9*e.memory*noise(), "gpu_memory_bytes", "state", "used")
	e.set(on*40e9, "gpu_memory_bytes", "state", "allocated")
	e.set(on*(40+30*utilization*noise()), "gpu_temperature_celsius")
	e.set(on*180e12*utilization*noise(), "gpu_flops")
	e.set(on*1400e9*utilization*noise(), "gpu_memory_bandwidth_bytes_per_second")
	e.set(on*(10+40*utilization)*noise(), "cpu_utilization")
	e.set(on*64e9*0.4*noise(), "memory_bytes", "state", "used")
	e.set(on*64e9, "memory_bytes", "state", "allocated")
}

// scrape appends a sample of each series or, if isStale is true, a staleness marker.
func (e *exporter) scrape(t *testing.T, app storage.Appender, at time.Time, isStale bool) {
	t.Helper()
	for i, v := range e.values {
		if isStale {
			v = math.Float64frombits(value.StaleNaN)
		}
		ref, err := app.Append(e.refs[i], e.names[i], at.UnixMilli(), v)
		if err != nil {
			t.Fatal(err)
		}
		e.refs[i] = ref
	}
}

// write returns a Prometheus storage with the history of all endpoints.
func write(t *testing.T) *teststorage.TestStorage {
	t.Helper()
	data := teststorage.New(t)
	var exporters []*exporter
	for i, l := range slices.Concat(lives, crowd) {
		exporters = append(exporters, newExporter(l, uint64(i)))
	}
	dt := coarse
	for at := now.Add(-history).Truncate(coarse).Add(scrapeOffset); !at.After(now); at = at.Add(dt) {
		if now.Sub(at) < recent {
			dt = fine
		}
		app := data.Appender(t.Context())
		for _, e := range exporters {
			e.advance(t, app, at, dt)
		}
		if err := app.Commit(); err != nil {
			t.Fatal(err)
		}
	}
	return data
}

func (e *exporter) advance(t *testing.T, app storage.Appender, at time.Time, dt time.Duration) {
	t.Helper()
	age, wasAge := now.Sub(at), now.Sub(at)+dt
	switch {
	case age > e.born || wasAge <= e.gone:
		return
	case e.values == nil: // the first scrape: every counter is 0
		e.step(at, 0)
		clear(e.values)
		e.step(at, 0)
	case age <= e.gone:
		e.scrape(t, app, at, true)
		return
	default:
		e.step(at, dt.Seconds())
	}
	for _, restart := range e.restarts {
		if age <= restart && wasAge > restart {
			e.down = 2
		}
	}
	if e.down > 0 {
		for i := range e.values {
			if e.isCounter[i] {
				e.values[i] = 0
			}
		}
		if e.down--; e.down == 1 {
			e.scrape(t, app, at, true)
		}
		return
	}
	e.scrape(t, app, at, false)
}
