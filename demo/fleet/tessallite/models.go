package tessallite

import (
	"math"
	"math/rand/v2"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/demo/fleet/incident"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/simulation"
)

var (
	protocols  = []string{"SQL", "DAX"}
	routeTypes = []string{"source", "aggregate", "pocket"}
	// scanned contains a factor for each of the routeTypes: the bytes that a query scans,
	// divided by the bytes that a query to the source scans.
	scanned        = []float64{1, 0.05, 0.004}
	errorTypes     = []string{"timeout", "source_unavailable", "invalid_query"}
	modelErrorRate = []float64{0.0012, 0.0008, 0.003}
	queryBounds    = []float64{0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120}
)

// semanticModel is a model that users query, with its load.
type semanticModel struct {
	tenant, project, name string
	rate                  float64 // queries per second at the tenant's peak
	latency               simulation.LogNormal
	dax                   float64    // share of DAX queries
	routes                [3]float64 // shares of routeTypes
	bytesPerQuery         float64    // bytes that a query to the source scans
	rowsPerQuery          float64
}

// A project belongs to one tenant, and model names are unique.
var models = []semanticModel{
	{"aurora-retail", "storefront", "sales_orders", 9, simulation.Seconds(0.35, 0.8), 0.35, [3]float64{0.12, 0.66, 0.22}, 260e6, 420},
	{"aurora-retail", "storefront", "web_sessions", 5, simulation.Seconds(0.5, 0.8), 0.1, [3]float64{0.2, 0.6, 0.2}, 410e6, 260},
	{"aurora-retail", "storefront", "basket_analysis", 1.6, simulation.Seconds(1.1, 0.7), 0.25, [3]float64{0.3, 0.6, 0.1}, 600e6, 180},
	{"aurora-retail", "supply-chain", "inventory_levels", 3.2, simulation.Seconds(0.4, 0.7), 0.5, [3]float64{0.15, 0.7, 0.15}, 190e6, 350},
	{"aurora-retail", "supply-chain", "demand_forecast", 0.9, simulation.Seconds(4.2, 0.5), 0.2, [3]float64{0.55, 0.4, 0.05}, 1500e6, 90},
	{"borealis-bank", "risk", "credit_exposure", 2.4, simulation.Seconds(0.8, 0.7), 0.7, [3]float64{0.25, 0.6, 0.15}, 340e6, 140},
	{"borealis-bank", "risk", "fraud_signals", 3.8, simulation.Seconds(0.22, 0.7), 0.15, [3]float64{0.1, 0.5, 0.4}, 120e6, 60},
	{"borealis-bank", "treasury", "liquidity_ladder", 1.1, simulation.Seconds(1.6, 0.6), 0.8, [3]float64{0.35, 0.6, 0.05}, 520e6, 75},
	{"cirrus-logistics", "fleet-ops", "route_costs", 1.8, simulation.Seconds(0.6, 0.7), 0.4, [3]float64{0.18, 0.62, 0.2}, 150e6, 210},
	{"cirrus-logistics", "fleet-ops", "delivery_times", 1.2, simulation.Seconds(0.45, 0.7), 0.3, [3]float64{0.15, 0.65, 0.2}, 110e6, 240},
	{"delta-health", "clinics", "appointments", 0.8, simulation.Seconds(0.3, 0.6), 0.6, [3]float64{0.2, 0.7, 0.1}, 40e6, 120},
	{"delta-health", "research", "trial_outcomes", 0.6, simulation.Seconds(5.5, 0.5), 0.1, [3]float64{0.6, 0.38, 0.02}, 900e6, 480},
}

// The models that incidents affect.
const (
	bypassedModel = "appointments"  // small, so that its scans remain a small share of the total
	brokenTenant  = "borealis-bank" // its source is unreachable during the incident "errors"
	slowMedian    = 4               // seconds; the incident "latency" affects models with a longer median
)

var tenantPeaks = map[string]float64{"aurora-retail": 17, "borealis-bank": 10, "cirrus-logistics": 6, "delta-health": 13}

// modelUsage contains the query-router's metrics of the models.
type modelUsage struct {
	rng     *rand.Rand
	tenants map[string]*simulation.Drift
	models  []*modelState
}

