package promapi

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/promapi/promjson"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
)

// Spaces, escapes and digits of raw data remain as the server writes them.
func TestRawDataIsUnchanged(t *testing.T) {
	const data = `{ "result":[{"metric":{"a":"<\u00e9é>"},"value":[1.10, "1e0"]}], "resultType":"vector" , "more":{}}`
	c, _ := client(t, Options{}, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprint(w, `{"infos":["an info"],"data":  `+data+` ,"status":"success","warnings":["a warning"]}`)
	})
	for name, query := range map[string]func() (Raw, error){
		"instant": func() (Raw, error) { return c.RawQuery(t.Context(), instant) },
		"range": func() (Raw, error) {
			return c.RawRange(t.Context(), Range{Expr: "up", Start: time.Unix(0, 0), End: time.Unix(60, 0), Step: time.Minute})
		},
	} {
		got, err := query()
		if err != nil || string(got.Data) != data || strings.Join(got.Warnings, "") != "a warning" || strings.Join(got.Infos, "") != "an info" {
			t.Errorf("%s: got %+v with %s, %v", name, got, got.Data, err)
		}
	}
}

func TestRawDataIsValidated(t *testing.T) {
	for _, test := range []struct {
		name, body string
		kind       fault.Kind
	}{
		{"no data", `{"status":"success"}`, fault.BadAnswer},
		{"null", `{"status":"success","data":null}`, fault.BadAnswer},
		{"array", `{"status":"success","data":["a"]}`, fault.BadAnswer},
		{"other object", `{"status":"success","data":{"groups":[]}}`, fault.BadAnswer},
		{"no result type", `{"status":"success","data":{"result":[]}}`, fault.BadAnswer},
		{"unknown result type", `{"status":"success","data":{"resultType":"streams","result":[]}}`, fault.BadAnswer},
		{"number as result", `{"status":"success","data":{"resultType":"vector","result":5}}`, fault.BadAnswer},
		{"invalid value", `{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"x"]}]}}`, fault.BadAnswer},
		{"cut off", `{"status":"success","data":{"resultType":"vector","result":[{"metric":{}`, fault.BadAnswer},
		{"data after the response", `{"status":"success","data":{"resultType":"vector","result":[]}}{}`, fault.BadAnswer},
		{"more series than the limit", `{"status":"success","data":{"resultType":"vector","result":[` + strings.Repeat(`{"metric":{},"value":[1,"1"]},`, 3) + `{"metric":{},"value":[1,"1"]}]}}`, fault.TooLarge},
		{"more samples than the limit", `{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"1"],[2,"1"],[3,"1"],[4,"1"],[5,"1"]]}]}}`, fault.TooLarge},
		{"error", `{"status":"error","errorType":"bad_data","error":"no"}`, fault.Rejected},
		{"web page", `<html>`, fault.NotPrometheus},
		{"more than the limit", `{"status":"success","data":{"more":"` + strings.Repeat("a", 2<<20) + `"}}`, fault.TooLarge},
	} {
		t.Run(test.name, func(t *testing.T) {
			limits := promjson.Limits{Series: 3, Samples: 4}
			c, _ := client(t, Options{Limits: limits, Partial: true}, func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, test.body) })
			if got, err := c.RawQuery(t.Context(), instant); fault.As(err).Kind != test.kind {
				t.Errorf("got %s, %v", got.Data, err)
			}
		})
	}
}

func TestInvalidListIsNotValidResponse(t *testing.T) {
	for body, want := range map[string]string{
		`[]`:                             "Prometheus API: []. Check that the data source's URL",
		`{"status":"success","data":{}}`: "Prometheus API: unexpected JSON object, at byte 27.",
	} {
		c, _ := client(t, Options{}, func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, body) })
		if _, err := c.LabelNames(t.Context(), Selection{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", body, err, want)
		}
	}
}

func TestMetadata(t *testing.T) {
	var request string
	c, _ := client(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
		request = r.Method + " " + r.URL.RequestURI()
		_, _ = fmt.Fprint(w, `{"status":"success","data":{"up":[{"type":"gauge","help":"It is up.","unit":""},{"type":"unknown","help":"","unit":"s"}]}}`)
	})
	got, err := c.Metadata(t.Context(), MetadataSelection{Metric: "up", Limit: 3, PerLimit: 2})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string][]Metadata{"up": {{Type: "gauge", Help: "It is up."}, {Type: "unknown", Unit: "s"}}}, got.Data); diff != "" {
		t.Error(diff)
	}
	if want := "GET /api/v1/metadata?limit=4&limit_per_metric=2&metric=up"; request != want {
		t.Errorf("request is %s, want %s", request, want)
	}
	if _, err := c.Metadata(t.Context(), MetadataSelection{}); err != nil || request != "GET /api/v1/metadata?limit=40001" {
		t.Errorf("request is %s: %v", request, err)
	}
}

func TestSeries(t *testing.T) {
	var request string
	c, _ := client(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		request = r.URL.Path + "?" + r.Form.Encode()
		_, _ = fmt.Fprint(w, `{"status":"success","data":[{"__name__":"up","job":"a"},{"__name__":"down"}]}`)
	})
	got, err := c.Series(t.Context(), Selection{Match: []string{"up", "down"}, Start: time.Unix(1, 0), End: time.Unix(2, 0), Limit: 5})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]series.Labels{{{Name: "__name__", Value: "up"}, {Name: "job", Value: "a"}}, {{Name: "__name__", Value: "down"}}}, got.Data); diff != "" {
		t.Error(diff)
	}
	if want := "/api/v1/series?end=2&limit=6&match%5B%5D=up&match%5B%5D=down&start=1"; request != want {
		t.Errorf("request is %s, want %s", request, want)
	}
}
