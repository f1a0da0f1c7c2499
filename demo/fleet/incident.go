package fleet

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Incident is something that goes wrong on purpose. It begins in the history,
// long enough ago to fill the windows and the `for` of the alerts it raises,
// and goes on while the fleet is live.
type Incident struct {
	Name   string
	Title  string        // one line, for a person
	Begins time.Duration // before the end of the history
	Raises []string      // names of the alerts whose condition it meets: these and no others
	Blanks []string      // titles of the panels that rightly show no data under it

	job       string        // an incident of one scrape target: its job,
	condition Condition     // what a scrape meets there,
	lasts     time.Duration // for how long, 0 for as long as the incident,
	every     time.Duration // and how often again
}

// strikes says whether the target meets the condition at a time since the
// incident began.
func (i *Incident) strikes(since time.Duration) bool {
	return i.lasts == 0 || since%i.every < i.lasts
}

// The incidents that a platform's numbers react to.
const (
	latencyIncident        = "latency"
	errorsIncident         = "errors"
	timeoutsIncident       = "timeouts"
	queueIncident          = "queue"
	refreshIncident        = "refresh"
	refreshStalledIncident = "refresh-stalled"
	bypassIncident         = "bypass"
	scanIncident           = "scan"

	slowBurnIncident = "slow-burn"

	nodeLossIncident   = "node-loss"
	stalledIncident    = "stalled"
	noSessionsIncident = "no-sessions"

	endpointErrorsIncident = "endpoint-errors"
	coldStartsIncident     = "cold-starts"
	overscaledIncident     = "overscaled"
	budgetCutIncident      = "budget-cut"
	staleMetricsIncident   = "stale-metrics"

	providerIncident  = "provider"
	leakIncident      = "leak"
	injectionIncident = "injection"
	runawayIncident   = "runaway"
	toolIncident      = "tool-credentials"
)

