package plugin

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

func TestAQueryThatIsTooLongIsRefused(t *testing.T) {
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
		answer := ask(t, d, nil, fmt.Sprintf(`{%q:%s}`, key, filler))["A"]
		if answer.Status != http.StatusBadRequest || answer.Error == nil || !strings.Contains(answer.Error.Error(), "It may have 4 MiB") {
			t.Errorf("%s: status %d, %.300v", key, answer.Status, answer.Error)
		}
	}
	if n := requests.Load(); n > 0 {
		t.Errorf("%d requests were sent", n)
	}
}

// TestALargeResponseKeepsItsMemoryUntilItIsSent: the SDK copies the frames after
// QueryData has returned, and ends the context when the response has been sent.
func TestALargeResponseKeepsItsMemoryUntilItIsSent(t *testing.T) {
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
		t.Error("a second large answer was read before the first response was sent")
	case <-time.After(200 * time.Millisecond):
		sent()
		if err := (<-second).Error; err != nil {
			t.Error(err)
		}
	}
}
