package report

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/common/model"
)

const (
	prefix        = "tensorone_endpoint_"
	endpointLabel = "endpoint_id"
	fieldLabel    = "field" // contains the key of the field in an answer
)

// field is a part of a request: an expression whose series are distinguished from those of
// other fields by its key. In the expression, SELECTOR is the placeholder for the matchers of the
// endpoints, and WINDOW that for the window.
type field struct{ key, expr string }

// Keys of fields that more than one expression uses.
const (
	latencyBuckets = "latency_seconds_bucket"
	began          = "began"
	covered        = "covered"
	budgetMonth    = "budget_monthly_usd"
	budgetUsed     = "budget_used_usd"
	generated      = "generated_timestamp_seconds"
)

// growth is the increase of a counter.
func growth(family string, by ...string) field {
	return field{family, fmt.Sprintf("sum by (%s) (increase(%s%s{SELECTOR}[WINDOW]))", strings.Join(append([]string{endpointLabel}, by...), ", "), prefix, family)}
}

// over is a function over the window of a gauge, with the function's name before the key.
func over(function, family, matchers string) field {
	key := function + " " + family
	if matchers != "" {
		key += " " + matchers
		matchers += ","
	}
	return field{key, fmt.Sprintf("max by (%s) (%s_over_time(%s%s{%sSELECTOR}[WINDOW]))", endpointLabel, function, prefix, family, matchers)}
}

// current is a gauge at one time.
func current(family string, by ...string) field {
	return field{family, fmt.Sprintf("max by (%s) (%s%s{SELECTOR})", strings.Join(append([]string{endpointLabel}, by...), ", "), prefix, family)}
}

// startOf exists if the endpoint has samples in the hour before the window.
var startOf = field{began, "group by (" + endpointLabel + ") (present_over_time(" + prefix + "requests_total{SELECTOR}[1h] offset WINDOW))"}

// coverage counts the finest intervals of the timeframe at whose end the endpoint exports
// a family.
func (r *Request) coverage(key, family string) field {
	return field{key, fmt.Sprintf("count_over_time((group by (%s) (%s%s{SELECTOR}))[WINDOW:%s])", endpointLabel, prefix, family, model.Duration(r.finest))}
}

// view is a request to Prometheus: fields over the intervals of a grid.
type view struct {
	name   string
	grid   grid
	window time.Duration
	fields []field
}

// Names of views.
const (
	totalView   = "total"
	pointView   = "points"
	gaugeView   = "gauges"
	hourView    = "hours"
	dayView     = "days"
	monthView   = "month"
	scalingView = "scaling"
)

// spanView is the name of the view of the last span and the one before.
func spanView(span time.Duration) string { return "span " + model.Duration(span).String() }

var (
	latency  = []field{growth("latency_seconds_sum"), growth("latency_seconds_count")}
	buckets  = growth(latencyBuckets, "le")
	queue    = []field{growth("queue_time_seconds_sum"), growth("queue_time_seconds_count")}
	requests = growth("requests_total", "status")
	failures = growth("errors_total", "error_class", "code")
	compute  = growth("compute_seconds_total", "activity")
	cold     = growth("cold_starts_total", "reason")
	phases   = []field{growth("cold_start_duration_seconds_sum", "phase"), growth("cold_start_duration_seconds_count", "phase")}
	cost     = growth("cost_total", "category", "item")
	cache    = growth("cache_requests_total", "result")
	data     = growth("data_bytes_total", "direction")
	tokens   = growth("tokens_total")
	items    = growth("items_total")
)

// info is the first request: it also says which endpoints are known. Its fields have
// labels that last for the timeframe or that are current.
func (r *Request) info() view {
	labels := []string{endpointLabel, "tier", "autoscaling"}
	v := view{"now", grid{r.end(), 0, 1}, r.length, []field{
		{"known", "max by (" + strings.Join(labels, ", ") + ") (last_over_time(" + prefix + "info{SELECTOR}[WINDOW]))"},
		current("info", labels[1:]...),
	}}
	if r.has(Costs) {
		v.fields = append(v.fields, current(budgetMonth), current(budgetUsed), current(generated))
	}
	if r.has(Resources) {
		v.fields = append(v.fields, current("instances", "state"))
	}
	return v
}

