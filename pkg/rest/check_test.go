package rest

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/rest/restjson"
)

func checkPacks(t *testing.T, packs string) *httptest.ResponseRecorder {
	t.Helper()
	body, err := json.Marshal(map[string]string{"packs": packs})
	if err != nil {
		t.Fatal(err)
	}
	handler, _ := server(t, names)
	return call(handler, http.MethodPost, "/catalog/check", string(body))
}

func TestCheck(t *testing.T) {
	got := read[restjson.Check](t, checkPacks(t, userPack))
	want := []restjson.UserMetric{
		{
			Name: "checkout_order_rate", Title: "Order rate", Pack: "checkout", Line: 9,
			Query:   "sum by (__BY__) (rate(checkout_orders_total{__PARAMS__}[$__rate_interval])) > 0",
			Preview: `sum by (country) (rate(checkout_orders_total{shop="<shop>"}[$__rate_interval])) > 0`,
		},
		{
			Name: "checkout_orders", Title: "Orders", Pack: "checkout", Line: 20,
			Query: "sum(increase(checkout_orders_total{__PARAMS__}[$__range]))", Preview: "sum(increase(checkout_orders_total{}[$__range]))",
		},
		{
			Name: "active_sessions", Title: "Shop sessions", Pack: "checkout", Line: 29, Record: "shop:orders", Overrides: true,
			Query: "count(checkout_orders_total{__PARAMS__})", Preview: "count(checkout_orders_total{})",
		},
	}
	if diff := cmp.Diff(want, got.Metrics); diff != "" || len(got.Problems) > 0 {
		t.Errorf("%s, problems %v", diff, got.Problems)
	}
}

func TestCheckEmptyText(t *testing.T) {
	if got, want := checkPacks(t, "").Body.String(), `{"problems":[],"metrics":[]}`; got != want {
		t.Errorf("got %s", got)
	}
}

// TestCheckInvalidPacks checks that the status is 200, and that the response contains the
// problem but not the invalid metric.
func TestCheckInvalidPacks(t *testing.T) {
	got := read[restjson.Check](t, checkPacks(t, strings.Replace(userPack, "sum(increase(checkout_orders_total{__PARAMS__}[$__range]))", "sum(increase(checkout_orders_total{__PARAM__}", 1)))
	if len(got.Problems) == 0 || got.Problems[0].Metric != "checkout_orders" || got.Problems[0].Text == "" {
		t.Errorf("problems %+v", got.Problems)
	}
	for _, m := range got.Metrics {
		if m.Name == "checkout_orders" {
			t.Errorf("the invalid metric is listed: %+v", m)
		}
	}
	for name, text := range map[string]string{
		"not YAML": "a: [", "a list": "- a", "a string": "hello", "no metrics": "pack: a", "a tab": "\tpack: a", "a NUL": "pack: \x00",
		"an alias of itself": "pack: &a [*a]", "binary": "pack: !!binary aGVsbG8=", "many documents": strings.Repeat("---\n", 1000),
		"aliases that multiply": "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]\ng: [*f,*f,*f,*f,*f,*f,*f,*f,*f]",
	} {
		t.Run(name, func(t *testing.T) {
			got := read[restjson.Check](t, checkPacks(t, text))
			if len(got.Metrics) > 0 {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestCheckRejectsInvalidBodies(t *testing.T) {
	handler, _ := server(t, names)
	for _, test := range []struct{ name, body, want string }{
		{"none", "", `The request's body must be {\"packs\": \"<YAML>\"}: unexpected end of JSON input.`},
		{"not JSON", "pack: a", `invalid character`},
		{"a list", "[]", `it contains a JSON array`},
		{"another key", `{"pack":"a"}`, `the key packs is missing`},
		{"null", `{"packs":null}`, `the key packs is missing`},
		{"packs that are not a string", `{"packs":{"pack":"a"}}`, `it contains a JSON object`},
		{"two bodies", `{"packs":""}{"packs":""}`, `invalid character`},
		{"more than 1 MiB", `{"packs":"` + strings.Repeat("a", 1<<20+1) + `"}`, `packs are larger than 1 MiB`},
		{"more than 2 MiB", `{"packs":"` + strings.Repeat("a", 5<<20), `body is larger than 2 MiB`},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := call(handler, http.MethodPost, "/catalog/check", test.body)
			if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), test.want) {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		})
	}
}

func TestSchema(t *testing.T) {
	handler, _ := server(t, names)
	got := read[map[string]any](t, get(handler, "/catalog/schema"))
	if got["$schema"] != "https://json-schema.org/draft/2020-12/schema" {
		t.Errorf("$schema is %v", got["$schema"])
	}
}

// TestOneCheckRunsInProcess checks that a check waits while a check of another data source runs.
func TestOneCheckRunsInProcess(t *testing.T) {
	a := newAPI(options(t, &upstream{}))
	checking <- struct{}{} // the check of another data source
	release := sync.OnceFunc(func() { <-checking })
	defer release()
	ended := make(chan error, 1)
	go func() {
		_, err := a.check(httptest.NewRequest(http.MethodPost, "/catalog/check", strings.NewReader(`{"packs":""}`)), nil)
		ended <- err
	}()
	select {
	case err := <-ended:
		t.Fatalf("the check didn't wait: %v", err)
	case <-time.After(50 * time.Millisecond):
	}
	release()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// TestConcurrentChecksAreBounded checks that while a check runs, maxWaitingChecks other checks
// wait, and the next one fails.
func TestConcurrentChecksAreBounded(t *testing.T) {
	a := newAPI(options(t, &upstream{}))
	checking <- struct{}{} // the running check
	defer func() { <-checking }()
	ctx, cancel := context.WithCancel(t.Context())
	request := func() *http.Request {
		return httptest.NewRequest(http.MethodPost, "/catalog/check", strings.NewReader(`{"packs":""}`)).WithContext(ctx)
	}
	a.checks <- struct{}{}
	waiting := make(chan error)
	for range maxWaitingChecks {
		go func() {
			_, err := a.check(request(), nil)
			waiting <- err
		}()
	}
	for len(a.checks) <= maxWaitingChecks {
		time.Sleep(time.Millisecond)
	}
	_, err := a.check(request(), nil)
	if f := fault.As(err); f.Kind != fault.Overloaded || f.Status != http.StatusTooManyRequests {
		t.Errorf("got %v", err)
	}
	cancel()
	for range maxWaitingChecks {
		if err := <-waiting; !errors.Is(err, context.Canceled) {
			t.Errorf("after the caller canceled: %v", err)
		}
	}
}
