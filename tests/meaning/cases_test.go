package meaning

import (
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
)

var cases = []struct {
	name        string
	series      string // in the format of promqltest, with a sample every 30 seconds
	evaluations []evaluation
}{
	{
		name: "an idle model has no error ratio, a busy model without errors has zero",
		series: `
  inference_requests_total{model="busy",version="v1",tenant="t"} 0+30x40
  inference_requests_total{model="idle",version="v1",tenant="t"} 7x40
  inference_errors_total{model="idle",version="v1",tenant="t",error_type="timeout"} 7x40`,
		evaluations: []evaluation{{at: 10 * time.Minute, metric: "inference_error_ratio", want: `
  {model="busy",version="v1"} 0`}},
	},
	{
		name: "the first timeout of a new counter is counted within the window",
		series: `
  executor_timeouts_total{device="cpu"} _x20 1x40`,
		evaluations: []evaluation{
			{at: 12 * time.Minute, metric: "inference_executor_timeouts", want: `
  {device="cpu"} 1`},
			{at: 16 * time.Minute, metric: "inference_executor_timeouts", want: `
  {device="cpu"} 0`},
		},
	},
	{
		name: "the frontend is up if both its exporter and nginx are up",
		series: `
  up{job="frontend",instance="a"} 1x20
  nginx_up{job="frontend",instance="a"} 1x5 0x15
  up{job="gateway",instance="b"} 1x20
  up{job="lango",instance="c"} 0x20`,
		evaluations: []evaluation{
			{at: time.Minute, metric: "tessallite_service_up", want: `
  {job="frontend"} 1
  {job="gateway"} 1`},
			{at: 5 * time.Minute, metric: "tessallite_service_up", want: `
  {job="frontend"} 0
  {job="gateway"} 1`},
		},
	},
	{
		name: "a member that has reported in the last day, and is gone, is missing",
		series: `
  inference_requests_total{model="gone",version="v1",tenant="t"} 0+30x20
  inference_requests_total{model="kept",version="v1",tenant="t"} 0+30x20
  inference_requests_total{model="kept",version="v2",tenant="t"} _x20 0+30x4000
  total_models{model_code="gone",model_version="1",workspace="w"} 1x20
  tensorone_endpoint_info{endpoint_id="gone",name="a"} 1x20
  lango_requests_total{agent="gone",status="ok"} 0+1x20`,
		evaluations: []evaluation{
			{at: 5 * time.Minute, metric: "inference_model_status", want: `
  {model="gone"} 1
  {model="kept"} 1`},
			{at: time.Hour, metric: "inference_model_status", want: `
  {model="gone"} -1
  {model="kept"} 1`},
			{at: time.Hour, metric: "tango_model_status", want: `
  {model_code="gone"} -1`},
			{at: time.Hour, metric: "tensorone_endpoint_status", want: `
  {endpoint_id="gone"} -1`},
			{at: time.Hour, metric: "lango_agent_status", want: `
  {agent="gone"} -1`},
			{at: 25 * time.Hour, metric: "inference_model_status", want: `
  {model="kept"} 1`},
		},
	},
	{
		name: "the comparison with yesterday requires a complete day",
		series: `
  tessallite_model_bytes_processed_total{tenant="t",project="p",model_name="m"} 0+300x4000`,
		evaluations: []evaluation{
			{at: 24*time.Hour + 5*time.Minute, metric: "tessallite_scan_growth", window: 30 * time.Minute},
			{at: 26 * time.Hour, metric: "tessallite_scan_growth", window: 30 * time.Minute, want: `
  {} 1`},
		},
	},
	{
		name: "opened sessions include those of new users without closed sessions",
		series: `
  active_sessions{model_code="c",model_version="1",user_id="u",workspace="w"} 4x40
  active_sessions{model_code="c",model_version="1",user_id="v",workspace="w"} _x15 3x40`,
		evaluations: []evaluation{
			{at: 10 * time.Minute, metric: "tango_sessions_opened", want: `
  {} 0.01`},
			{at: 10 * time.Minute, metric: "tango_sessions_opened", groupBy: []string{"user_id"}, want: `
  {user_id="u"} 0
  {user_id="v"} 0.01`},
			{at: 15 * time.Minute, metric: "tango_sessions_opened", want: `
  {} 0`},
		},
	},
	{
		name: "closed sessions are counted as opened, unless the series starts within the window",
		series: `
  active_sessions{model_code="c",model_version="1",user_id="u",workspace="w"} _x20 3x40
  closed_sessions{model_code="c",model_version="1",user_id="u",workspace="w"} _x20 0+3x40`,
		evaluations: []evaluation{
			{at: 12 * time.Minute, metric: "tango_sessions_opened"},
			{at: 20 * time.Minute, metric: "tango_sessions_opened", want: `
  {} 0.1`},
		},
	},
	{
		name: "a workspace without series has lost its deployments, unless all series are missing",
		series: `
  total_deployments{workspace="a",proxy_class="p",connector_class="c"} 2x130 _x20
  total_deployments{workspace="b",proxy_class="p",connector_class="c"} 3x140`,
		evaluations: []evaluation{
			{at: 70*time.Minute + 20*time.Second, metric: "tango_deployments_lost", want: `
  {workspace="a"} 2
  {workspace="b"} 0`},
			{at: 90 * time.Minute, metric: "tango_deployments_lost"},
		},
	},
	{
		name: "an idle endpoint has no minimum and maximum latency",
		series: `
  tensorone_endpoint_latency_seconds_count{endpoint_id="e"} 0+1x10 10x60
  tensorone_endpoint_latency_min_seconds{endpoint_id="e"} 0.5x70
  tensorone_endpoint_latency_max_seconds{endpoint_id="e"} 2x70`,
		evaluations: []evaluation{
			{at: 5 * time.Minute, metric: "tensorone_latency_min", want: `
  {endpoint_id="e"} 0.5`},
			{at: 5 * time.Minute, metric: "tensorone_latency_max", groupBy: []string{}, want: `
  {} 2`},
			{at: 20 * time.Minute, metric: "tensorone_latency_min"},
			{at: 20 * time.Minute, metric: "tensorone_latency_max"},
		},
	},
	{
		name: "scaling events are counted between two steps and a counter reset adds none",
		series: `
  tensorone_endpoint_scaling_duration_seconds_count{endpoint_id="e",action="scale_up",reason="first_request"} 0x10 1x10 3x20 0x40`,
		evaluations: []evaluation{
			{at: 3 * time.Minute, metric: "tensorone_scaling_events_by_step", window: time.Minute, want: `
  {action="scale_up", endpoint_id="e", reason="first_request"} 0`},
			{at: 6 * time.Minute, metric: "tensorone_scaling_events_by_step", window: time.Minute, want: `
  {action="scale_up", endpoint_id="e", reason="first_request"} 1`},
			{at: 7 * time.Minute, metric: "tensorone_scaling_events_by_step", window: time.Minute, want: `
  {action="scale_up", endpoint_id="e", reason="first_request"} 0`},
			{at: 11 * time.Minute, metric: "tensorone_scaling_events_by_step", window: 5 * time.Minute, want: `
  {action="scale_up", endpoint_id="e", reason="first_request"} 2`},
			{at: 22 * time.Minute, metric: "tensorone_scaling_events_by_step", window: 5 * time.Minute, want: `
  {action="scale_up", endpoint_id="e", reason="first_request"} 0`},
		},
	},
	{
		name: "alert metrics omit endpoints with few requests",
		series: `
  tensorone_endpoint_requests_total{endpoint_id="busy",status="success"} 0+9x130
  tensorone_endpoint_requests_total{endpoint_id="busy",status="error"} 0+1x130
  tensorone_endpoint_requests_total{endpoint_id="quiet",status="success"} 0x12 0+1x16 16x110
  tensorone_endpoint_requests_total{endpoint_id="quiet",status="error"} 0x20 1x110
  tensorone_endpoint_requests_total{endpoint_id="idle",status="success"} 7x130
  tensorone_endpoint_latency_seconds_sum{endpoint_id="busy"} 0+20x130
  tensorone_endpoint_latency_seconds_count{endpoint_id="busy"} 0+10x130
  tensorone_endpoint_latency_seconds_sum{endpoint_id="quiet"} 0x12 0+2x16 32x110
  tensorone_endpoint_latency_seconds_count{endpoint_id="quiet"} 0x12 0+1x16 16x110
  tensorone_endpoint_cold_starts_total{endpoint_id="quiet",reason="scaled_to_zero"} 0x12 1x120`,
		evaluations: []evaluation{
			{at: time.Hour, metric: "tensorone_success_rate_under_load", window: time.Hour, want: `
  {endpoint_id="busy"} 90`},
			{at: time.Hour, metric: "tensorone_error_rate_under_load", window: time.Hour, want: `
  {endpoint_id="busy"} 10`},
			{at: time.Hour, metric: "tensorone_latency_avg_under_load", window: time.Hour, want: `
  {endpoint_id="busy"} 2`},
			{at: time.Hour, metric: "tensorone_cold_start_rate_under_load", want: `
  {endpoint_id="busy"} 0`},
		},
	},
	{
		name: "the first decisions of a new counter are counted",
		series: `
  lango_process_start_time_seconds{job="lango",instance="a"} 0x60
  lango_policy_decisions_total{job="lango",instance="a",verdict="observe",reason="suspicious_pipe",agent="x"} 5x60
  lango_policy_decisions_total{job="lango",instance="a",verdict="block",reason="catastrophic_pattern",agent="x"} _x40 12x20`,
		evaluations: []evaluation{
			{at: 25 * time.Minute, metric: "lango_policy_decisions", window: 15 * time.Minute, want: `
  {verdict="block"} 12
  {verdict="observe"} 0`},
			{at: 25 * time.Minute, metric: "lango_policy_reasons", window: 15 * time.Minute, want: `
  {reason="catastrophic_pattern"} 12
  {reason="suspicious_pipe"} 0`},
			{at: 25 * time.Minute, metric: "lango_catastrophic_commands", want: `
  {agent="x"} 12`},
		},
	},
	{
		name: "decisions right after a process start are counted although the counter had the same value before",
		series: `
  lango_process_start_time_seconds{job="lango",instance="a"} 0x39 1195x40
  lango_policy_decisions_total{job="lango",instance="a",verdict="block",reason="catastrophic_pattern",agent="x"} 2x80
  lango_recovery_decisions_total{job="lango",instance="a",cause_class="timeout",action="escalate"} 3x80`,
		evaluations: []evaluation{
			{at: 19 * time.Minute, metric: "lango_catastrophic_commands", want: `
  {agent="x"} 0`},
			{at: 20 * time.Minute, metric: "lango_policy_decisions", window: 15 * time.Minute, want: `
  {verdict="block"} 2`},
			{at: 20 * time.Minute, metric: "lango_policy_reasons", window: 15 * time.Minute, want: `
  {reason="catastrophic_pattern"} 2`},
			{at: 20 * time.Minute, metric: "lango_catastrophic_commands", want: `
  {agent="x"} 2`},
			{at: 20 * time.Minute, metric: "lango_recovery_escalations", want: `
  {cause_class="timeout"} 3`},
			{at: 40 * time.Minute, metric: "lango_recovery_escalations", want: `
  {cause_class="timeout"} 0`},
		},
	},
	{
		name: "decisions before the first scrape aren't counted",
		series: `
  lango_process_start_time_seconds{job="lango",instance="a"} _x40 0x20
  lango_policy_decisions_total{job="lango",instance="a",verdict="block",reason="catastrophic_pattern",agent="x"} _x40 12x20`,
		evaluations: []evaluation{
			{at: 25 * time.Minute, metric: "lango_policy_decisions", window: 15 * time.Minute, want: `
  {verdict="block"} 0`},
			{at: 25 * time.Minute, metric: "lango_policy_reasons", window: 15 * time.Minute, want: `
  {reason="catastrophic_pattern"} 0`},
			{at: 25 * time.Minute, metric: "lango_catastrophic_commands", want: `
  {agent="x"} 0`},
		},
	},
	{
		name: "the names of endpoints are the latest ones of the last hour",
		series: `
  tensorone_endpoint_cpu_utilization{endpoint_id="steady"} 10x300
  tensorone_endpoint_info{endpoint_id="steady",name="chat",tier="a"} 1x300
  tensorone_endpoint_info{endpoint_id="steady",name="chat",tier="b"} 1x300
  tensorone_endpoint_cpu_utilization{endpoint_id="same name"} 20x300
  tensorone_endpoint_info{endpoint_id="same name",name="chat"} 1x300
  tensorone_endpoint_cpu_utilization{endpoint_id="renamed"} 30x300
  tensorone_endpoint_info{endpoint_id="renamed",name="old"} 1x20 stale
  tensorone_endpoint_info{endpoint_id="renamed",name="new"} _x20 1x280
  tensorone_endpoint_cpu_utilization{endpoint_id="gap"} 40x300
  tensorone_endpoint_info{endpoint_id="gap",name="image"} 1x100 stale
  tensorone_endpoint_cpu_utilization{endpoint_id="unnamed"} 0x300`,
		evaluations: []evaluation{
			{at: 15 * time.Minute, metric: "tensorone_cpu_utilization", named: true, want: `
  {endpoint_id="steady",name="chat"} 10
  {endpoint_id="same name",name="chat"} 20
  {endpoint_id="renamed",name="new"} 30
  {endpoint_id="gap",name="image"} 40
  {endpoint_id="unnamed"} 0`},
			{at: 80 * time.Minute, metric: "tensorone_cpu_utilization", named: true, params: catalog.Params{"endpoint_id": {Values: []string{"gap"}}}, want: `
  {endpoint_id="gap",name="image"} 40`},
			{at: 120 * time.Minute, metric: "tensorone_cpu_utilization", named: true, params: catalog.Params{"endpoint_id": {Values: []string{"gap"}}}, want: `
  {endpoint_id="gap"} 40`},
		},
	},
}
