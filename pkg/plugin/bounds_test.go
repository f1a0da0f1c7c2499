package plugin

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

func TestQuerySizeIsBounded(t *testing.T) {
	var requests atomic.Int64
	upstream := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { requests.Add(1) }))
	defer upstream.Close()
	d := instance(t, upstream.URL, `{}`)
	defer d.Dispose()
	filler, err := json.Marshal(strings.Repeat("a", maxQueryBytes))
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"expr", "unknown", "queryType"} {
		answer := runQueries(t, d, nil, fmt.Sprintf(`{%q:%s}`, key, filler))["A"]
		if answer.Status != http.StatusBadRequest || answer.Error == nil || !strings.Contains(answer.Error.Error(), "The limit is 4 MiB") {
			t.Errorf("%s: status %d, %.300v", key, answer.Status, answer.Error)
		}
	}
	if n := requests.Load(); n > 0 {
		t.Errorf("%d requests were sent", n)
	}
}

// TestMemoryIsReservedUntilResponseIsSent: the SDK copies the frames after QueryData has
// returned. Their memory is therefore released only when the context of the request ends.
func TestMemoryIsReservedUntilResponseIsSent(t *testing.T) {
	var answer strings.Builder
	answer.WriteString(`{"status":"success","data":{"resultType":"matrix","result":[`)
	for i := range 10_000 {
		_, _ = fmt.Fprintf(&answer, `{"metric":{"i":"%d","text":%q},"values":[[60,"1"]]},`, i, strings.Repeat("x", 1000))
	}
	text := strings.TrimSuffix(answer.String(), ",") + "]}}"
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, text) }))
	defer upstream.Close()
	d := instance(t, upstream.URL, `{"queryTimeout":"10s"}`)
	defer d.Dispose()
	query := func(ctx context.Context) backend.DataResponse {
		response, err := d.QueryData(ctx, &backend.QueryDataRequest{Queries: []backend.DataQuery{{
			RefID: "A", JSON: []byte(`{"expr":"up"}`), MaxDataPoints: 100, Interval: time.Second,
			TimeRange: backend.TimeRange{From: time.Unix(0, 0), To: time.Unix(60, 0)},
		}}})
		if err != nil {
			t.Error(err)
			return backend.DataResponse{}
		}
		return response.Responses["A"]
	}
	first, sent := context.WithCancel(t.Context())
	defer sent()
	if err := query(first).Error; err != nil {
		t.Fatal(err)
	}
	second := make(chan backend.DataResponse)
	go func() { second <- query(t.Context()) }()
	select {
	case <-second:
		t.Error("the second large response was read before the first one was sent")
	case <-time.After(200 * time.Millisecond):
		sent()
		if err := (<-second).Error; err != nil {
			t.Error(err)
		}
	}
}

// TestTooManyCredentialsFailEveryQuery: if some credentials were dropped, requests would be
// sent with other credentials.
func TestTooManyCredentialsFailEveryQuery(t *testing.T) {
	many := map[string]string{}
	for i := range 1000 {
		many["key"+strconv.Itoa(i)] = "x"
	}
	for _, test := range []struct {
		name, want string
		settings   backend.DataSourceInstanceSettings
	}{
		{"encrypted settings", "number of encrypted settings is 1000", backend.DataSourceInstanceSettings{DecryptedSecureJSONData: many}},
		{"header value", "custom HTTP headers have", backend.DataSourceInstanceSettings{
			JSONData:                []byte(`{"httpHeaderName1":"X-A"}`),
			DecryptedSecureJSONData: map[string]string{"httpHeaderValue1": strings.Repeat("x", 100_000)},
		}},
		{"custom query parameters", "custom query parameters have", backend.DataSourceInstanceSettings{
			JSONData: []byte(`{"customQueryParameters":"a=` + strings.Repeat("x", 100_000) + `"}`),
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.settings.URL = "http://prometheus:9090"
			made, err := NewInstance(t.Context(), test.settings)
			if err != nil {
				t.Fatal(err)
			}
			d := made.(*DataSource)
			defer d.Dispose()
			answer := runQueries(t, d, nil, `{"expr":"up"}`)["A"]
			if answer.Status != 400 || answer.Error == nil || !strings.Contains(answer.Error.Error(), test.want) || len(answer.Error.Error()) > 500 {
				t.Errorf("status %d, %v", answer.Status, answer.Error)
			}
		})
	}
}

// TestHeadersOfServerAreBounded: the limit is lower than the default of net/http, 10 MiB.
func TestHeadersOfServerAreBounded(t *testing.T) {
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for i := range maxHeaderBytes / 16 {
			w.Header().Set(fmt.Sprintf("X-Header-%06d", i), "v")
		}
		_, _ = fmt.Fprint(w, `{"status":"success","data":{"resultType":"vector","result":[]}}`)
	}))
	defer upstream.Close()
	d := instance(t, upstream.URL, `{}`)
	defer d.Dispose()
	answer := runQueries(t, d, nil, `{"expr":"up","instant":true}`)["A"]
	if answer.Error == nil || !strings.Contains(answer.Error.Error(), "headers exceeded") {
		t.Errorf("status %d, %v", answer.Status, answer.Error)
	}
}
