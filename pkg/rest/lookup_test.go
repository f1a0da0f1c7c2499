package rest

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// documented is the table of docs/contracts/tango.md#metrics.
var documented = []definition{
	{"active_sessions", "Number of active TANGO sessions", "sum(active_sessions{__PARAMS__})", []string{}, []string{"model_code", "model_version", "user_id", "workspace"}},
	{"closed_sessions", "Number of closed TANGO sessions", "sum(closed_sessions{__PARAMS__})", []string{}, []string{"model_code", "model_version", "user_id", "workspace"}},
	{"total_invocations", "Total number of invocations in TANGO", "sum(total_invocations{__PARAMS__})", []string{}, []string{"model_code", "model_version", "status", "type"}},
	{"total_deployments", "Total number of deployments in TANGO", "sum(total_deployments{__PARAMS__})", []string{}, []string{"workspace", "proxy_class", "connector_class"}},
	{"total_models", "Total number of models in TANGO", "sum(total_models{__PARAMS__})", []string{}, []string{"workspace", "model_code", "model_version"}},
	{"invocation_failure_rate", "Rate of failed invocations in TANGO in percentage", `sum(total_invocations{status="ERROR",__PARAMS__}) / sum(total_invocations{__PARAMS__}) * 100`, []string{}, []string{"model_code", "model_version"}},
	{"last_model_invocation_duration_seconds", "Last model invocation duration in seconds", "model_invocation_duration_seconds_sum{__PARAMS__}", []string{"model_code", "model_version"}, []string{"success"}},
}

func TestListMetrics(t *testing.T) {
	o := options(t, &upstream{})
	o.Catalog = o.Builtin
	list := read[[]definition](t, get(New(o), "/api/metrics?pack=tango"))
	byName := map[string]definition{}
	for _, d := range list {
		byName[d.Name] = d
	}
	for _, want := range documented {
		if diff := cmp.Diff(want, byName[want.Name]); diff != "" {
			t.Errorf("%s: %s", want.Name, diff)
		}
	}
	all := read[[]definition](t, get(New(o), "/api/metrics"))
	if len(all) <= len(list) {
		t.Errorf("%d metrics of all packs, %d of one", len(all), len(list))
	}
}

// TestListMetricsAsDocumented compares the JSON of two definitions with
// docs/contracts/tango.md#definitions, including the order of the fields.
func TestListMetricsAsDocumented(t *testing.T) {
	o := options(t, &upstream{})
	o.Catalog = o.Builtin
	body := get(New(o), "/api/metrics").Body.String()
	for _, want := range []string{
		`{"name":"active_sessions","description":"Number of active TANGO sessions","prometheus_query":"sum(active_sessions{__PARAMS__})","required_params":[],"optional_params":["model_code","model_version","user_id","workspace"]}`,
		`{"name":"last_model_invocation_duration_seconds","description":"Last model invocation duration in seconds","prometheus_query":"model_invocation_duration_seconds_sum{__PARAMS__}","required_params":["model_code","model_version"],"optional_params":["success"]}`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("missing %s in\n%s", want, body)
		}
	}
}

// TestDocumentedExample uses the request and the query of docs/contracts/tango.md#answers.
// The data of Prometheus is unchanged, including its whitespace.
func TestDocumentedExample(t *testing.T) {
	const data = `{"resultType" : "matrix","result":[{"metric":{"a":"<&>\u00e9é"},"values":[[1724756400, "5.2"],[1724756700,"5.10"],[1724757000,"5.3e0"]]}]}`
	handler, u := server(t, `{"status":"success","data": `+data+` }`)
	w := get(handler, "/api/metrics/invocation_failure_rate?model_code=customer-churn-predictor&start=2025-08-27T09:00:00&end=2025-08-27T11:00:00&step=5m")
	want := `{"metric":"invocation_failure_rate","query":"sum(total_invocations{status=\"ERROR\",model_code=\"customer-churn-predictor\"}) / sum(total_invocations{model_code=\"customer-churn-predictor\"}) * 100","data":` + data + `}`
	if got := w.Body.String(); w.Code != 200 || got != want {
		t.Errorf("got %d %s\nwant %s", w.Code, got, want)
	}
	request := u.last(t)
	for name, want := range map[string]string{
		"query": `sum(total_invocations{status="ERROR",model_code="customer-churn-predictor"}) / sum(total_invocations{model_code="customer-churn-predictor"}) * 100`,
		"start": "1756285200", "end": "1756292400", "step": "300",
	} {
		if got := request.form.Get(name); request.path != "/api/v1/query_range" || got != want {
			t.Errorf("sent %s with %s = %s", request.path, name, got)
		}
	}
}

