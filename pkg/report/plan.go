package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/report/fetch"
)

// Keys of fields that several functions use.
const (
	latencyBuckets = fetch.LatencyBuckets
	began          = "began"
	covered        = "covered"
	budgetMonth    = "budget_monthly_usd"
	budgetUsed     = "budget_used_usd"
	generated      = "generated_timestamp_seconds"
)

// startOf is the field began. It has a value if the endpoint has samples of requests_total in
// the hour before the window. The endpoint then existed when the window began.
var startOf = field{Key: began, Expr: "group by (" + endpointLabel + ") (present_over_time(" + prefix + "requests_total{SELECTOR}[1h] offset WINDOW))"}

// coverage returns a field that measures how much of the window has samples of a family. The
// field divides the window into intervals as long as the timeframe's shortest granularity. It
// counts the intervals at whose end the family has a current sample.
func (r *Request) coverage(key, family string) field {
	return field{Key: key, Expr: fmt.Sprintf("count_over_time((group by (%s) (%s%s{SELECTOR}))[WINDOW:%s])", endpointLabel, prefix, family, model.Duration(r.finest))}
}

// Names of views. Each view describes a request to Prometheus.
const (
	totalView   = "total"
	pointView   = "points"
	gaugeView   = "gauges"
	hourView    = "hours"
	dayView     = "days"
	monthView   = "month"
	scalingView = "scaling"
)

// spanView returns the name of the view with two intervals: the last span of a given length
// and the span before it.
func spanView(span time.Duration) string { return "span " + model.Duration(span).String() }

var (
	latency  = []field{fetch.Growth("latency_seconds_sum"), fetch.Growth("latency_seconds_count")}
	buckets  = fetch.Growth(latencyBuckets, "le")
	queue    = []field{fetch.Growth("queue_time_seconds_sum"), fetch.Growth("queue_time_seconds_count")}
	requests = fetch.Growth("requests_total", "status")
	failures = fetch.Growth("errors_total", "error_class", "code")
	compute  = fetch.Growth("compute_seconds_total", "activity")
	cold     = fetch.Growth("cold_starts_total", "reason")
	phases   = []field{fetch.Growth("cold_start_duration_seconds_sum", "phase"), fetch.Growth("cold_start_duration_seconds_count", "phase")}
	cost     = fetch.Growth("cost_total", "category", "item")
	cache    = fetch.Growth("cache_requests_total", "result")
	data     = fetch.Growth("data_bytes_total", "direction")
	tokens   = fetch.Growth("tokens_total")
	items    = fetch.Growth("items_total")
)

// info returns the view of the first request. The answer determines which endpoints are
// known. It also contains labels of each endpoint and the current values of some gauges.
func (r *Request) info() view {
	labels := []string{endpointLabel, "tier", "autoscaling"}
	v := view{Name: "now", Intervals: intervals{End: r.end(), Step: 0, N: 1}, Window: r.length, Fields: []field{
		{Key: "known", Expr: "max by (" + strings.Join(labels, ", ") + ") (last_over_time(" + prefix + "info{SELECTOR}[WINDOW]))"},
		fetch.Current("info", labels[1:]...),
	}}
	if r.has(Costs) {
		v.Fields = append(v.Fields, fetch.Current(budgetMonth), fetch.Current(budgetUsed), fetch.Current(generated))
	}
	if r.has(Resources) {
		v.Fields = append(v.Fields, fetch.Current("instances", "state"))
	}
	return v
}

// Expressions returns the expressions of Run. Package guard must permit them before Run.
func (r *Request) Expressions() []promapi.Expression {
	return fetch.Expressions(append(r.views(), r.info()), r.ids)
}

