package promapi

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/fault"
)

func TestLabelSegmentByServer(t *testing.T) {
	names := []string{"job", "k8s.pod.name", "a/b", "my-label", "größe", "a b", `x"y`, "50%", "U__a", "U__a_2e_b", "a__b", "a.b__c", "a:b", "1st", "..", "?#;"}
	escaped := []string{"job", "U__k8s_2e_pod_2e_name", "U__a_2f_b", "U__my_2d_label", "U__gr_f6__df_e", "U__a_20_b", "U__x_22_y", "U___35_0_25_",
		"U__U____a", "U__U____a__2e__b", "a__b", "U__a_2e_b____c", "a:b", "U___31_st", "U___2e__2e_", "U___3f__23__3b_"}
	encoded := []string{"job", "k8s.pod.name", "a%2Fb", "my-label", "gr%C3%B6%C3%9Fe", "a%20b", "x%22y", "50%25",
		"U__a", "U__a_2e_b", "a__b", "a.b__c", "a:b", "1st", "%2E%2E", "%3F%23%3B"}
	for _, test := range []struct {
		server, application, version, hostname string
		want                                   []string
	}{
		{"Prometheus 3", "", "3.15.0", "", escaped},
		{"Prometheus 3, release candidate", "", "v3.1.0-rc.0", "", escaped},
		{"Prometheus 3.0.0", "", "3.0.0", "", encoded},
		{"Prometheus 2", "", "2.42.0+ds", "", encoded},
		{"Prometheus 10", "", "10", "", escaped},
		{"VictoriaMetrics", "", "2.24.0", "vm", encoded},
		{"Mimir 3", "Grafana Mimir", "3.0.1", "", escaped},
		{"Mimir 2", "Grafana Mimir", "2.17.0", "", encoded},
		{"Grafana Cloud", "Grafana Mimir", "r370-1a2b3c", "", encoded},
		{"Cortex", "Cortex", "1.20.0", "", escaped},
		{"older Cortex", "Cortex", "1.19.1", "", encoded},
		{"unknown server", "", "", "", encoded},
	} {
		t.Run(test.server, func(t *testing.T) {
			var path string
			c, _ := client(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
				if test.hostname != "" {
					w.Header().Set("X-Server-Hostname", test.hostname)
				}
				switch {
				case strings.HasSuffix(r.URL.Path, "/buildinfo"):
					_, _ = fmt.Fprintf(w, `{"status":"success","data":{"application":%q,"version":%q}}`, test.application, test.version)
				case strings.HasPrefix(r.URL.Path, "/api/v1/label/"):
					path = r.URL.EscapedPath()
					_, _ = fmt.Fprint(w, `{"status":"success","data":["x"]}`)
				default:
					w.WriteHeader(http.StatusNotFound)
				}
			})
			for i, name := range names {
				if _, err := c.LabelValues(t.Context(), name, Selection{}); err != nil {
					t.Fatal(err)
				}
				if want := "/api/v1/label/" + test.want[i] + "/values"; path != want {
					t.Errorf("%s: sent %s, want %s", name, path, want)
				}
			}
		})
	}
}

// Status 404 for a label with a slash doesn't necessarily mean that the URL is wrong.
func TestLabelWithSlashNotFound(t *testing.T) {
	c, _ := client(t, Options{}, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) })
	_, err := c.LabelValues(t.Context(), "a/b", Selection{})
	if f := fault.As(err); f.Kind != fault.Rejected || f.Status != http.StatusNotFound || !strings.Contains(f.Text, `"a/b"`) {
		t.Errorf("got %v", err)
	}
	if _, err := c.LabelValues(t.Context(), "a.b", Selection{}); fault.As(err).Kind != fault.NotPrometheus {
		t.Errorf("got %v", err)
	}
}
