package telemetry

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/catalog"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

// TestPackMatchesExportedMetrics checks that the plugin exports all metrics that the pack
// modelmetrics declares, and that the pack declares all exported modelmetrics_ metrics. The
// demo relies on this, because it simulates what the pack declares.
func TestPackMatchesExportedMetrics(t *testing.T) {
	s := Open(1, "contract", shipped(t), 0)
	defer s.Close()
	Build("0.1.0")
	q := s.Query(Dashboard)
	q.SetMetric(metric(t, shipped(t), "active_sessions"))
	q.End(nil)
	s.Resource("GET /catalog", 200, time.Second)
	s.Request("query", 200, time.Second, 1)
	s.Retry("transient")
	s.Decision("block", "promql_not_allowed")

	type family struct {
		Type, Help string
		Labels     []string
		Buckets    []float64
	}
	want := map[string]family{}
	for _, f := range pack(t).Families {
		want[f.Name] = family{f.Type, f.Help, slices.Sorted(slices.Values(f.Labels)), f.Buckets}
	}
	gathered, err := prometheus.DefaultGatherer.Gather()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]family{}
	for _, f := range gathered {
		if _, declared := want[f.GetName()]; !declared && !strings.HasPrefix(f.GetName(), "modelmetrics_") {
			continue
		}
		exported := family{Type: strings.ToLower(f.GetType().String()), Help: f.GetHelp()}
		for _, l := range f.GetMetric()[0].GetLabel() {
			exported.Labels = append(exported.Labels, l.GetName())
		}
		for _, b := range f.GetMetric()[0].GetHistogram().GetBucket() {
			exported.Buckets = append(exported.Buckets, b.GetUpperBound())
		}
		got[f.GetName()] = exported
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("the pack (-) and the plugin (+) differ:\n%s", diff)
	}
}

func pack(t *testing.T) *catalog.Pack {
	t.Helper()
	p, _ := shipped(t).Pack("modelmetrics")
	if p == nil {
		t.Fatal("there is no pack modelmetrics")
	}
	return p
}

func shipped(t *testing.T) *catalog.Catalog {
	t.Helper()
	c, err := catalog.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func metric(t *testing.T, c *catalog.Catalog, name string) *catalog.Metric {
	t.Helper()
	m, err := c.Metric(name)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestFailureRatioCountsOutcomes checks which kinds of errors modelmetrics_query_failure_ratio
// counts: failures of Prometheus, the settings or the plugin.
func TestFailureRatioCountsOutcomes(t *testing.T) {
	query := metric(t, shipped(t), "modelmetrics_query_failure_ratio").Query
	excluded := regexp.MustCompile(`outcome!~"([^"]*)"`).FindStringSubmatch(query)
	if excluded == nil {
		t.Fatalf("no excluded outcomes in %s", query)
	}
	var got []string
	for kind := fault.Internal; kind <= fault.Overloaded; kind++ {
		if !slices.Contains(strings.Split(excluded[1], "|"), kind.String()) {
			got = append(got, kind.String())
		}
	}
	want := []string{"internal", "misconfigured", "unauthorized", "not_prometheus", "busy", "unreachable", "timeout", "bad_answer", "overloaded"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestQueryCountsOutcomes(t *testing.T) {
	s := Open(1, "queries", shipped(t), 0)
	defer s.Close()
	for _, c := range []struct {
		err     error
		outcome string
	}{
		{nil, "ok"},
		{fault.New(fault.Timeout, "Too late."), "timeout"},
		{errors.New("a bug"), "internal"},
	} {
		q := s.Query(Alert)
		q.SetType("promql")
		if n := testutil.ToFloat64(queriesInFlight.WithLabelValues("1", "queries")); n != 1 {
			t.Errorf("%v queries in flight, want 1", n)
		}
		q.End(c.err)
		if n := testutil.ToFloat64(queries.WithLabelValues("1", "queries", "promql", "alert", c.outcome)); n != 1 {
			t.Errorf("%v counted as %s, want 1", n, c.outcome)
		}
	}
	if n := testutil.ToFloat64(queriesInFlight.WithLabelValues("1", "queries")); n != 0 {
		t.Errorf("%v queries in flight after End, want 0", n)
	}
}

// TestCloseDeletesSeries checks that the series of a data source are deleted with its last
// instance. When settings change, Grafana creates an instance before it disposes of the
// old one.
func TestCloseDeletesSeries(t *testing.T) {
	all := shipped(t)
	fewer, unknown := all.Without([]string{"tango"})
	if len(unknown) > 0 {
		t.Fatal(unknown)
	}
	before := testutil.CollectAndCount(catalogMetrics)
	old := Open(1, "changed", all, 1)
	renewed := Open(1, "changed", fewer, 0)
	want := len(fewer.Packs())
	if n := testutil.CollectAndCount(catalogMetrics) - before; n != want {
		t.Errorf("%d series of packs, want %d of the new instance", n, want)
	}
	old.Close()
	if n := testutil.CollectAndCount(catalogMetrics) - before; n != want {
		t.Errorf("%d series after the old instance is closed, want %d", n, want)
	}
	renewed.Close()
	renewed.Close() // a second call has no effect
	if n := testutil.CollectAndCount(catalogMetrics) - before; n != 0 {
		t.Errorf("%d series of a closed data source", n)
	}
}

// TestOrganizationsShareNoSeries: a provisioning file can give the same uid to data sources
// of two organizations.
func TestOrganizationsShareNoSeries(t *testing.T) {
	one, other := Open(1, "shared", shipped(t), 2), Open(2, "shared", shipped(t), 0)
	one.Samples(3)
	other.Samples(5)
	one.Request("query", 200, time.Second, 1)
	other.Close()
	if n := testutil.ToFloat64(samples.WithLabelValues("1", "shared")); n != 3 {
		t.Errorf("%v samples counted in organization 1, want 3", n)
	}
	if n := testutil.ToFloat64(catalogProblems.WithLabelValues("1", "shared")); n != 2 {
		t.Errorf("%v problems in organization 1, want 2", n)
	}
	one.Close()
	if got := exposed(t, "shared"); len(got) > 0 {
		t.Errorf("series remain: %v", got)
	}
}

// TestClosedSourceCreatesNoSeries checks that calls after Close create no series, because
// nothing would delete them.
func TestClosedSourceCreatesNoSeries(t *testing.T) {
	s := Open(1, "disposed", shipped(t), 0)
	q := s.Query(Dashboard)
	q.SetMetric(metric(t, shipped(t), "active_sessions"))
	s.Close()
	s.Request("query", 200, time.Second, 1)
	s.Retry("transient")
	s.Samples(1)
	s.Resource("GET /catalog", 200, time.Second)
	s.Decision("block", "access_denied")
	s.AuditDropped(1)
	q.End(nil)
	if got := exposed(t, "disposed"); len(got) > 0 {
		t.Errorf("series remain: %v", got)
	}
}

// exposed returns the name and the labels of each series whose labels contain the given text.
func exposed(t *testing.T, text string) (all []string) {
	t.Helper()
	gathered, err := prometheus.DefaultGatherer.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range gathered {
		for _, m := range family.GetMetric() {
			if labels := fmt.Sprint(m.GetLabel()); strings.Contains(labels, text) {
				all = append(all, family.GetName()+labels)
			}
		}
	}
	return all
}

func TestNilSource(*testing.T) {
	var s *Source
	s.Query(API).End(nil)
	s.Resource("GET /catalog", 200, time.Second)
}
