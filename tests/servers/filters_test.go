package servers

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/plugintest"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/results"
)

// filter returns one ad-hoc filter.
func filter(key, operator, value string) []map[string]any {
	return []map[string]any{{"key": key, "operator": operator, "value": value}}
}

// filters compares two results: the plugin's for a MetricsQL expression and ad-hoc filters,
// and the server's for an expression that contains the filters.
func (s *server) filters(t *testing.T) {
	for _, test := range []struct{ expr, filtered string }{
		{`up default 0`, `up{job=~"[got].*"} default 0`},
		{`topk_max(2, tessallite_http_requests_total)`, `topk_max(2, tessallite_http_requests_total{job=~"[got].*"})`},
		{`WITH (f = {service!=""}) sum(increase(tessallite_http_requests_total{f})) by (service)`, `sum(increase(tessallite_http_requests_total{service!="",job=~"[got].*"})) by (service)`},
		{`rate(tessallite_http_requests_total)`, `rate(tessallite_http_requests_total{job=~"[got].*"})`},
		{`range_avg(sum(up))`, `range_avg(sum(up{job=~"[got].*"}))`},
		{`union(up, total_invocations)`, `union(up{job=~"[got].*"}, total_invocations{job=~"[got].*"})`},
	} {
		t.Run(test.expr, func(t *testing.T) {
			query := map[string]any{"expr": test.expr, "range": true, "interval": "1m", "adhocFilters": filter("job", "=~", "[got].*")}
			want, err := results.QueryRange(t.Context(), s.url, test.filtered, lastHours().From, lastHours().To, step)
			s.compareFiltered(t, query, want, err)
			delete(query, "range")
			query["instant"] = true
			want, err = results.Query(t.Context(), s.url, test.filtered, now)
			s.compareFiltered(t, query, want, err)
		})
	}
	t.Run("variable", func(t *testing.T) {
		listed := texts(t, s.plugin, map[string]any{"queryType": "queryResult", "expr": `up default 0`, "adhocFilters": filter("job", "=", "tango")})
		if len(listed) == 0 || slices.ContainsFunc(listed, func(text string) bool { return !strings.Contains(text, `job="tango"`) }) {
			t.Errorf("listed %q", listed)
		}
	})
	t.Run("annotation", func(t *testing.T) {
		response := runQuery(t, s.plugin, map[string]any{"queryType": "annotation", "expr": `up default 0`, "title": "{{job}}", "adhocFilters": filter("job", "=", "tango")})
		if response.Error != nil || response.Frames[0].Rows() == 0 {
			t.Fatalf("%v", response)
		}
		titles, _ := response.Frames[0].FieldByName("title")
		for row := range titles.Len() {
			if title, _ := titles.ConcreteAt(row); title != "tango" {
				t.Errorf("title %v", title)
			}
		}
	})
}

func (s *server) compareFiltered(t *testing.T, query map[string]any, want results.Result, err error) {
	t.Helper()
	response := runQuery(t, s.plugin, query)
	if err != nil || response.Error != nil {
		t.Fatal(err, response.Error)
	}
	got, err := results.FromFrames(response.Frames, now)
	if err != nil {
		t.Fatal(err)
	}
	if problem := results.Difference(got, want); problem != "" || want.Samples() == 0 {
		t.Errorf("%d samples, %s", want.Samples(), problem)
	}
}

// oddFilters selects series by label names and values, most of which require quotes or
// escapes in a selector.
func (s *server) oddFilters(t *testing.T) {
	odd := []string{
		"k8s.pod.name", "my-label", "a b", "a/b", "größe", "1st", `a"b`, `a\b`, "日本", "a{b", "a\nb", "🙂", "u1", "x", "a,b", `\u0041`, "#", "or",
	}
	var lines bytes.Buffer
	for _, text := range odd {
		next := line{Metric: map[string]string{"__name__": "odd", "is": text, text: text + "!"}, Values: []float64{1}, Timestamps: []int64{now.UnixMilli()}}
		if err := json.NewEncoder(&lines).Encode(next); err != nil {
			t.Fatal(err)
		}
	}
	post(t, s.url+"/api/v1/import", &lines)
	post(t, s.url+"/internal/force_flush", nil)
	for deadline := time.Now().Add(importTimeout); ; time.Sleep(100 * time.Millisecond) {
		if all, err := results.Query(t.Context(), s.url, "odd", now); err == nil && all.Samples() == len(odd) {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the series weren't imported")
		}
	}
	for _, text := range odd {
		for _, expr := range []string{"odd", "odd default 1"} { // PromQL and MetricsQL
			response := runQuery(t, s.plugin, map[string]any{"expr": expr, "instant": true, "adhocFilters": filter(text, "=", text+"!")})
			if response.Error != nil {
				t.Errorf("%q: %v", text, response.Error)
				continue
			}
			got, err := results.FromFrames(response.Frames, now)
			if err != nil || got.Samples() != 1 {
				t.Errorf("%q: %s: %d series, %v", text, expr, got.Samples(), err)
			}
			response = runQuery(t, s.plugin, map[string]any{"expr": expr, "instant": true, "adhocFilters": filter(text, "!=", text+"!")})
			if got, err = results.FromFrames(response.Frames, now); err != nil || got.Samples() != len(odd)-1 {
				t.Errorf("all but %q: %s: %d series, %v, %v", text, expr, got.Samples(), err, response.Error)
			}
		}
	}
}

// filtersWithin checks that ad-hoc filters can't widen the filters in the data source's
// query parameters.
func (s *server) filtersWithin(t *testing.T) {
	for name, settings := range map[string]map[string]any{
		"one":              {"customQueryParameters": `extra_filters[]={job="tango"}`},
		"without brackets": {"customQueryParameters": `extra_filters={job="tango"}`},
		"two":              {"customQueryParameters": `extra_filters[]={job="tango"}&extra_filters[]={job="nobody"}`},
		"label":            {"customQueryParameters": `extra_label=job=tango`},
		"by GET":           {"customQueryParameters": `extra_filters[]={job="tango"}`, "httpMethod": "GET"},
	} {
		t.Run(name, func(t *testing.T) {
			source := plugintest.Source(t, s.url, settings)
			source.UID = "restricted-" + name
			restricted := s.plugin.WithDataSource(source)
			for _, test := range []struct {
				filters []map[string]any
				want    []string
			}{
				{nil, []string{"tango"}},
				{filter("job", "=~", "t.*"), []string{"tango"}},
				{filter("job", "!=", "lango"), []string{"tango"}},
				{filter("job", "=", "lango"), nil},
			} {
				response := runQuery(t, restricted, map[string]any{"expr": "up default 0", "instant": true, "adhocFilters": test.filters})
				if response.Error != nil {
					t.Fatal(response.Error)
				}
				jobs := map[string]bool{}
				for _, frame := range response.Frames {
					for _, field := range frame.Fields {
						if job := field.Labels["job"]; job != "" {
							jobs[job] = true
						}
					}
				}
				if got := slices.Sorted(maps.Keys(jobs)); !slices.Equal(got, test.want) {
					t.Errorf("with %v: %q, want %q", test.filters, got, test.want)
				}
			}
		})
	}
}
