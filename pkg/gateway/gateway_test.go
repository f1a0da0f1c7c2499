package gateway

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

var now = time.Date(2026, 3, 18, 14, 38, 22, 0, time.UTC)

// answers replaces Prometheus. It returns the same result for every instant query, and no
// series for a range query.
type answers struct {
	result    series.Result
	instances []string
}

func (a answers) Query(context.Context, promapi.Instant) (*series.Result, error) {
	return &a.result, nil
}

func (a answers) QueryRange(context.Context, promapi.Range) (*series.Result, error) {
	return &series.Result{Kind: series.Matrix}, nil
}

func (a answers) LabelValues(context.Context, string, promapi.Selection) (promapi.Answer[[]string], error) {
	return promapi.Answer[[]string]{Data: a.instances}, nil
}

// sample returns a series with a single value, of the field with the given key. pairs contains
// the name and the value of each label.
func sample(key string, value float64, pairs ...string) series.Series {
	all := map[string]string{fieldLabel: key}
	for i := 0; i < len(pairs); i += 2 {
		all[pairs[i]] = pairs[i+1]
	}
	return series.Series{Labels: series.LabelsOf(all), Times: []int64{now.UnixMilli()}, Values: []float64{value}}
}

func request(list ...series.Series) *Request {
	return &Request{Prometheus: answers{result: series.Result{Kind: series.Vector, Series: list}}, Now: now, Limit: DefaultItems, Days: DefaultDays}
}