// views are the other requests.
func (r *Request) views() []view {
	views := r.spans()
	add := func(name string, step time.Duration, n int, fields []field) {
		if len(fields) > 0 {
			views = append(views, view{name, grid{r.end(), step, n}, max(step, 4*r.scrape), fields})
		}
	}
	add(pointView, r.step(), int(r.length/r.step()), r.pointFields())
	add(gaugeView, r.step(), int(r.length/r.step()), r.gaugeFields())
	if r.has(Usage) {
		hours := grid{r.now.Truncate(hour), hour, max(1, int(r.length/hour))}
		views = append(views, view{hourView, hours, max(hour, 4*r.scrape), append([]field{requests}, latency...)})
	}
	if r.has(Costs) {
		add(dayView, day, max(7, int(r.length/day)), []field{cost, startOf})
		if elapsed := r.end().Sub(monthOf(r.end())); elapsed > 0 && len(r.settings.Budgets) > 0 {
			views = append(views, view{monthView, grid{r.end(), 0, 1}, elapsed, []field{cost}})
		}
	}
	if r.has(Resources) {
		by := endpointLabel + ", action, reason"
		scaled := func(what string) field {
			family := "scaling_duration_seconds_" + what
			return field{family, fmt.Sprintf("sum by (%s) (increase(%s%s{SELECTOR}[WINDOW])) > 0", by, prefix, family)}
		}
		// The window includes the step before, since increase doesn't see a growth between
		// the last sample of a window and the first of the next one.
		views = append(views, view{scalingView, grid{r.end(), r.scaling, 1 + int(r.length/r.scaling)}, max(2*r.scaling, 4*r.scrape), []field{
			{"instances", "max by (" + endpointLabel + ") (" + prefix + `instances{state="current",SELECTOR})`}, scaled("sum"), scaled("count"),
		}})
	}
	for i, v := range views {
		views[i] = r.addPriced(v)
	}
	return views
}

// spans are the views of totals and trends: two intervals each. Views over the same span
// are one.
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
		if list := distinct(fields[span]); len(list) > 0 {
			views = append(views, view{spanView(span), grid{r.end(), span, 2}, span, list})
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
		fields = append(fields, over("min", "latency_min_seconds", ""), over("max", "latency_max_seconds", ""))
	}
	if r.has(Resources, Costs) {
		for _, function := range []string{"avg", "max"} {
			fields = append(fields, over(function, "gpu_memory_bytes", stateUsed), over(function, "gpu_memory_bytes", stateAllocated))
		}
	}
	if r.has(Resources) {
		for _, function := range []string{"avg", "max"} {
			for _, family := range []string{"gpu_utilization", "gpu_flops", "cpu_utilization"} {
				fields = append(fields, over(function, family, ""))
			}
			fields = append(fields, over(function, "memory_bytes", stateAllocated))
		}
		fields = append(fields, over("avg", "gpu_temperature_celsius", ""), over("avg", "gpu_memory_bandwidth_bytes_per_second", ""), over("avg", "memory_bytes", stateUsed))
	}
	return fields
}

const (
	stateUsed      = `state="used"`
	stateAllocated = `state="allocated"`
)

func distinct(fields []field) []field {
	var list []field
	for _, f := range fields {
		if !slices.Contains(list, f) {
			list = append(list, f)
		}
	}
	return list
}

// expr is a view's expression for some endpoints.
func (v view) expr(ids []string) string {
	replacer := strings.NewReplacer("SELECTOR", selector(ids), "WINDOW", model.Duration(v.window).String())
	terms := make([]string, len(v.fields))
	for i, f := range v.fields {
		terms[i] = fmt.Sprintf("label_replace(%s, %q, %s, \"\", \"\")", replacer.Replace(f.expr), fieldLabel, quoted(strings.ReplaceAll(f.key, "$", "$$")))
	}
	return strings.Join(terms, " or ")
}

// selector returns the matcher of some endpoints.
func selector(ids []string) string {
	if len(ids) == 1 {
		return endpointLabel + "=" + quoted(ids[0])
	}
	literal := make([]string, len(ids))
	for i, id := range ids {
		literal[i] = regexp.QuoteMeta(id)
	}
	return endpointLabel + "=~" + quoted(strings.Join(literal, "|"))
}

// quoted returns a PromQL string literal. PromQL takes U+FFFD for an invalid byte unless
// it is escaped.
func quoted(text string) string {
	return strings.ReplaceAll(strconv.Quote(text), "\uFFFD", `\ufffd`)
}
