package plugin

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// TestUnitsOfCatalogQueries checks that the frames of a catalog query contain the unit, the
// decimals and the description of the metric if the query requests them, and that other
// queries have frames without them.
func TestUnitsOfCatalogQueries(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		kind, values := "vector", `"value":[600,"1"]`
		if strings.HasSuffix(r.URL.Path, "/query_range") {
			kind, values = "matrix", `"values":[[0,"1"]]`
		}
		_, _ = w.Write([]byte(`{"status":"success","data":{"resultType":"` + kind + `","result":[{"metric":{"a":"b"},` + values + `}]}}`))
	}))
	defer server.Close()
	d := instance(t, server.URL, `{}`)
	defer d.Dispose()
	const metric = `"queryType":"catalog","metric":"tensorone_cost_per_hour"`
	for name, test := range map[string]struct {
		query string
		want  bool
	}{
		"range":             {`{"refId":"A",` + metric + `,"units":true}`, true},
		"instant":           {`{"refId":"A",` + metric + `,"units":true,"instant":true}`, true},
		"table":             {`{"refId":"A",` + metric + `,"units":true,"instant":true,"format":"table"}`, true},
		"as a text":         {`{"refId":"A",` + metric + `,"units":"true"}`, true},
		"off":               {`{"refId":"A",` + metric + `,"units":false}`, false},
		"a stored query":    {`{"refId":"A",` + metric + `}`, false},
		"PromQL":            {`{"refId":"A","expr":"x","units":true}`, false},
		"PromQL and metric": {`{"refId":"A","queryType":"promql","expr":"x",` + `"metric":"tensorone_cost_per_hour","units":true}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			answer := runQueries(t, d, nil, test.query)["A"]
			var sent chunks
			err := d.QueryChunkedData(t.Context(), &backend.QueryChunkedDataRequest{Queries: []backend.DataQuery{{
				RefID: "A", JSON: json.RawMessage(test.query), MaxDataPoints: 100, Interval: 15 * time.Second,
				TimeRange: backend.TimeRange{From: time.Unix(0, 0), To: time.Unix(600, 0)},
			}}}, &sent)
			if answer.Error != nil || err != nil || sent.err != nil {
				t.Fatal(answer.Error, err, sent.err)
			}
			for path, frame := range map[string]*data.Frame{"complete": answer.Frames[0], "chunked": sent.frames[0]} {
				config := frame.Fields[len(frame.Fields)-1].Config
				has := config != nil && config.Unit == "currencyUSD" && *config.Decimals == 2 && strings.HasPrefix(config.Description, "Current cost")
				if has != test.want || !test.want && config != nil && config.Unit+config.Description != "" {
					t.Errorf("%s: the values have %+v", path, config)
				}
			}
		})
	}
}
