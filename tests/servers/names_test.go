package servers

import (
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/promqltest"
	"github.com/prometheus/prometheus/util/teststorage"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/pkg/series"
	"github.com/modelmetrics/modelmetrics-catalog-datasource/tests/internal/promserver"
)

// names are label names that aren't identifiers or that look escaped. The metric my.metric
// has one series for each of these labels. The value of the label is its name.
var names = []string{"k8s.pod.name", "app.kubernetes.io/name", "my-label", "größe", "a b", `a"b`, "50%", "%2F", "a?b", "a__b.c", "U__a_2e_b", "1st", "..", "\U0001f600", "a\tb"}

const dotted = "my.metric"

func TestPrometheus3(t *testing.T) {
	storage := teststorage.New(t)
	appender := storage.Appender(t.Context())
	for _, name := range names {
		if _, err := appender.Append(0, labels.FromStrings("__name__", dotted, name, name), now.UnixMilli(), 1); err != nil {
			t.Fatal(err)
		}
	}
	if err := appender.Commit(); err != nil {
		t.Fatal(err)
	}
	engine := promqltest.NewTestEngine(t, false, 0, promqltest.DefaultMaxSamplesPerQuery)
	s := newServer(t, promserver.Serve(t, engine, storage))
	t.Run("labels whose names aren't identifiers", s.values)
	t.Run("filters on such labels", s.filtered)
}

// importNames imports the series of names into a VictoriaMetrics.
func importNames(t *testing.T, server string) {
	t.Helper()
	importLines(t, server, func(to io.Writer) error {
		for _, name := range names {
			one := line{map[string]string{"__name__": dotted, name: name}, []float64{1}, []int64{now.UnixMilli()}}
			if err := json.NewEncoder(to).Encode(one); err != nil {
				return err
			}
		}
		return nil
	})
}

// values requests the values of each label in two ways: with a variable query, and from the
// resource route. The paths of the route contain escaped and unescaped names.
func (s *server) values(t *testing.T) {
	t.Helper()
	for _, name := range names {
		got := texts(t, s.plugin, map[string]any{"queryType": "labelValues", "label": name, "metric": dotted})
		if !slices.Equal(got, []string{name}) {
			t.Errorf("%s: the variable lists %q", name, got)
		}
		if name == ".." || strings.HasPrefix(name, "U__") {
			continue // a path can only contain the escaped form of these names
		}
		if status, body := s.resource(t, "api/v1/label/"+name+"/values"); status != 200 || !lists(body, name) {
			t.Errorf("%s: the route lists %d %s", name, status, body)
		}
	}
	for path, name := range map[string]string{"U__app_2e_kubernetes_2e_io_2f_name": "app.kubernetes.io/name", "U__U____a__2e__b": "U__a_2e_b", "U___2e__2e_": ".."} {
		if status, body := s.resource(t, "api/v1/label/"+path+"/values"); status != 200 || !lists(body, name) {
			t.Errorf("%s: the route lists %d %s", path, status, body)
		}
	}
}

// filtered runs two queries for each label: a variable query for the values of the label,
// filtered by this label, and a query grouped by the label, with an ad-hoc filter on it.
func (s *server) filtered(t *testing.T) {
	t.Helper()
	for _, name := range names {
		query := map[string]any{"queryType": "labelValues", "label": name, "metric": dotted, "params": map[string]any{name: []string{name, "other"}}}
		if got := texts(t, s.plugin, query); !slices.Equal(got, []string{name}) {
			t.Errorf("%s: the variable lists %q", name, got)
		}
		response := runQuery(t, s.plugin, map[string]any{
			"expr": fmt.Sprintf("sum by (%s) ({%q})", series.LabelName(name), dotted), "instant": true, "legendFormat": "{{" + name + "}}",
			"adhocFilters": []any{map[string]string{"key": name, "operator": "=", "value": name}},
		})
		if response.Error != nil || len(response.Frames) != 1 || response.Frames[0].Name != name {
			t.Errorf("%s: got %+v, %v", name, response.Frames, response.Error)
		}
	}
}

// rejectsNames checks the error of a server that only supports label names that are
// identifiers.
func (s *server) rejectsNames(t *testing.T) {
	response := runQuery(t, s.plugin, map[string]any{"queryType": "labelValues", "label": "k8s.pod.name"})
	if response.Error == nil || !strings.Contains(response.Error.Error(), `invalid label name: "k8s.pod.name"`) {
		t.Errorf("got %v", response.Error)
	}
}

// resource requests a resource route with a decoded path, as Grafana does.
func (s *server) resource(t *testing.T, path string) (status int, body []byte) {
	t.Helper()
	req := &backend.CallResourceRequest{Method: "GET", Path: path, URL: (&url.URL{Path: path}).String()}
	err := s.plugin.CallResource(t.Context(), req, backend.CallResourceResponseSenderFunc(func(part *backend.CallResourceResponse) error {
		status, body = max(status, part.Status), append(body, part.Body...)
		return nil
	}))
	if err != nil {
		t.Fatal(err)
	}
	return status, body
}

func lists(body []byte, want string) bool {
	var response struct{ Data []string }
	return json.Unmarshal(body, &response) == nil && slices.Contains(response.Data, want)
}
