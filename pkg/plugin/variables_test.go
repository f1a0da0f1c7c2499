package plugin

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestVariableTexts: the texts are those of Grafana's Prometheus data source, so that the
// regular expressions of existing variables match.
func TestVariableTexts(t *testing.T) {
	for _, test := range []struct{ name, query, data, want string }{
		{"result", `{"queryType":"queryResult","expr":"x"}`,
			`{"resultType":"vector","result":[{"metric":{"__name__":"x","b":"c","a":"C:\\\\\"é\""},"value":[1700000000.5,"1700000000"]}]}`,
			`x{a="C:\\"é"",b="c"} 1700000000 1700000000500`},
		{"result without labels", `{"queryType":"queryResult","expr":"x"}`,
			`{"resultType":"vector","result":[{"metric":{"__name__":"x"},"value":[1,"0.0000001"]}]}`, `x{} 1e-07 1000`},
		{"scalar", `{"queryType":"queryResult","expr":"time()"}`,
			`{"resultType":"scalar","result":[1700000000,"1700000000"]}`, `1700000000`},
		{"series", `{"queryType":"series","match":"x"}`,
			`[{"__name__":"x","b":"c","a":"d"}]`, `x{a="d",b="c"}`},
		{"series with names that are not identifiers", `{"queryType":"series","match":"x"}`,
			`[{"__name__":"my.metric","my-label":"c"}]`, `my.metric{my-label="c"}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				_, _ = fmt.Fprintf(w, `{"status":"success","data":%s}`, test.data)
			}))
			defer server.Close()
			got := runQueries(t, instance(t, server.URL, `{}`), nil, test.query)["A"]
			if got.Error != nil || len(got.Frames) != 1 || got.Frames[0].Rows() != 1 {
				t.Fatalf("got %+v", got)
			}
			if text := got.Frames[0].Fields[0].At(0); text != test.want {
				t.Errorf("got %v, want %s", text, test.want)
			}
		})
	}
}

// TestVariableOfQueryResultIsBounded: each sample is a value with all labels of its series.
func TestVariableOfQueryResultIsBounded(t *testing.T) {
	samples := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `,[%d,"1"]`, i)
		}
		return b.String()[1:]
	}
	const bytes = 2<<20 - 15 // if the label is this long, each value of the variable takes 2 MiB
	for _, test := range []struct {
		name, label   string
		samples, rows int
		notice, err   string
	}{
		{"maximum number", "a", 40_000, 40_000, "", ""},
		{"more than the maximum number", "a", 40_001, 40_000, "results truncated due to limit", ""},
		{"maximum length", strings.Repeat("x", bytes), 32, 32, "", ""},
		{"more than the maximum length", strings.Repeat("x", bytes), 33, 0, "", "Together, the variable's values are larger than 64 MiB, which is the limit. Aggregate the query"},
	} {
		t.Run(test.name, func(t *testing.T) {
			server := respondWith(t, `{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"a":"`+test.label+`"},"values":[`+samples(test.samples)+`]}]}}`)
			got := runQueries(t, instance(t, server, `{}`), nil, `{"queryType":"queryResult","expr":"x"}`)["A"]
			if test.err != "" {
				if got.Error == nil || got.Status != http.StatusRequestEntityTooLarge || !strings.HasPrefix(got.Error.Error(), test.err) {
					t.Errorf("status %d, %v", got.Status, got.Error)
				}
				return
			}
			if got.Error != nil || got.Frames[0].Rows() != test.rows {
				t.Fatalf("%v, %+v", got.Error, got.Frames)
			}
			notice := ""
			for _, n := range got.Frames[0].Meta.Notices {
				notice += n.Text
			}
			if notice != test.notice {
				t.Errorf("notice %q", notice)
			}
		})
	}
}

// TestVariableListsAreBounded: a notice reports that there are more values.
func TestVariableListsAreBounded(t *testing.T) {
	for name, query := range map[string]string{
		"names": `{"queryType":"labelNames"}`, "metrics": `{"queryType":"metricNames"}`, "values": `{"queryType":"labelValues","label":"a"}`,
	} {
		server := respondWith(t, `{"status":"success","data":[`+strings.Repeat(`"a",`, 100_000)+`"a"]}`)
		got := runQueries(t, instance(t, server, `{}`), nil, query)["A"]
		if got.Error != nil || got.Frames[0].Rows() != 40_000 || len(got.Frames[0].Meta.Notices) != 1 || got.Frames[0].Meta.Notices[0].Text != "results truncated due to limit" {
			t.Errorf("%s: %v, %+v", name, got.Error, got.Frames)
		}
	}
}