func TestLookupWarningsAndInfos(t *testing.T) {
	const body = `{"status":"success","data":{"resultType":"vector","result":[]},"warnings":["a <part>"],"infos":["no counter"]}`
	handler, _ := server(t, body)
	got := get(handler, "/api/metrics/total_models").Body.String()
	if want := `{"metric":"total_models","query":"sum(total_models{})","data":{"resultType":"vector","result":[]},"warnings":["a <part>"],"infos":["no counter"]}`; got != want {
		t.Errorf("got %s", got)
	}
}

func TestLookupQuery(t *testing.T) {
	handler, u := server(t, vector)
	for _, test := range []struct {
		name, target, query string
		form                string // other parameters that are sent to Prometheus
	}{
		{"now", "/api/metrics/total_models", "sum(total_models{})", "time=1756296000.5"},
		{"time", "/api/metrics/total_models?time=2025-08-27T09:00:00Z", "sum(total_models{})", "time=1756285200"},
		{"value", "/api/metrics/total_models?workspace=a%22%7D", `sum(total_models{workspace="a\"}"})`, ""},
		{"values", "/api/metrics/total_models?workspace=a.b&workspace=c", `sum(total_models{workspace=~"a\\.b|c"})`, ""},
		{"order of the definition", "/api/metrics/total_models?model_version=2&workspace=1", `sum(total_models{workspace="1",model_version="2"})`, ""},
		{"all values", "/api/metrics/total_models?workspace=.*&model_code=$__all", `sum(total_models{})`, ""},
		{"text that looks like a macro", "/api/metrics/total_models?workspace=$__range", `sum(total_models{workspace="$__range"})`, ""},
		{"required", "/api/metrics/last_model_invocation_duration_seconds?model_code=my-model&model_version=1.0", `model_invocation_duration_seconds_sum{model_code="my-model",model_version="1.0"}`, ""},
		{"metric of a user pack", "/api/metrics/active_sessions?shop=a", `count(checkout_orders_total{shop="a"})`, ""},

		{"window of the metric", "/api/metrics/checkout_order_rate?shop=a", `sum by (country) (rate(checkout_orders_total{shop="a"}[10m])) > 0`, ""},
		{"window", "/api/metrics/checkout_order_rate?shop=a&window=1h30m", `sum by (country) (rate(checkout_orders_total{shop="a"}[1h30m])) > 0`, ""},
		{"window in seconds", "/api/metrics/checkout_order_rate?shop=a&window=90", `sum by (country) (rate(checkout_orders_total{shop="a"}[1m30s])) > 0`, ""},
		{"window of a range", "/api/metrics/checkout_order_rate?shop=a&start=0&end=600&step=60", `sum by (country) (rate(checkout_orders_total{shop="a"}[1m15s])) > 0`, "step=60"},
		{"window of at least four scrape intervals", "/api/metrics/checkout_order_rate?shop=a&start=0&end=600&step=1", `sum by (country) (rate(checkout_orders_total{shop="a"}[1m])) > 0`, "step=1"},
		{"range with window", "/api/metrics/checkout_order_rate?shop=a&start=0&end=600&step=60&window=1h", `sum by (country) (rate(checkout_orders_total{shop="a"}[1h])) > 0`, ""},
		{"$__range of a single time", "/api/metrics/checkout_orders", `sum(increase(checkout_orders_total{}[5m]))`, ""},
		{"$__range of a single time with window", "/api/metrics/checkout_orders?window=1d", `sum(increase(checkout_orders_total{}[1d]))`, ""},
		{"$__range of a range", "/api/metrics/checkout_orders?start=0&end=600&step=60", `sum(increase(checkout_orders_total{}[10m]))`, ""},
		{"$__range of a range with window", "/api/metrics/checkout_orders?start=0&end=600&step=60&window=1d", `sum(increase(checkout_orders_total{}[1d]))`, ""},

		{"group by no label", "/api/metrics/checkout_order_rate?shop=a&group_by=", `sum by () (rate(checkout_orders_total{shop="a"}[10m])) > 0`, ""},
		{"group by another label", "/api/metrics/checkout_order_rate?shop=a&group_by=shop", `sum by (shop) (rate(checkout_orders_total{shop="a"}[10m])) > 0`, ""},
		{"group by two labels", "/api/metrics/checkout_order_rate?shop=a&group_by=shop,country", `sum by (shop, country) (rate(checkout_orders_total{shop="a"}[10m])) > 0`, ""},
		{"repeated group_by", "/api/metrics/checkout_order_rate?shop=a&group_by=country&group_by=shop&group_by=shop", `sum by (country, shop) (rate(checkout_orders_total{shop="a"}[10m])) > 0`, ""},
		{"group by no label, fixed grouping", "/api/metrics/total_models?group_by=", `sum(total_models{})`, ""},

		{"UNIX times", "/api/metrics/total_models?start=1756285200&end=1756292400.25&step=300", "sum(total_models{})", "start=1756285200&end=1756292400.25&step=300"},
		{"ISO times with zones", "/api/metrics/total_models?start=2025-08-27T11:00:00%2B02:00&end=2025-08-27T09:00:00.5Z&step=1m", "sum(total_models{})", "start=1756285200&end=1756285200.5&step=60"},
		{"unescaped plus", "/api/metrics/total_models?time=2025-08-27T11:00:00+02:00", "sum(total_models{})", "time=1756285200"},
		{"date", "/api/metrics/total_models?start=2025-08-27&end=2025-08-28&step=1h", "sum(total_models{})", "start=1756252800&end=1756339200&step=3600"},
		{"step in milliseconds", "/api/metrics/total_models?start=1&end=2&step=500ms", "sum(total_models{})", "step=0.5"},
		{"maximum number of points", "/api/metrics/total_models?start=0&end=10999&step=1", "sum(total_models{})", "end=10999"},
		{"range of one step", "/api/metrics/total_models?start=1&end=1&step=1y", "sum(total_models{})", "start=1&end=1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := get(handler, test.target)
			if w.Code != 200 {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			var response struct{ Query string }
			if err := json.Unmarshal(w.Body.Bytes(), &response); err != nil {
				t.Fatal(err)
			}
			request := u.last(t)
			if got := request.form.Get("query"); got != test.query || response.Query != test.query {
				t.Errorf("sent     %s\nresponse %s\nwant     %s", got, response.Query, test.query)
			}
			want, err := url.ParseQuery(test.form)
			if err != nil {
				t.Fatal(err)
			}
			for name := range want {
				if got := request.form.Get(name); got != want.Get(name) {
					t.Errorf("%s is %s, want %s", name, got, want.Get(name))
				}
			}
		})
	}
}

