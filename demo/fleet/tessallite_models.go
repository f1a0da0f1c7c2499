package fleet

import (
	"math"
	"math/rand/v2"
)

var (
	protocols  = []string{"SQL", "DAX"}
	routeTypes = []string{"source", "aggregate", "pocket"}
	// scanned is the share of a model's bytes that a query reads on each of
	// routeTypes.
	scanned        = []float64{1, 0.05, 0.004}
	errorTypes     = []string{"timeout", "source_unavailable", "invalid_query"}
	modelErrorRate = []float64{0.0012, 0.0008, 0.003}
	queryBounds    = []float64{0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120}
)

// semanticModel is what users query, with its queries per second at its
// tenant's peak.
type semanticModel struct {
	tenant, project, name string
	rate                  float64
	latency               duration
	dax                   float64    // share of the DAX queries
	routes                [3]float64 // shares of routeTypes
	bytesPerQuery         float64    // when it goes to the source
	rowsPerQuery          float64
}

// A project belongs to one tenant, and model names are unique.
var models = []semanticModel{
	{"aurora-retail", "storefront", "sales_orders", 9, duration{0.35, 0.8}, 0.35, [3]float64{0.12, 0.66, 0.22}, 260e6, 420},
	{"aurora-retail", "storefront", "web_sessions", 5, duration{0.5, 0.8}, 0.1, [3]float64{0.2, 0.6, 0.2}, 410e6, 260},
	{"aurora-retail", "storefront", "basket_analysis", 1.6, duration{1.1, 0.7}, 0.25, [3]float64{0.3, 0.6, 0.1}, 600e6, 180},
	{"aurora-retail", "supply-chain", "inventory_levels", 3.2, duration{0.4, 0.7}, 0.5, [3]float64{0.15, 0.7, 0.15}, 190e6, 350},
	{"aurora-retail", "supply-chain", "demand_forecast", 0.9, duration{4.2, 0.5}, 0.2, [3]float64{0.55, 0.4, 0.05}, 1500e6, 90},
	{"borealis-bank", "risk", "credit_exposure", 2.4, duration{0.8, 0.7}, 0.7, [3]float64{0.25, 0.6, 0.15}, 340e6, 140},
	{"borealis-bank", "risk", "fraud_signals", 3.8, duration{0.22, 0.7}, 0.15, [3]float64{0.1, 0.5, 0.4}, 120e6, 60},
	{"borealis-bank", "treasury", "liquidity_ladder", 1.1, duration{1.6, 0.6}, 0.8, [3]float64{0.35, 0.6, 0.05}, 520e6, 75},
	{"cirrus-logistics", "fleet-ops", "route_costs", 1.8, duration{0.6, 0.7}, 0.4, [3]float64{0.18, 0.62, 0.2}, 150e6, 210},
	{"cirrus-logistics", "fleet-ops", "delivery_times", 1.2, duration{0.45, 0.7}, 0.3, [3]float64{0.15, 0.65, 0.2}, 110e6, 240},
	{"delta-health", "clinics", "appointments", 0.8, duration{0.3, 0.6}, 0.6, [3]float64{0.2, 0.7, 0.1}, 40e6, 120},
	{"delta-health", "research", "trial_outcomes", 0.6, duration{5.5, 0.5}, 0.1, [3]float64{0.6, 0.38, 0.02}, 900e6, 480},
}

// The models that an incident picks.
const (
	bypassedModel = "appointments"  // small, so that its scans stay a small part of all
	brokenTenant  = "borealis-bank" // whose source is unreachable during errors
	slowMedian    = 4               // seconds; a model as slow as this suffers from latency
)

var tenantPeaks = map[string]float64{"aurora-retail": 17, "borealis-bank": 10, "cirrus-logistics": 6, "delta-health": 13}

// modelUsage is what the query-router counts per model.
type modelUsage struct {
	rng     *rand.Rand
	tenants map[string]*drift
	models  []*modelState
}

