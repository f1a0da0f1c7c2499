package gateway

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// Values of labels. docs/metrics-contract.md describes them.
const (
	success, failure = "success", "error"
	block, observe   = "block", "observe"
)

// Counts are numbers of requests or of executions. Total also counts those whose status is
// neither success nor error.
type Counts struct {
	Total   int64 `json:"total"`
	Success int64 `json:"success"`
	Error   int64 `json:"error"`
}

// counts returns the sum of all series of a family, and the sums of the series with status
// success and of those with status error. It returns nil if the family has no series.
func (t table) counts(family string) *Counts {
	if len(t[family]) == 0 {
		return nil
	}
	return &Counts{t.count(family), t.where("status", success).count(family), t.where("status", failure).count(family)}
}

// Tokens are numbers of tokens by type.
type Tokens struct {
	Input  int64 `json:"input"`
	Cache  int64 `json:"cache"`
	Output int64 `json:"output"`
	Total  int64 `json:"total"`
}

// tokens returns the tokens of a family with the label type, or nil if it has no series.
func (t table) tokens(family string) *Tokens {
	if len(t[family]) == 0 {
		return nil
	}
	of := func(kind string) int64 { return t.where("type", kind).count(family) }
	n := &Tokens{Input: of("input"), Cache: of("cache"), Output: of("output")}
	n.Total = n.Input + n.Cache + n.Output
	return n
}

// Policy contains numbers of policy decisions: docs/contracts/lango.md#policy-metrics. The sum
// of ByReason is the sum of Blocks and Observes.
type Policy struct {
	Blocks   int64            `json:"blocks"`
	Observes int64            `json:"observes"`
	ByReason map[string]int64 `json:"byReason"`
}

// policy returns the policy decisions. They are 0 if there are no series.
func (t table) policy() *Policy {
	p := &Policy{ByReason: map[string]int64{}}
	for _, s := range t[policyDecisions] {
		n := whole(s.Values[0])
		switch s.Labels.Get("verdict") {
		case block:
			p.Blocks += n
		case observe:
			p.Observes += n
		default:
			continue
		}
		p.ByReason[s.Labels.Get("reason")] += n
	}
	return p
}

// Latency is a distribution of durations. The quantiles are estimated from the buckets.
type Latency struct {
	Count   int64    `json:"count"`
	Average *float64 `json:"averageSeconds,omitempty"`
	P50     *float64 `json:"p50Seconds,omitempty"`
	P95     *float64 `json:"p95Seconds,omitempty"`
	P99     *float64 `json:"p99Seconds,omitempty"`
	Buckets []Bucket `json:"buckets"`
}

// Bucket is the number of durations of at most LE seconds. LE is text, because it can be +Inf.
type Bucket struct {
	LE    string `json:"le"`
	Count int64  `json:"count"`
}

// latency returns the distribution of a histogram, or nil if it has no series.
func (t table) latency(family string) *Latency {
	if len(t[family+"_count"]) == 0 {
		return nil
	}
	l := &Latency{Count: t.count(family + "_count"), Buckets: []Bucket{}}
	if l.Count > 0 {
		l.Average = rounded(t.latest(family+"_sum") / float64(l.Count))
	}
	for i, into := range []**float64{&l.P50, &l.P95, &l.P99} {
		*into = rounded(t.latest(family + quantiles[i].key))
	}
	for _, s := range t[family+"_bucket"] {
		l.Buckets = append(l.Buckets, Bucket{s.Labels.Get("le"), whole(s.Values[0])})
	}
	slices.SortFunc(l.Buckets, func(a, b Bucket) int { return cmp.Compare(bound(a.LE), bound(b.LE)) })
	return l
}

// bound returns the upper bound of a bucket, by which buckets are sorted. If le is not a
// number, it returns -1, so that the bucket is first.
func bound(le string) float64 {
	v, err := strconv.ParseFloat(le, 64)
	if err != nil {
		return -1
	}
	return v
}

// most returns the items with the highest numbers in descending order, at most limit of them.
// Items with the same number are sorted by name.
func most[T any](items []T, limit int, number func(T) int64, name func(T) string) []T {
	slices.SortFunc(items, func(a, b T) int {
		return cmp.Or(cmp.Compare(number(b), number(a)), strings.Compare(name(a), name(b)))
	})
	return items[:min(limit, len(items))]
}
