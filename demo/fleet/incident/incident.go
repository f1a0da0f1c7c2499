// Package incident lists the simulated failures of the fleet, with the alerts that each
// of them raises and the panels that have no data because of it. The platforms check by name
// whether an incident that changes their metrics is active.
package incident

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/simulation"
)

// Names of the incidents that change a platform's metrics.
const (
	Latency         = "latency"
	Errors          = "errors"
	Timeouts        = "timeouts"
	Queue           = "queue"
	RefreshFailures = "refresh"
	RefreshStalled  = "refresh-stalled"
	AggregateBypass = "bypass"
	ScanVolume      = "scan"

	SlowBurn = "slow-burn"

	NodeLoss   = "node-loss"
	Stalled    = "stalled"
	NoSessions = "no-sessions"

	EndpointErrors = "endpoint-errors"
	ColdStarts     = "cold-starts"
	Overscaled     = "overscaled"
	BudgetCut      = "budget-cut"
	StaleMetrics   = "stale-metrics"

	ProviderFailures = "provider"
	Leak             = "leak"
	PromptInjection  = "injection"
	RunawayAgent     = "runaway"
	ToolCredentials  = "tool-credentials"

	PolicyLockout = "policy-lockout"
	AuditOutage   = "audit-outage"

	SlowPrometheus = "slow-prometheus"
	BusyPrometheus = "busy-prometheus"
	BrokenPack     = "broken-pack"
)

// withoutInvocations are the panels that have no data while TANGO has no invocations.
var withoutInvocations = []string{
	"Failure rate, 1 h", "Mean duration, 1 h", "Most failures by model", "Slowest models", "TANGO: errors", "TANGO: slowest",
}