type modelState struct {
	semanticModel
	flows      []simulation.Flow // of the queries, by protocol and route type
	errorFlows []simulation.Flow // by error type
	queries    []*simulation.Scalar
	errors     []*simulation.Scalar
	seconds    *simulation.Distribution
	bytes      *simulation.Scalar
	rows       *simulation.Scalar
	volume     simulation.Drift
}

func newModelUsage(t *simulation.Target, rng *rand.Rand) *modelUsage {
	const tenant, project, name = "tenant", "project", "model_name"
	queries := t.Counter("tessallite_model_queries_total", "Queries to a model, including failed ones.", tenant, project, name, "protocol", "route_type")
	failures := t.Counter("tessallite_model_query_errors_total", "Failed queries to a model.", tenant, project, name, "error_type")
	seconds := t.Histogram("tessallite_model_query_duration_seconds", "Execution time of a model's queries.", queryBounds, tenant, project, name)
	bytes := t.Counter("tessallite_model_bytes_processed_total", "Bytes that a model's queries scanned.", tenant, project, name)
	rows := t.Counter("tessallite_model_rows_returned_total", "Rows that a model's queries returned.", tenant, project, name)

	u := &modelUsage{rng: rng, tenants: map[string]*simulation.Drift{}}
	for _, m := range models {
		s := &modelState{
			semanticModel: m,
			seconds:       seconds.With(m.tenant, m.project, m.name),
			bytes:         bytes.With(m.tenant, m.project, m.name),
			rows:          rows.With(m.tenant, m.project, m.name),
		}
		for _, protocol := range protocols {
			for _, routeType := range routeTypes {
				s.flows = append(s.flows, simulation.NewFlow(rng))
				s.queries = append(s.queries, queries.With(m.tenant, m.project, m.name, protocol, routeType))
			}
		}
		for _, errorType := range errorTypes {
			s.errorFlows = append(s.errorFlows, simulation.NewFlow(rng))
			s.errors = append(s.errors, failures.With(m.tenant, m.project, m.name, errorType))
		}
		u.tenants[m.tenant] = &simulation.Drift{}
		u.models = append(u.models, s)
	}
	return u
}

func (u *modelUsage) step(m simulation.Moment) {
	load := make(map[string]float64, len(u.tenants))
	for _, s := range u.models {
		if _, known := load[s.tenant]; !known {
			load[s.tenant] = simulation.Daily(m.Time, tenantPeaks[s.tenant]) * u.tenants[s.tenant].Next(u.rng) * simulation.Interval.Seconds()
		}
		s.step(m, load[s.tenant], u.rng)
	}
}

// step simulates a step. load is the length of the step in seconds, multiplied by the
// tenant's current load as a share of the tenant's peak load.
func (s *modelState) step(m simulation.Moment, load float64, rng *rand.Rand) {
	routes := s.routes
	if m.During(incident.AggregateBypass) && s.name == bypassedModel {
		routes = [3]float64{0.98, 0.015, 0.005}
	}
	perSource := s.bytesPerQuery * s.volume.Next(rng)
	if m.During(incident.ScanVolume) {
		perSource *= 6
	}
	expected := s.rate * load * simulation.Jitter(rng)
	n, scans := 0.0, 0.0
	for i, share := range []float64{1 - s.dax, s.dax} {
		for j := range routeTypes {
			at := i*len(routeTypes) + j
			queries := s.flows[at].Events(expected*share*routes[j], math.Inf(1))
			s.queries[at].Add(queries)
			n += queries
			scans += queries * scanned[j]
		}
	}
	s.bytes.Add(math.Round(scans * perSource * simulation.Jitter(rng)))

	failed := 0.0
	for i, rate := range modelErrorRate {
		if errorTypes[i] == "source_unavailable" && m.During(incident.Errors) && s.tenant == brokenTenant {
			rate = 0.18
		}
		errors := s.errorFlows[i].Events(n*rate*simulation.Jitter(rng), n-failed)
		s.errors[i].Add(errors)
		failed += errors
	}
	s.rows.Add(math.Round((n - failed) * s.rowsPerQuery * simulation.Jitter(rng)))

	latency := s.latency
	if m.During(incident.Latency) && latency.Median > slowMedian {
		latency = latency.Times(7)
	}
	s.seconds.Observe(n, latency, rng)
}
