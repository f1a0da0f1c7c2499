package gateway

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// Families of the pack lango. docs/metrics-contract.md describes them.
const (
	startTime       = "lango_process_start_time_seconds"
	uptime          = "lango_uptime_seconds"
	goroutines      = "lango_goroutines"
	memory          = "lango_memory_alloc_bytes"
	sessionsActive  = "lango_sessions_active"
	componentUp     = "lango_health_component_up"
	requests        = "lango_requests_total"
	requestDuration = "lango_request_duration_seconds"
	tokens          = "lango_tokens_total" //nolint:gosec // not a credential
	sessionTokens   = "lango_session_tokens_total"
	toolExecutions  = "lango_tool_executions_total"
	toolDuration    = "lango_tool_duration_seconds"
	policyDecisions = "lango_policy_decisions_total"
)

const (
	fieldLabel = "field"         // contains the key of a field in a result
	lookback   = 5 * time.Minute // Prometheus's default: an older sample isn't current
	process    = "job, instance" // labels that identify a process

	instanceLabel = "instance" // host and port of a process
)

// field is an expression with a key that distinguishes its series from those of other fields in
// the same result.
type field struct{ key, expr string }

// union returns an expression that computes all fields.
func union(fields []field) string {
	terms := make([]string, len(fields))
	for i, f := range fields {
		terms[i] = fmt.Sprintf("label_replace(%s, %q, %q, \"\", \"\")", f.expr, fieldLabel, f.key)
	}
	return strings.Join(terms, " or ")
}

// total returns a field with the sums of a family by the given labels. Its key is the family.
func total(family, by string) field {
	return field{family, fmt.Sprintf("sum by (%s) (%s)", by, family)}
}

// ofProcess returns a field with the value of a gauge for each process. Its key is the family.
func ofProcess(family string) field {
	return field{family, fmt.Sprintf("max by (%s) (%s)", process, family)}
}

// processes is a field with the number of running processes. If nothing has been counted yet,
// the other fields of a query can be without series, although Prometheus has samples of Lango.
// The field processes then has a value, so the result isn't empty.
var processes = field{"processes", "count(" + startTime + ")"}

// durations returns the fields of a histogram of durations in seconds: its buckets, its sum,
// its count and quantiles. The argument by is empty, or a list of labels that ends in a comma.
func durations(family, by string) []field {
	buckets := fmt.Sprintf("sum by (%sle) (%s_bucket)", by, family)
	fields := []field{{family + "_bucket", buckets}, total(family+"_sum", by), total(family+"_count", by)}
	for _, q := range quantiles {
		// histogram_quantile is NaN without observations; the comparison drops NaN.
		fields = append(fields, field{family + q.key, fmt.Sprintf("histogram_quantile(%g, %s) >= 0", q.of, buckets)})
	}
	return fields
}

// quantiles are the quantiles in an answer.
var quantiles = []struct {
	key string
	of  float64
}{{"p50", 0.5}, {"p95", 0.95}, {"p99", 0.99}}

// growth returns a field with the increase of a counter in a window, summed by labels.
func growth(family, by, window string) field {
	return field{family, fmt.Sprintf("sum by (%s) (increase(%s[%s]))", by, family, window)}
}

// table contains the series of a result by the key of their field.
type table map[string][]series.Series

// latest returns the last value of the first series of a field, or NaN if there is none.
func (t table) latest(key string) float64 {
	for _, s := range t[key] {
		return s.Values[len(s.Values)-1]
	}
	return math.NaN()
}

// where returns a table with only those series that have the given value of a label.
func (t table) where(label, value string) table {
	out := table{}
	for key, list := range t {
		for _, s := range list {
			if s.Labels.Get(label) == value {
				out[key] = append(out[key], s)
			}
		}
	}
	return out
}

// by splits the table by the values of a label. Series without the label are in none of the
// tables.
func (t table) by(label string) map[string]table {
	out := map[string]table{}
	for key, list := range t {
		for _, s := range list {
			value := s.Labels.Get(label)
			if value == "" {
				continue
			}
			if out[value] == nil {
				out[value] = table{}
			}
			out[value][key] = append(out[value][key], s)
		}
	}
	return out
}

// count rounds the first value of each series of a field to a whole number, and returns the
// sum of these numbers.
func (t table) count(key string) int64 {
	n := int64(0)
	for _, s := range t[key] {
		n += whole(s.Values[0])
	}
	return n
}

// whole rounds a count to a whole number. It returns 0 for NaN and for negative numbers, and
// largest for greater numbers. A float64 represents all whole numbers up to largest.
func whole(v float64) int64 {
	const largest = 1 << 53
	if math.IsNaN(v) || v < 0 {
		return 0
	}
	return int64(math.Round(min(v, largest)))
}

// rounded rounds v to three decimal places. It returns nil if v is not a finite number, because
// JSON has no notation for it.
func rounded(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	const whole = 1 << 53 // all values from here on are whole numbers; v*1000 could be infinite
	if math.Abs(v) < whole {
		v = math.Round(v*1000) / 1000
	}
	return &v
}
