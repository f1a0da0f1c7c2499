package access

import (
	"fmt"
	"strings"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/hostile"
)

// expressions try to read the series of another tenant.
var expressions = []string{
	// plain selectors
	`both`, `both{tenant="globex"}`, `both{tenant="acme"}`, `both{tenant=~".*"}`, `both{tenant=~".+"}`, `both{tenant!="acme"}`, `both{tenant!~"acme"}`, `both{tenant=""}`,
	`both{tenant=~"acme|globex"}`, `both{tenant=~"acme|globex",tenant!="acme"}`, `both{tenant="acme",tenant="globex"}`, `both{}`, `both{,}`, `{__name__="both"}`, `{__name__=~".+"}`,
	`{__name__!=""}`, `{__name__!~"both"}`, `{tenant="globex"}`, `{tenant=~".+"}`, `{tenant!=""}`, `{globex_label!=""}`, `{globex_code="1"}`, `globex_secret_total`, `acme_secret_total`,
	`globex_secret_total{tenant="acme"}`, `shared_secret`, `shared_secret{tenant=""}`, `{tenant="",__name__=~".+"}`, `{job="app"}`, `{"both"}`, `{"both", "tenant"="globex"}`,
	`{"globex.größe"}`, `{"globex.größe", tenant=~".*"}`, `{"acme.größe"}`, `both{"tenant"='globex'}`, "both{tenant=`globex`}",
	// quotes, comments and layout
	"both # {tenant=\"acme\"}\n", "both # }\n", "both #\r{tenant=\"globex\"}", "# {\nboth", "both{ # tenant=\"acme\"\n}", "both{tenant=\"globex\" # }\n}", "both\n{\ntenant\n=\n'globex'\n}",
	"label_replace(both, `x`, `\\`, \"`) or globex_secret_total #\", \"\")", "label_replace(both, \"x\", `\\`, \"tenant\", \"`) or {tenant=~'globex'} # `\")", `both{code="\""} or both{code='"'}`,
	`both{code="}"} or {code!="{"}`, `both{code=~"\\Q\\E.*"}`, `both{code="\x32\u0030\060"}`, "both{code=\"#\"}\r\n", "both\t\v{tenant='globex'}", "\ufeffboth", "both\u00a0{}",
	// operators
	`both or globex_secret_total`, `both or {tenant="globex"}`, `both or on () globex_secret_total`, `globex_secret_total or vector(0)`, `both unless on () globex_secret_total`,
	`vector(1) and on () globex_secret_total`, `vector(1) unless on () globex_secret_total`, `both * on (code) group_left (tenant) both{tenant="globex"}`, `both * on (job) group_left (globex_label) globex_secret_total`,
	`both + ignoring (tenant, globex_code, acme_code) both{tenant="globex"}`, `both / ignoring (tenant) group_left () both{tenant="globex"}`, `both == bool on (code) group_right () both{tenant=~".*"}`,
	`(both)`, `-both`, `both ^ 2`, `both offset 5m`, `both offset -5m`, `both @ 0`, `both @ start()`, `both @ end() offset 1m`, `both{tenant="globex"} @ end()`, `both + on (code) fill (0) both{tenant="globex"}`,
	// functions and aggregations
	`sum(both)`, `sum by (tenant) (both)`, `sum without (tenant) (both)`, `count({__name__=~".+"})`, `count by (__name__) ({__name__=~".+"})`, `count_values("tenant", both)`, `topk(5, {__name__=~".+"})`,
	`bottomk(scalar(count(globex_secret_total)), both)`, `limitk(10, {__name__=~".+"})`, `quantile(0.5, both)`, `group by (globex_label) ({__name__=~".*_secret_total"})`, `max by (tenant, globex_code) (both)`,
	`absent(both)`, `absent(globex_secret_total)`, `absent(both{tenant="globex"})`, `absent_over_time(globex_secret_total[5m])`, `present_over_time(globex_secret_total[5m])`, `scalar(globex_secret_total)`,
	`scalar(sum(globex_secret_total)) + both`, `vector(scalar(count({tenant="globex"})))`, `label_replace(both, "tenant", "globex", "tenant", ".*")`, `label_replace(both{tenant="globex"}, "tenant", "acme", "", "")`,
	`label_join(both, "tenant", ",", "tenant", "job")`, `sort_by_label(both, "tenant")`, `rate(globex_secret_total[5m])`, `rate({__name__=~".*_secret_total"}[5m])`, `increase({tenant="globex"}[10m])`,
	`histogram_quantile(0.9, sum by (le) (rate(inference_latency_seconds_bucket[5m])))`, `histogram_quantile(0.9, {__name__=~".*_bucket"})`, `changes(both{tenant=~"globex"}[5m])`, `timestamp(both)`,
	`max_over_time(both[10m:1m])`, `max_over_time(both{tenant="globex"}[10m:1m] @ end() offset 1m)`, `sum_over_time((globex_secret_total)[10m:1m])`, `avg_over_time(sum by (tenant) ({__name__=~"both|globex.*"})[5m:])`,
	`quantile_over_time(scalar(globex_secret_total > bool 0), both[5m])`, `predict_linear(globex_secret_total[5m], 60)`, `sum(both) by (tenant)`, `count(count by (tenant) (both))`, `stddev(both)`,
	// info()
	`info(both)`, `info(both, {k8s_cluster=~".+"})`, `info(both, {k8s_cluster="globex-cluster"})`, `info(both, {__name__=~".+"})`, `info(both, {__name__="globex_secret_total"})`, `info(both, {__name__!="target_info"})`,
	`info(both, {tenant="globex"})`, `info(both, {tenant=~".*", k8s_cluster=~".*"})`, `info(info(both), {globex_label=~".*", __name__=~".*_total"})`, `info(sum by (job, instance) (both), {k8s_cluster=~".*"})`,
	`info(both, {})`, `info(label_replace(vector(1), "job", "app", "", ""), {k8s_cluster=~".*"})`, "info(both # ,{}\n)", `info(both{tenant="globex"} or both, {k8s_cluster!=""})`,
	// MetricsQL and invalid expressions
	`both default 0`, `WITH (x = {tenant="globex"}) x`, `{tenant="globex" or tenant="acme"}`, `both{tenant="globex" or code="200"}`, `label_set(both, "tenant", "globex")`, `union(both, globex_secret_total)`,
	`both keep_metric_names`, `rate(globex_secret_total)`, `both{`, `both}`, `both{tenant=}`, `both) or (globex_secret_total`, `both; globex_secret_total`, `"globex_secret_total"`, `1`, ``, `both[5m]`, `globex_secret_total[10m]`,
	// macros and variables
	`rate(globex_secret_total[$__rate_interval])`, `both[$__range]`, `both{tenant="$tenant"}`, `both{tenant=~"${tenant:regex}"}`, `both{tenant="[[tenant]]"}`, `both{$__all}`, `both{tenant="$__interval"}`, `$tenant`, `__PARAMS__`, `both{__PARAMS__}`,
	// custom parameters
	`extra_label=tenant%3Dglobex`, `extra_filters[]={tenant="globex"}`, `extra_filters={}`, `match[]={tenant="globex"}`, `match={__name__!=""}`, `query=globex_secret_total`, `tenant=globex`, `stats=all`, `dedup=false`, `storeMatch[]={}`,
	`dedup=false&extra_filters[]=%7B%7D`, `&query=globex_secret_total`, `nocache=1;query=x`, `%71uery=globex_secret_total`, `start=0&end=9999999999`, `time=0`, `limit=0`, `lookback_delta=1h`,
	// names and values
	`tenant`, `globex_label`, `k8s_cluster`, `__name__`, `U__tenant`, `a label`, `job`, `globex`, `acme`, `globex-value`, `globex-endpoint_id`, `globex-model`, `acme-model`, `acme-endpoint_id`, `.*`, `.+`, `.*globex.*`, `globex.größe`, `both|globex.*`,
	`..`, `.`, `../../query?query=globex_secret_total`, `tenant/values?match[]=globex_secret_total#`, `%2e%2e%2fquery`, `tenant%2Fvalues`, `inference_requests_total`, `inference_latency_seconds`, `target_info`, `summary`,
	metric, "inference_request_rate", "up", "ALERTS", "scrape_duration_seconds",
}

// inputs returns the expressions, and further inputs with hostile label values. Such an input
// is either a value alone or an expression with the value in a matcher. Some of the values are
// in no input.
func inputs() []string {
	all := append([]string{}, expressions...)
	for i, value := range hostile.Values() {
		switch {
		case len(value) > 1000:
			all = append(all, fmt.Sprintf("both{code=%q}", value))
		case i%4 == 0:
			all = append(all, value)
		case i%4 == 1:
			all = append(all, `both{tenant="`+value+`"}`)
		case i%4 == 2:
			all = append(all, "both{code=~'"+strings.ReplaceAll(value, "'", "")+"'} or {tenant=`globex`}")
		}
	}
	return all
}
