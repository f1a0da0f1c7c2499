package telemetry

import (
	"errors"
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

// The pack is what users are promised; its demo makes up the same families.
func TestThePackDeclaresWhatIsExported(t *testing.T) {
	s := Open("contract", map[string]int{"tango": 17}, 0)
	defer s.Close()
	Build("0.1.0")
	q := s.Query(Dashboard)
	q.Names("tango", "active_sessions")
	q.End(nil)
	s.Resource("GET /catalog", 200, time.Second)
	s.Request("query", 200, time.Second, 1)
	s.Retry("transient")

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
	builtin, err := catalog.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range builtin.Packs() {
		if p.Name == "modelmetrics" {
			return p
		}
	}
	t.Fatal("there is no pack modelmetrics")
	return nil
}

func TestAQueryIsCountedOnceWithHowItEnded(t *testing.T) {
	s := Open("queries", nil, 0)
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
		q.Asks("promql")
		if n := testutil.ToFloat64(queriesInFlight.WithLabelValues("queries")); n != 1 {
			t.Errorf("%v queries in flight during the only one", n)
		}
		q.End(c.err)
		if n := testutil.ToFloat64(queries.WithLabelValues("queries", "promql", "alert", c.outcome)); n != 1 {
			t.Errorf("%v counted as %s, want 1", n, c.outcome)
		}
	}
	if n := testutil.ToFloat64(queriesInFlight.WithLabelValues("queries")); n != 0 {
		t.Errorf("%v queries in flight after the last", n)
	}
}

// Grafana makes a data source anew when its settings change, and disposes of the old
// one after that.
func TestSeriesEndWithTheLastOfADataSource(t *testing.T) {
	count := func() int { return testutil.CollectAndCount(catalogMetrics) }
	before := count()
	old := Open("changed", map[string]int{"tango": 17, "own": 2}, 1)
	renewed := Open("changed", map[string]int{"tango": 17}, 0)
	if n := count() - before; n != 1 {
		t.Errorf("%d series of packs, want that of the one that is left", n)
	}
	old.Close()
	if n := count() - before; n != 1 {
		t.Errorf("disposing of the old one leaves %d series, want 1", n)
	}
	renewed.Close()
	if n := count() - before; n != 0 {
		t.Errorf("%d series are left of a data source that is gone", n)
	}
}

// Organisations have data sources of their own, which a file may give one uid.
func TestSeriesStayForAnotherOfTheUID(t *testing.T) {
	one, other := Open("shared", map[string]int{"tango": 17}, 0), Open("shared", map[string]int{"tango": 17}, 0)
	other.Close()
	other.Close() // once is enough
	one.Samples(3)
	if n := testutil.ToFloat64(samples.WithLabelValues("shared")); n != 3 {
		t.Errorf("%v samples counted after the other is gone, want 3", n)
	}
	one.Close()
}

func TestAQueryMayOutliveItsDataSource(t *testing.T) {
	s := Open("disposed", nil, 0)
	q := s.Query(Dashboard)
	s.Close()
	q.End(nil)
	if n := testutil.ToFloat64(queriesInFlight.WithLabelValues("disposed")); n != 0 {
		t.Errorf("%v queries in flight", n)
	}
}

func TestNobodyCountsForANilSource(*testing.T) {
	var s *Source
	s.Query(API).End(nil)
	s.Resource("GET /catalog", 200, time.Second)
}