func TestTimes(t *testing.T) {
	for text, want := range map[string]string{
		"0":                            "1970-01-01T00:00:00Z",
		"1756285200.123":               "2025-08-27T09:00:00.123Z",
		"1.7562852e9":                  "2025-08-27T09:00:00Z",
		"2025-08-27T09:00":             "2025-08-27T09:00:00Z",
		"2025-08-27T09:00:00.1234567":  "2025-08-27T09:00:00.1234567Z",
		"2025-08-27T09:00:00,5":        "2025-08-27T09:00:00.5Z",
		"2025-08-27T09:00:00+0200":     "2025-08-27T07:00:00Z",
		"2025-08-27T09:00:00-02":       "2025-08-27T11:00:00Z",
		"2025-08-27T09:00:00 0530":     "2025-08-27T03:30:00Z",
		"2025-08-27":                   "2025-08-27T00:00:00Z",
		"":                             "",
		"-1":                           "",
		"NaN":                          "",
		"Inf":                          "",
		"1756285200000":                "", // milliseconds
		"now":                          "",
		"2025-08-27 09:00:00":          "",
		"2025-13-27T09:00:00":          "",
		"2025-02-30T09:00:00":          "",
		"2025-08-27T24:00:00":          "",
		"2025-08-27T09:00:00 0530 IST": "",
		"2025-08-27T09:00:00\x00":      "",
		"９":                            "",
	} {
		got, err := parseTime("start", text)
		if want == "" {
			if err == nil {
				t.Errorf("%q is %v", text, got)
			}
			continue
		}
		if err != nil || got.Format("2006-01-02T15:04:05.999999999Z07:00") != want {
			t.Errorf("%q is %v, want %s (%v)", text, got, want, err)
		}
	}
}

func TestDurations(t *testing.T) {
	for text, want := range map[string]string{
		"30s": "30s", "5m": "5m0s", "1h": "1h0m0s", "2d": "48h0m0s", "1w": "168h0m0s", "1h30m": "1h30m0s", "250ms": "250ms",
		"300": "5m0s", "0.5": "500ms", "1e2": "1m40s",
		"": "", "0": "", "0s": "", "-5": "", "-5m": "", "5 m": "", "5M": "", "1.5h": "", "m": "", "NaN": "", "Inf": "", "1e10": "", "0.0001": "", "300y": "",
	} {
		got, err := parseDuration("step", text)
		if want == "" {
			if err == nil {
				t.Errorf("%q is %v", text, got)
			}
			continue
		}
		if err != nil || got.String() != want {
			t.Errorf("%q is %v, want %s (%v)", text, got, want, err)
		}
	}
}
