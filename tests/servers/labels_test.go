package servers

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"testing"

	"github.com/modelmetrics/modelmetrics-catalog-datasource/testbed/host"
)

func (s *server) labelNames(t *testing.T) {
	got := texts(t, s.plugin, map[string]any{"queryType": "labelNames", "metric": "up"})
	if want := s.list(t, "labels", "up"); len(want) < 3 || !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func (s *server) labelValues(t *testing.T) {
	for _, test := range []struct{ metric, label string }{
		{"up", "job"},
		{"tessallite_model_queries_total", "model_name"},
		{"", "__name__"},
	} {
		got := texts(t, s.plugin, map[string]any{"queryType": "labelValues", "label": test.label, "metric": test.metric})
		if want := s.list(t, "label/"+test.label+"/values", test.metric); len(want) < 2 || !slices.Equal(got, want) {
			t.Errorf("%s of %q: got %q, want %q", test.label, test.metric, got, want)
		}
	}
}

// texts runs a variable query and returns the values.
func texts(t *testing.T, plugin *host.Host, query map[string]any) []string {
	t.Helper()
	response := runQuery(t, plugin, query)
	if response.Error != nil {
		t.Fatal(response.Error)
	}
	field := response.Frames[0].Fields[0]
	values := make([]string, field.Len())
	for i := range values {
		values[i], _ = field.At(i).(string)
	}
	return values
}

// list requests label names or label values from the server. If metric isn't empty, it
// requests only those of this metric.
func (s *server) list(t *testing.T, path, metric string) []string {
	t.Helper()
	span := lastHours()
	form := url.Values{"start": {fmt.Sprint(span.From.Unix())}, "end": {fmt.Sprint(span.To.Unix())}}
	if metric != "" {
		form.Set("match[]", metric)
	}
	resp, err := http.Get(s.url + "/api/v1/" + path + "?" + form.Encode()) //nolint:noctx // loopback
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var response struct{ Data []string }
	if err := json.NewDecoder(resp.Body).Decode(&response); err != nil {
		t.Fatal(err)
	}
	return response.Data
}