// views returns the views of all requests except the first.
func (r *Request) views() []view {
	views := r.spans()
	add := func(name string, step time.Duration, n int, fields []field) {
		if len(fields) > 0 {
			views = append(views, view{Name: name, Intervals: intervals{End: r.end(), Step: step, N: n}, Window: max(step, 4*r.scrape), Fields: fields})
		}
	}
	add(pointView, r.step(), int(r.length/r.step()), r.pointFields())
	add(gaugeView, r.step(), int(r.length/r.step()), r.gaugeFields())
	if r.has(Usage) {
		hours := intervals{End: r.now.Truncate(hour), Step: hour, N: max(1, int(r.length/hour))}
		views = append(views, view{Name: hourView, Intervals: hours, Window: max(hour, 4*r.scrape), Fields: append([]field{requests}, latency...)})
	}
	if r.has(Costs) {
		add(dayView, day, max(7, int(r.length/day)), []field{cost, startOf})
		if elapsed := r.end().Sub(monthOf(r.end())); elapsed > 0 && len(r.settings.Budgets) > 0 {
			views = append(views, view{Name: monthView, Intervals: intervals{End: r.end(), Step: 0, N: 1}, Window: elapsed, Fields: []field{cost}})
		}
	}
	if r.has(Resources) {
		by := endpointLabel + ", action, reason"
		scaled := func(what string) field {
			family := "scaling_duration_seconds_" + what
			return field{Key: family, Expr: fmt.Sprintf("sum by (%s) (increase(%s%s{SELECTOR}[WINDOW])) > 0", by, prefix, family)}
		}
		// The window also covers the previous step, because increase omits the growth between
		// the last sample of a window and the first sample of the next window.
		views = append(views, view{Name: scalingView, Intervals: intervals{End: r.end(), Step: r.scaling, N: 1 + int(r.length/r.scaling)}, Window: max(2*r.scaling, 4*r.scrape), Fields: []field{
			{Key: "instances", Expr: "max by (" + endpointLabel + ") (" + prefix + `instances{state="current",SELECTOR})`}, scaled("sum"), scaled("count"),
		}})
	}
	for i, v := range views {
		views[i] = r.addPriced(v)
	}
	return views
}

// spans returns the views of totals and trends. Each view has two intervals: the last span
// and the span before it. Fields with the same span share a view.
func (r *Request) spans() []view {
	fields := map[time.Duration][]field{r.length: r.totalFields()}
	if r.has(Performance) {
		fields[hour] = append(fields[hour], append(latency, startOf)...)
		fields[day] = append(fields[day], append(latency, startOf)...)
	}
	if r.has(Costs) {
		fields[day] = append(fields[day], cost, startOf)
	}
	if r.cost {
		fields[week] = append(fields[week], cost, startOf)
	}
	var views []view
	for _, span := range []time.Duration{hour, 6 * hour, day, week, 30 * day} {
		if list := fetch.Distinct(fields[span]); len(list) > 0 {
			views = append(views, view{Name: spanView(span), Intervals: intervals{End: r.end(), Step: span, N: 2}, Window: span, Fields: list})
		}
	}
	return views
}

func (r *Request) totalFields() []field {
	fields := []field{cost, compute, cold, startOf}
	if r.has(Costs, Usage) {
		fields = append(fields, cache)
	}
	if r.has(Costs) {
		fields = append(fields, r.coverage(covered, "cost_total"))
	}
	if !r.whole {
		return fields
	}
	fields = append(append(append(fields, requests, buckets), latency...), queue...)
	if r.has(Performance, Errors) {
		fields = append(fields, failures)
	}
	if r.has(Performance) {
		fields = append(fields, phases...)
	}
	if r.has(Usage) {
		fields = append(fields, data)
	}
	return fields
}

func (r *Request) pointFields() (fields []field) {
	if r.has(Performance) {
		fields = append(append(fields, latency...), buckets, tokens, items)
	}
	if r.has(Performance, Errors) {
		fields = append(fields, requests, failures)
	}
	if r.has(Costs) {
		fields = append(fields, cost, cache)
	}
	return fields
}

func (r *Request) gaugeFields() (fields []field) {
	if r.has(Performance) {
		fields = append(fields, fetch.Over("min", "latency_min_seconds", ""), fetch.Over("max", "latency_max_seconds", ""))
	}
	if r.has(Resources, Costs) {
		for _, function := range []string{"avg", "max"} {
			fields = append(fields, fetch.Over(function, "gpu_memory_bytes", stateUsed), fetch.Over(function, "gpu_memory_bytes", stateAllocated))
		}
	}
	if r.has(Resources) {
		for _, function := range []string{"avg", "max"} {
			for _, family := range []string{"gpu_utilization", "gpu_flops", "cpu_utilization"} {
				fields = append(fields, fetch.Over(function, family, ""))
			}
			fields = append(fields, fetch.Over(function, "memory_bytes", stateAllocated))
		}
		fields = append(fields, fetch.Over("avg", "gpu_temperature_celsius", ""), fetch.Over("avg", "gpu_memory_bandwidth_bytes_per_second", ""), fetch.Over("avg", "memory_bytes", stateUsed))
	}
	return fields
}

const (
	stateUsed      = `state="used"`
	stateAllocated = `state="allocated"`
)
