package plugin

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// clock responds to range queries with the result of time().
func clock(w http.ResponseWriter, r *http.Request) {
	number := func(name string) float64 {
		n, _ := strconv.ParseFloat(r.FormValue(name), 64)
		return n
	}
	var pairs []string
	for at := number("start"); at <= number("end"); at += number("step") {
		pairs = append(pairs, fmt.Sprintf(`[%.0f,"%.0f"]`, at, at))
	}
	_, _ = fmt.Fprintf(w, `{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"a":"b"},"values":[%s]}]}}`, strings.Join(pairs, ","))
}

// TestDaysBeginAtMidnight uses a range that contains a shift to daylight saving time. The
// parts of the range before and after the shift are requested separately, and the results are
// joined.
func TestDaysBeginAtMidnight(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(clock))
	defer server.Close()
	d := instance(t, server.URL, `{}`)
	q := backend.DataQuery{
		RefID: "A", MaxDataPoints: 100, JSON: json.RawMessage(`{"expr":"time()","interval":"1d","timezone":"Europe/Berlin"}`),
		TimeRange: backend.TimeRange{From: time.Date(2026, 3, 27, 13, 0, 0, 0, time.UTC), To: time.Date(2026, 3, 31, 14, 0, 0, 0, time.UTC)},
	}
	resp, err := d.QueryData(t.Context(), &backend.QueryDataRequest{Queries: []backend.DataQuery{q}})
	if err != nil {
		t.Fatal(err)
	}
	frames := resp.Responses["A"].Frames
	if len(frames) != 1 || frames[0].Rows() != 5 {
		t.Fatalf("%d frames, %v", len(frames), resp.Responses["A"].Error)
	}
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for row := range 5 {
		at, _ := frames[0].Fields[0].At(row).(time.Time)
		if local := at.In(berlin); local.Hour() != 0 || local.Day() != 27+row || frames[0].Fields[1].At(row) != float64(at.Unix()) {
			t.Errorf("row %d: %v at %s", row, frames[0].Fields[1].At(row), local)
		}
	}
}

func TestHTTP2IsUsedWithTLS(t *testing.T) {
	proto := 0
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		proto = r.ProtoMajor
		clock(w, r)
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	d := instance(t, server.URL, `{"tlsSkipVerify":true}`)
	defer d.Dispose()
	if a := runQueries(t, d, nil, `{"expr":"time()"}`)["A"]; a.Error != nil || proto != 2 {
		t.Errorf("HTTP/%d: %v", proto, a.Error)
	}
}