// All lists the incidents that a fleet can have.
var All = []simulation.Incident{
	{
		Name: Latency, Title: "query-router, two Tessallite models and one inference model answer slowly", Begins: 45 * time.Minute,
		Culprits: []string{"query-router", "document-summarizer"},
		Raises:   []string{"TessalliteHighLatencyP95", "TessalliteModelSlow", "InferenceHighP99Latency"},
	},
	{
		Name: Errors, Title: "gateway answers 503, a tenant's source is unreachable, one inference model fails", Begins: 70 * time.Minute,
		Culprits: []string{"gateway", "image-tagger"},
		Raises:   []string{"TessalliteHighErrorRate", "TessalliteModelQueryErrors", "InferenceHighErrorRate", "InferenceSLOFastBurn", "InferenceFleetSLOBurn"},
	},
	{
		Name: SlowBurn, Title: "one inference model has failed every tenth request for seven hours", Begins: 7 * time.Hour,
		Culprits: []string{"image-tagger"},
		Raises:   []string{"InferenceHighErrorRate", "InferenceSLOSlowBurn"},
	},
	{
		Name: Timeouts, Title: "inference calls on cuda:0 time out", Begins: 15 * time.Minute,
		Culprits: []string{"cuda:0"},
		Raises:   []string{"InferenceTimeoutSpike"},
	},
	{
		Name: Queue, Title: "inference workers fall behind and the job queue grows", Begins: 30 * time.Minute,
		Culprits: []string{"speech-to-text"},
		Raises:   []string{"InferenceQueueDepthGrowing", "InferenceQueueTrend"},
	},
	{
		Name: "outage", Title: "agent-service is down", Begins: 15 * time.Minute,
		Culprits: []string{"agent-service"},
		Raises:   []string{"TessalliteServiceDown"}, Job: "agent-service", Condition: simulation.Down,
	},
	{
		Name: "vanished", Title: "optimizer is gone from service discovery", Begins: 20 * time.Minute,
		Culprits: []string{"optimizer"},
		Raises:   []string{"TessalliteTargetMissing"}, Job: "optimizer", Condition: simulation.Gone,
	},
	{
		Name: RefreshFailures, Title: "almost half of the aggregate refreshes fail", Begins: 45 * time.Minute,
		Raises: []string{"TessalliteRefreshFailing"},
	},
	{
		Name: RefreshStalled, Title: "no aggregate refresh has run for a day", Begins: 25 * time.Hour,
		Raises: []string{"TessalliteRefreshStalled"},
		Blanks: []string{"Refresh run duration (p95)", "Refresh completion rate"},
	},
	{
		Name: AggregateBypass, Title: "queries of one model bypass its aggregates", Begins: 150 * time.Minute,
		Culprits: []string{"appointments"},
		Raises:   []string{"TessalliteAggregateBypass"},
	},
	{
		Name: ScanVolume, Title: "queries scan six times the bytes of yesterday", Begins: 75 * time.Minute,
		Raises: []string{"TessalliteScanVolumeSpike"},
	},
	{
		Name: "slow-scrape", Title: "model-service takes six seconds to answer a scrape", Begins: 25 * time.Minute,
		Culprits: []string{"model-service"},
		Raises:   []string{"TessalliteScrapeSlow"}, Job: "model-service", Condition: simulation.Slow,
	},
	{
		Name: NodeLoss, Title: "TANGO has lost a node with two deployments, and the remaining ones are overloaded", Begins: 25 * time.Minute,
		Culprits: []string{"invoice-extractor"},
		Raises:   []string{"TangoDeploymentsDropped", "TangoModelSlow", "TangoInvocationFailureRateHigh", "TangoInvocationFailureRateCritical"},
	},
	{
		Name: Stalled, Title: "the gateway in front of TANGO lets no invocation through", Begins: 70 * time.Minute,
		Raises: []string{"TangoInvocationsStalled"},
		Blanks: withoutInvocations,
	},
	{
		Name: NoSessions, Title: "TANGO has lost its sessions and opens none", Begins: 75 * time.Minute,
		Culprits: []string{"Active sessions"},
		Raises:   []string{"TangoNoActiveSessions"},
		Blanks:   withoutInvocations,
	},
	{
		Name: EndpointErrors, Title: "support-chat runs out of GPU memory and answers 503", Begins: time.Hour,
		Culprits: []string{"support-chat"},
		Raises:   []string{"TensorOneLowSuccessRate", "TensorOneHighErrorRate"},
	},
	{
		Name: ColdStarts, Title: "contract-review scales to zero without waiting", Begins: 55 * time.Minute,
		Culprits: []string{"contract-review"},
		Raises:   []string{"TensorOneColdStartRateHigh", "TensorOneHighLatency", "TensorOneHighP99Latency"},
	},
	{
		Name: Overscaled, Title: "support-chat runs its maximum number of instances regardless of its load", Begins: 80 * time.Minute,
		Culprits: []string{"support-chat"},
		Raises:   []string{"TensorOneCostIncrease"},
	},
	{
		Name: BudgetCut, Title: "the budget of invoice-batches is cut below what it has spent", Begins: 15 * time.Minute,
		Culprits: []string{"invoice-batches"},
		Raises:   []string{"TensorOneBudgetExhausted", "TensorOneBudgetProjectedOverrun"},
	},
	{
		Name: StaleMetrics, Title: "TensorOne no longer computes the metrics of product-images", Begins: 30 * time.Minute,
		Culprits: []string{"product-images"},
		Raises:   []string{"TensorOneMetricsStale"},
	},
	{
		Name: ProviderFailures, Title: "a provider of Lango's models limits requests and fails others", Begins: 20 * time.Minute,
		Culprits: []string{"provider"},
		Raises:   []string{"LangoComponentUnhealthy", "LangoRecoveryEscalations", "LangoRecoveryRetryStorm", "LangoProviderRateLimited"},
	},
	{
		Name: Leak, Title: "Lango leaks goroutines and their memory", Begins: 140 * time.Minute,
		Raises: []string{"LangoGoroutineLeak", "LangoMemoryAboveHealthLimit", "LangoComponentUnhealthy"},
	},
	{
		Name: PromptInjection, Title: "an injected prompt makes a Lango agent attack its host", Begins: 20 * time.Minute,
		Culprits: []string{"operator"},
		Raises:   []string{"LangoCatastrophicCommandBlocked", "LangoPolicyBlockSpike"},
	},
	{
		Name: RunawayAgent, Title: "a Lango agent calls its models in a loop", Begins: 90 * time.Minute,
		Culprits: []string{"operator"},
		Raises:   []string{"LangoTokenBurnHigh"},
	},
	{
		Name: ToolCredentials, Title: "the credentials of Lango's web search have expired", Begins: 40 * time.Minute,
		Culprits: []string{"web_search"},
		Raises:   []string{"LangoToolErrorRateHigh"},
	},
	{
		Name: "crash-loop", Title: "Lango crashes every ten minutes", Begins: 12 * time.Minute,
		Raises: []string{"LangoRestarted"}, Job: "lango", Condition: simulation.Down, Lasts: simulation.RestartLength, Every: 10 * time.Minute,
	},
	{
		Name: PolicyLockout, Title: "a new policy of the data sources blocks the PromQL of dashboards", Begins: 20 * time.Minute,
		Culprits: []string{"modelmetrics-"},
		Raises:   []string{"ModelMetricsPolicyBlockSpike"},
	},
	{
		Name: AuditOutage, Title: "the collector that receives the audit events of the data sources is down", Begins: 15 * time.Minute,
		Culprits: []string{"modelmetrics-"},
		Raises:   []string{"ModelMetricsAuditEventsDropped"},
	},
	{
		Name: SlowPrometheus, Title: "Prometheus answers the data sources 200 times more slowly", Begins: 25 * time.Minute,
		Culprits: []string{"modelmetrics-"},
		Raises:   []string{"ModelMetricsQueriesSlow"},
	},
	{
		Name: BusyPrometheus, Title: "Prometheus is busy and refuses every fifth query", Begins: 20 * time.Minute,
		Culprits: []string{"modelmetrics-"},
		Raises:   []string{"ModelMetricsQueriesFailing", "ModelMetricsRuleQueriesFailing"},
	},
	{
		Name: BrokenPack, Title: "a change has broken the user packs of the data sources", Begins: 15 * time.Minute,
		Culprits: []string{"modelmetrics-"},
		Raises:   []string{"ModelMetricsUserPackProblems"},
	},
}

// Find returns the incidents with these comma-separated names, or no incidents for an
// empty string. The error for an unknown name lists all names.
func Find(names string) ([]*simulation.Incident, error) {
	var found []*simulation.Incident
	for name := range strings.SplitSeq(names, ",") {
		name = strings.TrimSpace(name)
		if name == "" {
			continue
		}
		i := slices.IndexFunc(All, func(known simulation.Incident) bool { return known.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("unknown incident %q; the incidents are %s", name, strings.Join(allNames(), ", "))
		}
		found = append(found, &All[i])
	}
	return found, nil
}

func allNames() []string {
	names := make([]string, len(All))
	for i := range All {
		names[i] = All[i].Name
	}
	return names
}