// Incidents are the ones a fleet can be given, by name.
var Incidents = []Incident{
	{
		Name: latencyIncident, Title: "query-router, two Tessallite models and one inference model answer slowly", Begins: 45 * time.Minute,
		Raises: []string{"TessalliteHighLatencyP95", "TessalliteModelSlow", "InferenceHighP99Latency"},
	},
	{
		Name: errorsIncident, Title: "gateway answers 503, a tenant's source is unreachable, one inference model fails", Begins: 70 * time.Minute,
		Raises: []string{"TessalliteHighErrorRate", "TessalliteModelQueryErrors", "InferenceHighErrorRate", "InferenceSLOFastBurn"},
	},
	{
		Name: slowBurnIncident, Title: "one inference model has failed every tenth request for seven hours", Begins: 7 * time.Hour,
		Raises: []string{"InferenceHighErrorRate", "InferenceSLOSlowBurn"},
	},
	{
		Name: timeoutsIncident, Title: "inference calls on cuda:0 time out", Begins: 15 * time.Minute,
		Raises: []string{"InferenceTimeoutSpike"},
	},
	{
		Name: queueIncident, Title: "inference workers fall behind and the job queue grows", Begins: 30 * time.Minute,
		Raises: []string{"InferenceQueueDepthGrowing", "InferenceQueueTrend"},
	},
	{
		Name: "outage", Title: "agent-service is down", Begins: 15 * time.Minute,
		Raises: []string{"TessalliteServiceDown"}, job: "agent-service", condition: Down,
	},
	{
		Name: "vanished", Title: "optimizer is gone from service discovery", Begins: 20 * time.Minute,
		Raises: []string{"TessalliteTargetMissing"}, job: "optimizer", condition: Gone,
	},
	{
		Name: refreshIncident, Title: "almost half of the aggregate refreshes fail", Begins: 45 * time.Minute,
		Raises: []string{"TessalliteRefreshFailing"},
	},
	{
		Name: refreshStalledIncident, Title: "no aggregate refresh has run for a day", Begins: 25 * time.Hour,
		Raises: []string{"TessalliteRefreshStalled"},
		Blanks: []string{"Refresh run duration (p95)", "Refresh completion rate"},
	},
	{
		Name: bypassIncident, Title: "queries of one model bypass its aggregates", Begins: 150 * time.Minute,
		Raises: []string{"TessalliteAggregateBypass"},
	},
	{
		Name: scanIncident, Title: "queries scan six times the bytes of yesterday", Begins: 75 * time.Minute,
		Raises: []string{"TessalliteScanVolumeSpike"},
	},
	{
		Name: "slow-scrape", Title: "model-service takes six seconds to answer a scrape", Begins: 25 * time.Minute,
		Raises: []string{"TessalliteScrapeSlow"}, job: "model-service", condition: Slow,
	},
	{
		Name: nodeLossIncident, Title: "TANGO has lost a node with two deployments, and those that are left can't cope", Begins: 25 * time.Minute,
		Raises: []string{"TangoDeploymentsDropped", "TangoModelSlow", "TangoInvocationFailureRateHigh", "TangoInvocationFailureRateCritical"},
	},
	{
		Name: stalledIncident, Title: "the gateway in front of TANGO lets no invocation through", Begins: 70 * time.Minute,
		Raises: []string{"TangoInvocationsStalled"},
		Blanks: []string{"Failure rate, 1 h"},
	},
	{
		Name: noSessionsIncident, Title: "TANGO has lost its sessions and opens none", Begins: 75 * time.Minute,
		Raises: []string{"TangoNoActiveSessions"},
		Blanks: []string{"Failure rate, 1 h"},
	},
	{
		Name: endpointErrorsIncident, Title: "support-chat runs out of GPU memory and answers 503", Begins: time.Hour,
		Raises: []string{"TensorOneLowSuccessRate", "TensorOneHighErrorRate"},
	},
	{
		Name: coldStartsIncident, Title: "contract-review scales to zero as soon as it has nothing to do", Begins: 55 * time.Minute,
		Raises: []string{"TensorOneColdStartRateHigh", "TensorOneHighLatency"},
	},
	{
		Name: overscaledIncident, Title: "support-chat runs its greatest number of instances, whatever its load", Begins: 80 * time.Minute,
		Raises: []string{"TensorOneCostIncrease"},
	},
	{
		Name: budgetCutIncident, Title: "the budget of invoice-batches is cut below what it has spent", Begins: 15 * time.Minute,
		Raises: []string{"TensorOneBudgetExhausted", "TensorOneBudgetProjectedOverrun"},
	},
	{
		Name: staleMetricsIncident, Title: "TensorOne computes no metrics of product-images any more", Begins: 20 * time.Minute,
		Raises: []string{"TensorOneMetricsStale"},
	},
	{
		Name: providerIncident, Title: "a provider of Lango's models limits requests and fails others", Begins: 20 * time.Minute,
		Raises: []string{"LangoComponentUnhealthy", "LangoRecoveryEscalations", "LangoRecoveryRetryStorm", "LangoProviderRateLimited"},
	},
	{
		Name: leakIncident, Title: "Lango leaks goroutines and the memory that they hold", Begins: 140 * time.Minute,
		Raises: []string{"LangoGoroutineLeak", "LangoMemoryAboveHealthLimit", "LangoComponentUnhealthy"},
	},
	{
		Name: injectionIncident, Title: "an injected prompt makes a Lango agent attack its host", Begins: 20 * time.Minute,
		Raises: []string{"LangoCatastrophicCommandBlocked", "LangoPolicyBlockSpike"},
	},
	{
		Name: runawayIncident, Title: "a Lango agent asks its models in a loop", Begins: 90 * time.Minute,
		Raises: []string{"LangoTokenBurnHigh"},
	},
	{
		Name: toolIncident, Title: "the credentials of Lango's web search have expired", Begins: 40 * time.Minute,
		Raises: []string{"LangoToolErrorRateHigh"},
	},
	{
		Name: "crash-loop", Title: "Lango crashes every ten minutes", Begins: 12 * time.Minute,
		Raises: []string{"LangoRestarted"}, job: "lango", condition: Down, lasts: restartLasts, every: 10 * time.Minute,
	},
}

// FindIncidents looks incidents up by their names, with commas between; none by the
// empty text. The error of an unknown name lists the known ones.
func FindIncidents(names string) ([]*Incident, error) {
	var found []*Incident
	for name := range strings.SplitSeq(names, ",") {
		name = strings.TrimSpace(name)
		if name == "" {
			continue
		}
		i := slices.IndexFunc(Incidents, func(known Incident) bool { return known.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("there is no incident %q; there are %s", name, strings.Join(incidentNames(), ", "))
		}
		found = append(found, &Incidents[i])
	}
	return found, nil
}

func incidentNames() []string {
	names := make([]string, len(Incidents))
	for i := range Incidents {
		names[i] = Incidents[i].Name
	}
	return names
}
