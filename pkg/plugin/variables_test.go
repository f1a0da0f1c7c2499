package plugin

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
)

// TestVariablesReadAsOfGrafanasPrometheusDataSource: the regular expression of a
// variable that moved over finds what it found there.
func TestVariablesReadAsOfGrafanasPrometheusDataSource(t *testing.T) {
	for _, test := range []struct{ name, query, data, want string }{
		{"a result", `{"queryType":"queryResult","expr":"x"}`,
			`{"resultType":"vector","result":[{"metric":{"__name__":"x","b":"c","a":"C:\\\\\"é\""},"value":[1700000000.5,"1700000000"]}]}`,
			`x{a="C:\\"é"",b="c"} 1700000000 1700000000500`},
		{"a result without labels", `{"queryType":"queryResult","expr":"x"}`,
			`{"resultType":"vector","result":[{"metric":{"__name__":"x"},"value":[1,"0.0000001"]}]}`, `x{} 1e-07 1000`},
		{"a scalar", `{"queryType":"queryResult","expr":"time()"}`,
			`{"resultType":"scalar","result":[1700000000,"1700000000"]}`, `1700000000`},
		{"a series", `{"queryType":"series","match":"x"}`,
			`[{"__name__":"x","b":"c","a":"d"}]`, `x{a="d",b="c"}`},
		{"a series whose names aren't identifiers", `{"queryType":"series","match":"x"}`,
			`[{"__name__":"my.metric","my-label":"c"}]`, `my.metric{my-label="c"}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				_, _ = fmt.Fprintf(w, `{"status":"success","data":%s}`, test.data)
			}))
			defer server.Close()
			got := ask(t, instance(t, server.URL, `{}`), nil, test.query)["A"]
			if got.Error != nil || len(got.Frames) != 1 || got.Frames[0].Rows() != 1 {
				t.Fatalf("got %+v", got)
			}
			if text := got.Frames[0].Fields[0].At(0); text != test.want {
				t.Errorf("got %v, want %s", text, test.want)
			}
		})
	}
}