type modelState struct {
	semanticModel
	flows      []flow // of the queries, by protocol and route type
	errorFlows []flow // by error type
	queries    []*point
	errors     []*point
	seconds    *distribution
	bytes      *point
	rows       *point
	volume     drift
}

func newModelUsage(t *Target, rng *rand.Rand) *modelUsage {
	const tenant, project, name = "tenant", "project", "model_name"
	queries := t.counter("tessallite_model_queries_total", "Queries to a model, failed ones included; protocol is SQL or DAX, route_type source, aggregate or pocket.", tenant, project, name, "protocol", "route_type")
	failures := t.counter("tessallite_model_query_errors_total", "Failed queries to a model.", tenant, project, name, "error_type")
	seconds := t.histogram("tessallite_model_query_duration_seconds", "Execution time of a model's queries.", queryBounds, tenant, project, name)
	bytes := t.counter("tessallite_model_bytes_processed_total", "Bytes that a model's queries scanned.", tenant, project, name)
	rows := t.counter("tessallite_model_rows_returned_total", "Rows that a model's queries returned.", tenant, project, name)

	u := &modelUsage{rng: rng, tenants: map[string]*drift{}}
	for _, m := range models {
		s := &modelState{
			semanticModel: m,
			seconds:       seconds.with(m.tenant, m.project, m.name),
			bytes:         bytes.with(m.tenant, m.project, m.name),
			rows:          rows.with(m.tenant, m.project, m.name),
		}
		for _, protocol := range protocols {
			for _, routeType := range routeTypes {
				s.flows = append(s.flows, newFlow(rng))
				s.queries = append(s.queries, queries.with(m.tenant, m.project, m.name, protocol, routeType))
			}
		}
		for _, errorType := range errorTypes {
			s.errorFlows = append(s.errorFlows, newFlow(rng))
			s.errors = append(s.errors, failures.with(m.tenant, m.project, m.name, errorType))
		}
		u.tenants[m.tenant] = &drift{}
		u.models = append(u.models, s)
	}
	return u
}

func (u *modelUsage) step(m Moment) {
	load := make(map[string]float64, len(u.tenants))
	for _, s := range u.models {
		if _, known := load[s.tenant]; !known {
			load[s.tenant] = daily(m.Time, tenantPeaks[s.tenant]) * u.tenants[s.tenant].next(u.rng) * Interval.Seconds()
		}
		s.step(m, load[s.tenant], u.rng)
	}
}

// step takes the tenant's load: seconds of its peak in this step.
func (s *modelState) step(m Moment, load float64, rng *rand.Rand) {
	routes := s.routes
	if m.during(bypassIncident) && s.name == bypassedModel {
		routes = [3]float64{0.98, 0.015, 0.005}
	}
	perSource := s.bytesPerQuery * s.volume.next(rng)
	if m.during(scanIncident) {
		perSource *= 6
	}
	expected := s.rate * load * jitter(rng)
	n, scans := 0.0, 0.0
	for i, share := range []float64{1 - s.dax, s.dax} {
		for j := range routeTypes {
			at := i*len(routeTypes) + j
			queries := s.flows[at].events(expected*share*routes[j], math.Inf(1))
			s.queries[at].add(queries)
			n += queries
			scans += queries * scanned[j]
		}
	}
	s.bytes.add(math.Round(scans * perSource * jitter(rng)))

	failed := 0.0
	for i, rate := range modelErrorRate {
		if errorTypes[i] == "source_unavailable" && m.during(errorsIncident) && s.tenant == brokenTenant {
			rate = 0.18
		}
		errors := s.errorFlows[i].events(n*rate*jitter(rng), n-failed)
		s.errors[i].add(errors)
		failed += errors
	}
	s.rows.add(math.Round((n - failed) * s.rowsPerQuery * jitter(rng)))

	latency := s.latency
	if m.during(latencyIncident) && latency.median > slowMedian {
		latency = latency.times(7)
	}
	s.seconds.observe(n, latency, rng)
}
