package promapi

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

const oneExemplar = `{"status":"success","data":[{"seriesLabels":{"le":"1"},"exemplars":[{"labels":{"trace_id":"t"},"value":"6","timestamp":1600096945.479}]}]}`

func TestExemplars(t *testing.T) {
	var path, form string
	c, _ := client(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		path, form = r.URL.Path, r.Form.Encode()
		_, _ = fmt.Fprint(w, oneExemplar)
	})
	answer, err := c.Exemplars(t.Context(), "rate(x[5m])", time.UnixMilli(1500), time.Unix(60, 0))
	if all := answer.Series; err != nil || len(all) != 1 || all[0].Exemplars[0].Labels.Get("trace_id") != "t" {
		t.Errorf("got %+v, %v", all, err)
	}
	if want := "end=60&query=rate%28x%5B5m%5D%29&start=1.5"; path != "/api/v1/query_exemplars" || form != want {
		t.Errorf("%s with %s, want %s", path, form, want)
	}
	if !c.mayHaveExemplars() {
		t.Error("mayHaveExemplars is false")
	}
}

// For a server that doesn't support exemplars, the result is empty, and a second call sends no
// request.
func TestServerWithoutExemplars(t *testing.T) {
	for _, test := range []struct {
		name    string
		status  int
		body    string
		headers map[string]string
		want    bool // mayHaveExemplars
	}{
		{"no such path", 404, "404 page not found", nil, false},
		{"no such method", 405, "", nil, false},
		{"not implemented", 501, `{"status":"error","errorType":"not_implemented","error":"no exemplars here"}`, nil, false},
		{"VictoriaMetrics", 200, `{"status":"success","data":[]}`, map[string]string{"X-Server-Hostname": "vm"}, false},
		{"Prometheus", 200, `{"status":"success","data":[]}`, nil, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			requests := 0
			c, _ := client(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
				for name, value := range test.headers {
					w.Header().Set(name, value)
				}
				if !strings.HasSuffix(r.URL.Path, "/query_exemplars") {
					_, _ = fmt.Fprint(w, `{"status":"success","data":{"version":"2.24.0"}}`)
					return
				}
				if r.Method == http.MethodPost {
					requests++
				}
				w.WriteHeader(test.status)
				_, _ = fmt.Fprint(w, test.body)
			})
			for range 2 {
				answer, err := c.Exemplars(t.Context(), "x", time.Unix(0, 0), time.Unix(60, 0))
				if err != nil || len(answer.Series) != 0 {
					t.Errorf("got %+v, %v", answer, err)
				}
			}
			if c.mayHaveExemplars() != test.want || (requests == 1) == test.want {
				t.Errorf("mayHaveExemplars is %t after %d requests", c.mayHaveExemplars(), requests)
			}
		})
	}
}

func TestExemplarErrors(t *testing.T) {
	for _, test := range []struct {
		name, body string
		status     int
		kind       fault.Kind
	}{
		{"bad query", `{"status":"error","errorType":"bad_data","error":"parse error"}`, 400, fault.Rejected},
		{"incomplete response", oneExemplar[:60], 200, fault.BadAnswer},
		{"HTTP 500", "oops", 500, fault.BadAnswer},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, _ := client(t, Options{}, func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(test.status)
				_, _ = fmt.Fprint(w, test.body)
			})
			_, err := c.Exemplars(t.Context(), "x", time.Unix(0, 0), time.Unix(60, 0))
			if err == nil || fault.As(err).Kind != test.kind || !c.mayHaveExemplars() {
				t.Errorf("got %v", err)
			}
		})
	}
}