func TestHealthStatus(t *testing.T) {
	of := func(component, instance string, value float64) series.Series {
		return sample(componentUp, value, "component", component, "job", "lango", "instance", instance)
	}
	memoryOf := func(instance string, bytes float64) series.Series {
		return sample(memory, bytes, "job", "lango", "instance", instance)
	}
	for _, test := range []struct {
		name string
		list []series.Series
		want string // status, and the status of each component
	}{
		{"all healthy", []series.Series{of("database", "a", 1), of("memory", "a", 1), memoryOf("a", 1e6)}, "healthy [database healthy] [memory healthy]"},
		{"degraded", []series.Series{of("provider", "a", 0.5), of("database", "a", 1)}, "degraded [database healthy] [provider degraded]"},
		{"the worst process counts", []series.Series{of("database", "a", 1), of("database", "b", 0), of("database", "c", 0.5)}, "unhealthy [database unhealthy]"},
		{"at the memory threshold", []series.Series{memoryOf("a", MemoryThreshold)}, "healthy [memory healthy]"},
		{"above the memory threshold", []series.Series{memoryOf("a", MemoryThreshold+1)}, "unhealthy [memory unhealthy]"},
		{"above the threshold despite a healthy check", []series.Series{of("memory", "a", 1), memoryOf("a", MemoryThreshold+1)}, "unhealthy [memory unhealthy]"},
		{"another process above the threshold", []series.Series{of("memory", "a", 1), memoryOf("a", 1), memoryOf("b", 1e9)}, "unhealthy [memory unhealthy]"},
		{"an unhealthy check below the threshold", []series.Series{of("memory", "a", 0), memoryOf("a", 1)}, "unhealthy [memory unhealthy]"},
		{"no checks", []series.Series{sample("processes", 1)}, "unknown"},
	} {
		t.Run(test.name, func(t *testing.T) {
			h, err := request(test.list...).Health(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			got := string(h.Status)
			for _, c := range h.Components {
				got += fmt.Sprintf(" [%s %s]", c.Name, c.Status)
			}
			if got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
			if isNoted := len(h.Notes) > 0; test.want == "unknown" && !isNoted {
				t.Error("no note explains the status unknown")
			}
		})
	}
}

var negativeCount = regexp.MustCompile(`"(total|count|input|success|memoryBytes|blocks|r)":-`)

// TestUnexpectedSeries checks the answers for values and labels that Lango doesn't export.
// Each answer must still be valid JSON, without negative counts and without the verdict allow.
func TestUnexpectedSeries(t *testing.T) {
	for _, v := range []float64{math.NaN(), math.Inf(1), -1, 1e300, 0.4} {
		list := []series.Series{
			{Labels: series.LabelsOf(map[string]string{fieldLabel: requests, "agent": "a"})}, // a native histogram
			sample("", v), sample("other", v), sample(policyDecisions, v, "verdict", "allow", "reason", "r"), sample(policyDecisions, v, "verdict", block, "reason", "r"),
			sample(requests, v, "agent", "a", "status", success), sample(requests, v), sample(requestDuration+"_count", v, "agent", "a"), sample(requestDuration+"_bucket", v, "agent", "a", "le", "x"),
			sample(toolExecutions, v, "tool", "t", "status", "skipped"), sample(tokens, v, "type", "total", "agent", "a"), sample(sessionTokens, v, "session", "s", "agent", "a", "model", "m", "type", "input"),
			sample(uptime, v, "job", "j", "instance", "i"), sample(memory, v, "job", "j", "instance", "i"), sample(componentUp, v, "component", "c", "job", "j", "instance", "i"),
		}
		for name, compute := range map[string]func(*Request) (any, error){
			"snapshot": func(r *Request) (any, error) { return r.Snapshot(t.Context()) },
			"sessions": func(r *Request) (any, error) { return r.Sessions(t.Context()) },
			"tools":    func(r *Request) (any, error) { return r.Tools(t.Context()) },
			"agents":   func(r *Request) (any, error) { return r.Agents(t.Context()) },
			"policy":   func(r *Request) (any, error) { return r.PolicyDecisions(t.Context()) },
			"history":  func(r *Request) (any, error) { return r.History(t.Context()) },
			"health":   func(r *Request) (any, error) { return r.Health(t.Context()) },
		} {
			answer, err := compute(request(list...))
			if err != nil {
				t.Errorf("%s of %g: %v", name, v, err)
				continue
			}
			text, err := json.Marshal(answer)
			if err != nil || negativeCount.Match(text) || strings.Contains(string(text), "allow") {
				t.Errorf("%s of %g: %v %s", name, v, err, text)
			}
		}
	}
}

// TestPolicyAddsUp checks that the sum by reason equals the sum by verdict, also if the values
// are not whole numbers.
func TestPolicyAddsUp(t *testing.T) {
	p, err := request(
		sample(policyDecisions, 0.5, "verdict", block, "reason", "a"), sample(policyDecisions, 0.5, "verdict", observe, "reason", "a"),
		sample(policyDecisions, 2.4, "verdict", block, "reason", "b"), sample(policyDecisions, 9, "verdict", "allow", "reason", "b"),
	).PolicyDecisions(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(*p), "{3 1 map[a:2 b:2]}"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestPartialResultIsAnError(t *testing.T) {
	r := request()
	r.Prometheus = answers{result: series.Result{Kind: series.Vector, Notes: series.Notes{Partial: "a store is down"}, Series: []series.Series{sample("processes", 1)}}}
	_, err := r.PolicyDecisions(t.Context())
	if f := fault.As(err); err == nil || f.Kind != fault.BadAnswer || !strings.Contains(f.Text, "a store is down") {
		t.Errorf("got %v", err)
	}
}

func TestUnknownInstance(t *testing.T) {
	for _, test := range []struct {
		instances, listed []string
		want              string
	}{
		{nil, nil, "Prometheus has no current samples of Lango. Check"},
		{[]string{"lango:18788"}, []string{"lango:18789", "tango:8000"}, `from instance "lango:18788". Did you mean lango:18789`},
		{[]string{"lango:18788", "zzz"}, []string{"lango:18789", "tango:8000"}, `from the instances "lango:18788", "zzz". Did you mean lango:18789`},
		{[]string{"zzz", "tango:8001", "a", "b", "c"}, []string{"lango:18789", "tango:8000"}, `from the instances "zzz", "tango:8001", "a" and 2 more. Did you mean tango:8000`},
		{[]string{"yyy", "zzz"}, nil, `from the instances "yyy", "zzz". Omit instance`},
		{[]string{"zzz"}, nil, `from instance "zzz". Omit instance`},
	} {
		r := request()
		r.Prometheus, r.Instances = answers{instances: test.listed}, test.instances
		_, err := r.Tools(t.Context())
		if f := fault.As(err); err == nil || f.Kind != fault.NotFound || !strings.Contains(f.Text, test.want) {
			t.Errorf("%v: got %v", test.instances, err)
		}
	}
}
